#!/bin/bash
# Every part of the node: the function part_NAME runs it in the foreground. What needs another part waits or fails and is tried again.
# Their names stand here once; status.sh has a check for each.
# shellcheck disable=SC2034 # init.sh reads it
PARTS=(etcd containerd registry kube-apiserver pause-image kube-controller-manager kube-scheduler kubelet kube-proxy objects
  coredns metrics-server local-path traefik)
# These have done their work when they end with 0.
# shellcheck disable=SC2034 # init.sh reads it
ONCE=(pause-image objects)
ADMIN=$PKI/node-admin.conf

part_etcd() {
  # Data that are thrown away need no disk flushes; they survive anything but the host's own crash.
  exec etcd --name node --data-dir /var/lib/node/etcd --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster node=http://127.0.0.1:2380
}

part_containerd() {
  exec containerd --config "$RUN/config/containerd.toml" --log-level warn
}

part_pause-image() {
  ctr --namespace k8s.io images import /usr/local/share/pause.tar
}

part_registry() {
  exec registry serve "$RUN/config/registry.yml"
}

part_kube-apiserver() {
  exec kube-apiserver --advertise-address "$NODE_IP" --secure-port 6443 --allow-privileged \
    --etcd-servers http://127.0.0.1:2379 --service-cluster-ip-range "$SERVICE_CIDR" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --enable-aggregator-routing \
    --client-ca-file "$PKI/ca.crt" --tls-cert-file "$PKI/apiserver.crt" --tls-private-key-file "$PKI/apiserver.key" \
    --kubelet-client-certificate "$PKI/apiserver-kubelet-client.crt" --kubelet-client-key "$PKI/apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$PKI/sa.pub" --service-account-signing-key-file "$PKI/sa.key" \
    --proxy-client-cert-file "$PKI/front-proxy-client.crt" --proxy-client-key-file "$PKI/front-proxy-client.key" \
    --requestheader-client-ca-file "$PKI/front-proxy-ca.crt" --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- --profiling=false
}

part_kube-controller-manager() {
  exec kube-controller-manager --kubeconfig "$PKI/controller-manager.conf" --bind-address 127.0.0.1 --leader-elect=false \
    --authentication-kubeconfig "$PKI/controller-manager.conf" --authorization-kubeconfig "$PKI/controller-manager.conf" \
    --use-service-account-credentials --service-account-private-key-file "$PKI/sa.key" --root-ca-file "$PKI/ca.crt" \
    --client-ca-file "$PKI/ca.crt" --requestheader-client-ca-file "$PKI/front-proxy-ca.crt" \
    --cluster-signing-cert-file "$PKI/ca.crt" --cluster-signing-key-file "$PKI/ca.key" \
    --horizontal-pod-autoscaler-sync-period 5s --profiling=false
}

part_kube-scheduler() {
  exec kube-scheduler --kubeconfig "$PKI/scheduler.conf" --bind-address 127.0.0.1 --leader-elect=false \
    --authentication-kubeconfig "$PKI/scheduler.conf" --authorization-kubeconfig "$PKI/scheduler.conf" --profiling=false
}

part_kubelet() {
  exec kubelet --config "$RUN/config/kubelet.yaml" --kubeconfig "$PKI/kubelet.conf" --root-dir /var/lib/node/kubelet \
    --hostname-override "$NODE_NAME" --node-ip "$NODE_IP" --cert-dir /var/lib/node/kubelet/pki
}

part_kube-proxy() {
  exec kube-proxy --config "$RUN/config/kube-proxy.yaml"
}

part_objects() {
  kubectl --kubeconfig "$ADMIN" apply --server-side --force-conflicts --field-manager local-cluster --filename "$RUN/manifests"
}

part_coredns() {
  exec coredns -conf "$RUN/config/Corefile"
}

part_metrics-server() {
  exec metrics-server --kubeconfig "$ADMIN" --authentication-kubeconfig "$ADMIN" --authorization-kubeconfig "$ADMIN" \
    --secure-port 4443 --cert-dir "$RUN/metrics-server" --kubelet-insecure-tls --kubelet-preferred-address-types InternalIP \
    --metric-resolution 10s --kubelet-request-timeout 5s
}

part_local-path() {
  KUBECONFIG=$ADMIN exec local-path-provisioner start --config "$RUN/config/local-path.json" --helper-pod-file "$RUN/config/local-path-pod.yaml" \
    --helper-image localhost/pause:1 --namespace local-path-storage
}

part_traefik() {
  KUBECONFIG=$ADMIN exec traefik --global.checknewversion=false --global.sendanonymoususage=false --log.level=WARN \
    --entrypoints.web.address=:8080 --entrypoints.websecure.address=:8443 --entrypoints.websecure.http.tls=true \
    --entrypoints.ping.address=127.0.0.1:8082 --ping.entrypoint=ping \
    --providers.kubernetesingress.ingressclass=traefik --providers.kubernetesingress.allowemptyservices=true \
    --providers.kubernetesingress.ingressendpoint.ip=127.0.0.1
}
