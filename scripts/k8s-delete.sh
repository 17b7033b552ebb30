#!/usr/bin/env bash
# Remove the deployment from Kubernetes and keep its data: scripts/k8s-delete.sh [--data] [--cluster] [arguments for ansible-playbook]
#   --data     the data and the credentials go too
#   --cluster  the local cluster that k8s-deploy.sh brought up goes, with everything in it
# Which cluster is meant: see scripts/k8s-deploy.sh --help.
# Ends with 0; with 1 when the set-up failed; with 2 when it was called wrongly or something could not be removed.
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=lib/k8s.sh
. "$root/scripts/lib/k8s.sh"

cluster=
while :; do
  case ${1:-} in
    --data) target+=(-e todo_delete_data=true) ;;
    --cluster) cluster=yes ;;
    *) break ;;
  esac
  shift
done

if [ -n "$cluster" ]; then
  if ! k8s_is_local; then
    echo "--cluster is about the local cluster, and TODO_CONTEXT names $TODO_CONTEXT; clusters of yours are not taken down" >&2
    exit 2
  fi
  exec ansible-playbook "$root/playbooks/cluster.yml" "${target[@]}" -e local_cluster_state=down "$@" < /dev/null
fi
exec ansible-playbook "$root/playbooks/teardown.yml" "${target[@]}" "$@" < /dev/null
