#!/usr/bin/env bash
# Build the images whose content has changed: scripts/docker-build.sh [arguments for ansible-playbook]
# Ends with 0; with 1 when the set-up failed; with what ansible-playbook ended with (2: a build failed).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
exec ansible-playbook "$root/playbooks/build.yml" "$@" < /dev/null
