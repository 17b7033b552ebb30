#!/bin/bash
# The cluster's certificates and kubeconfigs, made once and kept with its data.

make_pki() {
  local config=$RUN/config/kubeadm.yaml
  if [[ ! -e $PKI/complete ]]; then
    rm -rf "$PKI"
    kubeadm init phase certs all --config "$config"
    kubeadm init phase kubeconfig controller-manager --config "$config" --kubeconfig-dir "$PKI"
    kubeadm init phase kubeconfig scheduler --config "$config" --kubeconfig-dir "$PKI"
    kubeadm init phase kubeconfig kubelet --config "$config" --kubeconfig-dir "$PKI"
    user_kubeconfig system:kube-proxy > "$PKI/kube-proxy.conf"
    # The add-ons run as root beside the authority's own key: a narrower role would protect nothing.
    user_kubeconfig node-admin --org system:masters > "$PKI/node-admin.conf"
    user_kubeconfig "$NODE_NAME-admin" --org system:masters > "$PKI/host.conf"
    touch "$PKI/complete"
  fi
  # The host's port may change from start to start.
  CA_DATA=$(field certificate-authority-data) CERTIFICATE_DATA=$(field client-certificate-data) KEY_DATA=$(field client-key-data) \
    envsubst < /etc/node/config/host-kubeconfig.yaml > "$PKI/host.kubeconfig"
}

# user_kubeconfig NAME [OPTION...]
user_kubeconfig() {
  kubeadm kubeconfig user --config "$RUN/config/kubeadm.yaml" --client-name "$@"
}

field() {
  sed -n "s/^ *$1: //p" "$PKI/host.conf"
}
