#!/usr/bin/env bash
# Say how the deployment is, and walk a user's way through it: scripts/health-check.sh [arguments for ansible-playbook]
# Ends with 0 when all is well; with 1 when the set-up failed; with what ansible-playbook ended with (2: not healthy).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
exec ansible-playbook "$root/playbooks/health.yml" "$@" < /dev/null
