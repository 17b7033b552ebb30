#!/usr/bin/env bash
# Say how the deployment on Kubernetes is, and walk a user's way through it: scripts/k8s-status.sh [arguments for ansible-playbook]
# The local cluster's own parts are looked at first. Which cluster is meant: see scripts/k8s-deploy.sh --help.
# Ends with 0 when all is well; with 1 when the set-up failed; with what ansible-playbook ended with (2: not healthy).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=lib/k8s.sh
. "$root/scripts/lib/k8s.sh"

playbooks=("$root/playbooks/health.yml")
if k8s_is_local; then
  playbooks=("$root/playbooks/cluster.yml" "${playbooks[@]}")
  target+=(-e local_cluster_state=status)
fi
exec ansible-playbook "${playbooks[@]}" "${target[@]}" "$@" < /dev/null
