#!/bin/bash
# engine.sh ask [HOST]                   0: the engine answers; 3: not to this user; 4: DOCKER_HOST is elsewhere and
#                                        doesn't answer; 1: not at all (why, on stdout)
# engine.sh start PID_FILE LOG ARG...    starts dockerd as a process of its own
# engine.sh wait SECONDS LOG             waits until it answers; else says the log's last lines
set -uo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
run=${ENGINE_RUN_DIR:-/run} # tests set it

ask() {
  local client said why='no docker command'
  for client in "$(command -v docker)" /usr/bin/docker; do
    [[ -x $client ]] || continue
    if said=$(timeout 20 "$client" version --format '{{.Server.Version}}' 2>&1); then
      echo "$said"
      return 0
    fi
    why=$(tail -n 1 <<< "$said")
    [[ $said != *'permission denied'* ]] || { echo "$why"; return 3; }
  done
  if [[ -n ${DOCKER_HOST-} && $DOCKER_HOST != "${1-}" ]]; then
    echo "$why"
    return 4
  fi
  command -v dockerd > /dev/null || why+='; no dockerd'
  echo "$why"
  return 1
}

# clear_stale PID_FILE NAME: removes a pid file whose process is gone or is another program by now; dockerd would refuse to start.
clear_stale() {
  local pid
  [[ -e $1 ]] || return 0
  pid=$(< "$1")
  if [[ $pid =~ ^[0-9]+$ && $(cat "/proc/$pid/comm" 2> /dev/null) == "$2" ]]; then return 1; fi
  rm -f -- "$1"
}

start() {
  local pid_file=$1 log=$2
  shift 2
  if ! clear_stale "$pid_file" dockerd; then
    echo "dockerd runs already"
    return 0
  fi
  # dockerd keeps a containerd of its own, unless this socket is there: a stale one would make it wait for nobody.
  if [[ -e $run/containerd/containerd.sock ]] && ! pgrep -x containerd > /dev/null; then
    rm -f "$run/containerd/containerd.sock"
  fi
  clear_stale "$run/docker/containerd/containerd.pid" containerd || true
  # In a session of its own: it outlives the run that started it, and a Ctrl-C there.
  setsid --fork dockerd --pidfile="$pid_file" "$@" >> "$log" 2>&1 < /dev/null
  echo started
}

wait_for() {
  local seconds=$1 log=$2 why
  local end=$((SECONDS + seconds))
  until why=$(ask "${DOCKER_HOST-}"); do
    if ((SECONDS >= end)); then
      echo "$why"
      [[ ! -r $log ]] || tail -n 5 "$log"
      return 1
    fi
    sleep 0.3
  done
  echo "$why"
}

case $1 in
  ask) ask "${2-}" ;;
  start) start "${@:2}" ;;
  wait) wait_for "${@:2}" ;;
esac
