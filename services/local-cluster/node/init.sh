#!/bin/bash
# PID 1 of the node: prepares the container, starts every part as a plain process, and starts again what ends.
# Environment: NODE_NAME, API_PORT and REGISTRY_PORT (the host's ports), POD_CIDR, SERVICE_CIDR, DNS_IP.
set -uo pipefail
lib=/usr/local/lib/node
export NODE_IP=192.0.2.1 # from a block that no network uses (RFC 5737), so that it stays when Docker's address changes
export PKI=/var/lib/node/pki LOGS=/var/log/node RUN=/run/node
. "$lib/host.sh"
. "$lib/pki.sh"
. "$lib/parts.sh"

declare -A name_of=() started=()

# start PART [DELAY]: runs the function part_PART in a process of its own.
start() {
  {
    sleep "${2:-0}"
    "part_$1"
  } >> "$LOGS/$1.log" 2>&1 &
  name_of[$!]=$1
  started[$!]=$SECONDS
}

main() {
  mkdir -p "$LOGS" "$RUN"
  rm -f "$RUN"/*.done
  # What goes wrong here goes wrong for good: the container ends, and its log says why.
  set -e
  prepare_mounts
  prepare_cgroups
  prepare_kernel_settings
  prepare_network
  render_config
  make_pki
  set +e
  local part pid code
  for part in "${PARTS[@]}"; do
    start "$part"
  done
  while :; do
    # Also reaps what the shims leave to PID 1.
    wait -n -p pid
    code=$?
    part=${name_of[${pid:-0}]-}
    if [[ -z $part ]]; then
      sleep 0.2
      continue
    fi
    if [[ $code == 0 && " ${ONCE[*]} " == *" $part "* ]]; then
      touch "$RUN/$part.done"
    else
      echo "$part ended with $code after $((SECONDS - started[$pid])) s; it is started again"
      # One that cannot run yet tries again each second; one that has run is missed, and starts at once.
      start "$part" "$((SECONDS - started[$pid] > 5 ? 0 : 1))"
    fi
    unset "name_of[$pid]" "started[$pid]"
  done
}

main
