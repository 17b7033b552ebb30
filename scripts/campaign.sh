#!/usr/bin/env bash
# Long campaigns, of which scripts/test.sh runs a short form: scripts/campaign.sh [arguments for bench/rollout.py]
# scripts/campaign.sh windows tries the .bat files under Wine's cmd, with a stand-in for wsl.exe; it needs Wine and Go.
# Otherwise: 5,000 requests of a user at 50 per second while the backend and the frontend on the local cluster are rolled twice; none
# may fail. scripts/k8s-deploy.sh must have been run.
# Ends with 0; with 1 when the set-up or a request failed.
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
if [ "${1:-}" = windows ]; then
  exec python3 "$root/tests/windows/trial.py"
fi
exec python3 "$root/bench/rollout.py" "$@"
