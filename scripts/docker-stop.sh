#!/usr/bin/env bash
# Remove the deployment and keep its data: scripts/docker-stop.sh [arguments for ansible-playbook]
# With -e todo_delete_data=true the data and the credentials go too.
# Ends with 0; with 1 when the set-up failed; with what ansible-playbook ended with (2: something could not be removed).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
exec ansible-playbook "$root/playbooks/teardown.yml" "$@" < /dev/null
