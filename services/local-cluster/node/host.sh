#!/bin/bash
# What the node needs of its container before anything runs. All of it belongs to the container's namespaces and ends with them.

prepare_mounts() {
  # The kubelet's mounts must reach the pods.
  mount --make-rshared /
  mkdir -p /var/lib/node/kubelet /var/lib/node/volumes /var/lib/node/registry /run/cni /etc/cni/net.d
}

# The container's own part of each hierarchy, in which pods get their groups.
prepare_cgroups() {
  local group
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    mount -o remount,rw,bind /sys/fs/cgroup
    # In version 2 a group that has groups with controllers may hold no processes itself.
    mkdir -p /sys/fs/cgroup/init
    while read -r group; do
      echo "$group" > /sys/fs/cgroup/init/cgroup.procs 2> /dev/null || true
    done < /sys/fs/cgroup/cgroup.procs
    for group in $(< /sys/fs/cgroup/cgroup.controllers); do
      echo "+$group" > /sys/fs/cgroup/cgroup.subtree_control
    done
    return
  fi
  for group in /sys/fs/cgroup/*; do
    if [[ ! -L $group ]] && mountpoint --quiet "$group"; then
      mount -o remount,rw,bind "$group"
    fi
  done
}

# The kubelet insists on these, and they are the whole host's: it is shown files with the values that it wants.
prepare_kernel_settings() {
  local setting file
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    file=$RUN/sysctl/${setting%=*}
    mkdir -p "${file%/*}"
    echo "${setting#*=}" > "$file"
    [[ ! -e /proc/sys/${setting%=*} ]] || mount --bind "$file" "/proc/sys/${setting%=*}"
  done
}

prepare_network() {
  ip address replace "$NODE_IP/32" dev lo
  if ! iptables --table nat --list-rules > /dev/null 2>&1; then
    # A kernel without nf_tables.
    update-alternatives --set iptables /usr/sbin/iptables-legacy > /dev/null
  fi
  # Pods reach the outside with the container's address, and Docker gives them the host's.
  iptables --table nat --append POSTROUTING --source "$POD_CIDR" ! --destination "$POD_CIDR" --out-interface eth+ --jump MASQUERADE
  MTU=$(< /sys/class/net/eth0/mtu)
  export MTU
}

render_config() {
  local file
  KUBERNETES_VERSION=$(< /usr/local/share/versions/kubernetes)
  export KUBERNETES_VERSION
  mkdir -p "$RUN/config" "$RUN/manifests" "/etc/containerd/certs.d/localhost:$REGISTRY_PORT"
  for file in /etc/node/config/* /etc/node/manifests/*; do
    # Only names of ours: a manifest's script has variables of its own.
    # shellcheck disable=SC2016
    envsubst '$NODE_NAME $NODE_IP $POD_CIDR $SERVICE_CIDR $DNS_IP $API_PORT $MTU $KUBERNETES_VERSION' < "$file" > "$RUN/${file#/etc/node/}"
  done
  cp "$RUN/config/pods.conflist" /etc/cni/net.d/
  cp "$RUN/config/registry-hosts.toml" "/etc/containerd/certs.d/localhost:$REGISTRY_PORT/hosts.toml"
}
