#!/bin/bash
# build.sh NAME MODULE [VARIABLE...]: builds the tools of go/NAME/go.mod into /out/bin, and notes MODULE's version and licence.
# VARIABLE (a Go variable's full name) is set to the version. Environment: TAGS, the build tags.
set -euo pipefail
name=$1 module=$2
shift 2
export CGO_ENABLED=0 GOTOOLCHAIN=auto GOFLAGS=-modcacherw GOBIN=/out/bin
mkdir -p /out/bin "/out/share/licenses/$name" /out/share/versions
version=$(go list -m -f '{{.Version}}' "$module")
flags='-s -w'
for variable in "$@"; do
  flags+=" -X $variable=$version"
done
go install -trimpath -buildvcs=false -tags "${TAGS-}" -ldflags "$flags" tool
echo "$version" > "/out/share/versions/$name"
# A module's files lie in the cache only once it has been needed, which it has by now.
find "$(go list -m -f '{{.Dir}}' "$module")" -maxdepth 1 -type f -name 'LICENSE*' -exec cp {} "/out/share/licenses/$name/" ';'
