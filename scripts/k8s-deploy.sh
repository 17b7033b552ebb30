#!/usr/bin/env bash
# Build what has changed, deploy it on Kubernetes and verify it: scripts/k8s-deploy.sh [arguments for ansible-playbook]
# Without more it brings up a cluster for evaluation on this machine (todoapp-local, in one Docker container) and deploys
# there. The first time that takes long: Kubernetes is built from its sources. Run again it changes only what differs;
# --check --diff shows what that would be.
# For a cluster of yours set TODO_CONTEXT to its context, TODO_KUBECONFIG to the kubeconfig (without it kubectl's own),
# TODO_REGISTRY to the registry that it pulls from, TODO_HOST to the page's name, and TODO_ISSUER to cert-manager's ClusterIssuer
# where it has TLS; give the secrets as docs/kubernetes.md says.
# Ends with 0; with 1 when the set-up failed; with what ansible-playbook ended with (2: build or deploy failed).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=lib/k8s.sh
. "$root/scripts/lib/k8s.sh"

k8s_deploy "$@"
if k8s_is_local; then
  cat << SAY
Look at it:                       scripts/k8s-status.sh
Remove it (the data stays):       scripts/k8s-delete.sh
Remove the cluster and all in it: scripts/k8s-delete.sh --cluster
SAY
fi
