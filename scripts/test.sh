#!/usr/bin/env bash
# Run all checks, or the phases that are named: scripts/test.sh [lint|unit|services|molecule|integration|cluster|e2e ...]
# Needs nothing beforehand but Python (and Docker, which it sets up on Debian as root). See scripts/checks.py.
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"
exec python3 scripts/checks.py "$@"
