#!/bin/sh
# Everything that must hold of the backend: lint, types, tests. Caches go to /tmp: the rest may be read-only.
set -eu
cd "$(dirname "$0")"
export RUFF_CACHE_DIR=/tmp/ruff MYPY_CACHE_DIR=/tmp/mypy HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis
ruff check .
ruff format --check .
mypy
python3 -m pytest "$@"
