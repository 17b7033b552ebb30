# shellcheck shell=bash
# What the scripts for a cluster share; sourced after setup.sh. For bash 3.2 too.
# It leaves the array `target`: the arguments of ansible-playbook that say which cluster.
#
# TODO_CONTEXT     a context of a kubeconfig; without it the local cluster, todoapp-local, is meant
# TODO_KUBECONFIG  that kubeconfig; empty means where kubectl looks
# TODO_REGISTRY    the registry that images are pushed to and the cluster pulls from
# TODO_HOST        the name by which the page is reached, which leads to the cluster's Ingress controller

local_name=todoapp-local
local_kubeconfig=$HOME/.local/state/todoapp-cluster/$local_name/kubeconfig

k8s_is_local() {
  [ -z "${TODO_CONTEXT:-}" ]
}

# A text as JSON.
k8s_json() {
  printf '"%s"' "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g')"
}

# Said before anything is built.
k8s_check() {
  if k8s_is_local && [ -n "${TODO_KUBECONFIG:-}" ]; then
    echo "TODO_KUBECONFIG is set and TODO_CONTEXT is not: name the context too, what happens to be current is not used" >&2
    exit 2
  fi
}

k8s_check
# shellcheck disable=SC2154 # setup.sh leaves it
target=(--inventory "$root/inventories/staging")
if k8s_is_local; then
  # Secrets are made only here: on any other cluster they are yours to give.
  target+=(
    -e "{\"todo_context\": $(k8s_json "$local_name"), \"todo_kubeconfig\": $(k8s_json "$local_kubeconfig")}"
    -e '{"todo_registry": {"host": "localhost:5000"}, "todo_generate_secrets": true}'
    -e '{"todo_ingress": {"enabled": true, "host": "todo.localhost", "class_name": "traefik"}}'
    -e '{"todo_front_door": "http://todo.localhost:8080"}'
  )
else
  target+=(-e "{\"todo_context\": $(k8s_json "$TODO_CONTEXT"), \"todo_kubeconfig\": $(k8s_json "${TODO_KUBECONFIG:-}")}")
  [ -z "${TODO_HOST:-}" ] || target+=(
    -e "{\"todo_ingress\": {\"enabled\": true, \"host\": $(k8s_json "$TODO_HOST")}}"
    -e "{\"todo_front_door\": $(k8s_json "http://$TODO_HOST")}"
  )
  [ -z "${TODO_REGISTRY:-}" ] || target+=(-e "{\"todo_registry\": {\"host\": $(k8s_json "$TODO_REGISTRY")}}")
fi
