#!/usr/bin/env bash
# Build what has changed, release it on Kubernetes by Helm and verify it: scripts/helm-deploy.sh [arguments for ansible-playbook]
# With what production sets (inventories/prod): the chart as a Helm release, autoscaling, two chatbots. Run again it changes only
# what differs; --check --diff shows what that would be.
# Without more it goes to the local cluster, which it brings up. For a cluster of yours see scripts/k8s-deploy.sh --help.
# Ends with 0; with 1 when the set-up failed; with what ansible-playbook ended with (2: build or deploy failed).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck disable=SC2034 # for k8s.sh
inventory=prod
# shellcheck source=lib/k8s.sh
. "$root/scripts/lib/k8s.sh"

k8s_deploy "$@"
if k8s_is_local; then
  cat << SAY
Its history:                helm history todo-app --kube-context $local_name --kubeconfig $local_kubeconfig --namespace todo-app
To the release before:      ansible-playbook -i inventories/prod playbooks/rollback.yml
SAY
fi
