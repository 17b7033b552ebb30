#!/usr/bin/env bash
# Long campaigns, of which scripts/test.sh runs a short form: scripts/campaign.sh [arguments for bench/rollout.py]
# 5,000 requests of a user at 50 per second while the backend and the frontend on the local cluster are rolled twice; none
# may fail. scripts/k8s-deploy.sh must have been run.
# Ends with 0; with 1 when the set-up or a request failed.
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
exec python3 "$root/bench/rollout.py" "$@"
