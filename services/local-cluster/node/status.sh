#!/bin/bash
# node-status: a line for each part, of tab-separated fields: name, "ready" or "waiting", version, detail. Exit code 0 when all are ready.
set -uo pipefail
RUN=/run/node PKI=/var/lib/node/pki
code=0

# say NAME VERSION_OF DETAIL: as the command before it ended.
say() {
  local outcome=$? word=ready
  [[ $outcome == 0 ]] || word=waiting code=1
  printf '%s\t%s\t%s\t%s\n' "$1" "$word" "$(cat "/usr/local/share/versions/$2")" "$3"
}
# Quiet about refused connections: what is not up yet is asked again.
answers() { curl --silent --fail --insecure --max-time 3 --output /dev/null "$1"; }

answers http://127.0.0.1:2379/health
say etcd etcd ''
[[ -e $RUN/pause-image.done && -S /run/containerd/containerd.sock ]]
say containerd containerd ''
answers https://127.0.0.1:6443/readyz
api=$? conditions=''
if [[ $api == 0 ]]; then
  # Both at once: a call costs more than all the other checks together.
  conditions=$(kubectl --kubeconfig "$PKI/node-admin.conf" --request-timeout 3s get "node/$NODE_NAME" apiservice/v1beta1.metrics.k8s.io --output \
    'jsonpath={range .items[*]}{.kind} {.status.conditions[?(@.type=="Ready")].status}{.status.conditions[?(@.type=="Available")].status}{"\n"}{end}' 2> /dev/null)
fi
[[ $api == 0 ]]
say kube-apiserver kubernetes "https 127.0.0.1:$API_PORT"
answers https://127.0.0.1:10257/healthz
say kube-controller-manager kubernetes ''
answers https://127.0.0.1:10259/healthz
say kube-scheduler kubernetes ''
answers http://127.0.0.1:10248/healthz
say kubelet kubernetes ''
answers http://127.0.0.1:10256/healthz
say kube-proxy kubernetes ''
answers http://127.0.0.1:8181/ready
say coredns coredns "$DNS_IP in pods"
answers http://127.0.0.1:5000/v2/
say registry registry "localhost:$REGISTRY_PORT"
answers http://127.0.0.1:8082/ping
say traefik traefik "http 127.0.0.1:$HTTP_PORT, https 127.0.0.1:$HTTPS_PORT, IngressClass traefik"
[[ -e $RUN/objects.done ]] && pgrep --full '^local-path-provisioner start' > /dev/null
say local-path local-path 'StorageClass local-path'
[[ $conditions == *'APIService True'* ]]
say metrics-server metrics-server ''
[[ $conditions == *'Node True'* ]]
say node kubernetes "$NODE_NAME"
exit $code
