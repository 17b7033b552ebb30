# shellcheck shell=bash
# What the scripts for a cluster share; sourced after setup.sh. For bash 3.2 too.
# It leaves the array `target`: the arguments of ansible-playbook that say which cluster.
#
# The caller may set `inventory` to another than staging.
#
# TODO_CONTEXT     a context of a kubeconfig; without it the local cluster, todoapp-local, is meant
# TODO_KUBECONFIG  that kubeconfig; empty means where kubectl looks
# TODO_REGISTRY    the registry that images are pushed to and the cluster pulls from; empty means none
# TODO_HOST        the name by which the page is reached, which leads to the cluster's Ingress controller; empty means no Ingress
# TODO_ISSUER      the ClusterIssuer of cert-manager that makes the page's certificate; empty means no TLS

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
target=(--inventory "$root/inventories/${inventory:-staging}")
if k8s_is_local; then
  # Secrets are made only here: on any other cluster they are yours to give.
  target+=(
    -e "{\"todo_context\": $(k8s_json "$local_name"), \"todo_kubeconfig\": $(k8s_json "$local_kubeconfig")}"
    -e '{"todo_registry": {"host": "localhost:5000"}, "todo_generate_secrets": true}'
    -e '{"todo_ingress": {"enabled": true, "host": "todo.localhost", "class_name": "traefik"}}'
    -e '{"todo_front_door": "http://todo.localhost:8080", "frontend_cookie_secure": false}'
  )
else
  # What the inventories say of registry and way in is about another cluster.
  target+=(
    -e "{\"todo_context\": $(k8s_json "$TODO_CONTEXT"), \"todo_kubeconfig\": $(k8s_json "${TODO_KUBECONFIG:-}")}"
    -e "{\"todo_registry\": {\"host\": $(k8s_json "${TODO_REGISTRY:-}")}}"
  )
  if [ -z "${TODO_HOST:-}" ]; then
    target+=(-e '{"todo_ingress": {"enabled": false}, "todo_front_door": "", "frontend_cookie_secure": false}')
  elif [ -z "${TODO_ISSUER:-}" ]; then
    target+=(
      -e "{\"todo_ingress\": {\"enabled\": true, \"host\": $(k8s_json "$TODO_HOST")}}"
      -e "{\"todo_front_door\": $(k8s_json "http://$TODO_HOST"), \"frontend_cookie_secure\": false}"
    )
  else
    tls="{\"enabled\": true, \"cert_manager_issuer\": $(k8s_json "$TODO_ISSUER")}"
    target+=(
      -e "{\"todo_ingress\": {\"enabled\": true, \"host\": $(k8s_json "$TODO_HOST"), \"tls\": $tls}}"
      -e "{\"todo_front_door\": $(k8s_json "https://$TODO_HOST"), \"frontend_cookie_secure\": true}"
    )
  fi
fi

# k8s_deploy [ARGUMENTS]: what k8s-deploy.sh and helm-deploy.sh do.
k8s_deploy() {
  local playbooks url
  playbooks=("$root/playbooks/build.yml" "$root/playbooks/deploy.yml")
  if k8s_is_local; then
    playbooks=("$root/playbooks/cluster.yml" "${playbooks[@]}")
    target+=(-e local_cluster_state=up)
  elif ! docker version > /dev/null 2>&1 && ! /usr/bin/docker version > /dev/null 2>&1; then
    playbooks=("$root/playbooks/engine.yml" "${playbooks[@]}")
  fi
  report=$(mktemp)
  trap 'rm -f "$report"' EXIT
  ansible-playbook "${playbooks[@]}" "${target[@]}" -e "todo_report=$report" "$@" < /dev/null
  url=$(sed -n -E 's/^ "url": "([^"]+)",?$/\1/p' "$report" | head -n 1)
  [ -z "$url" ] || printf '\nThe page: %s\n' "$url"
}
