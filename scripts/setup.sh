#!/usr/bin/env bash
# Make what every other script needs, and leave it in the environment: a virtual environment with the locked
# packages, and the links by which this clone resolves as the collection todoapp.stack.
# The other scripts source it; run by itself it only sets up. With nothing to do it costs a few milliseconds.
# It leaves $root (the clone) and exports PATH and ANSIBLE_CONFIG. Ends with 1 and a sentence when it cannot.
# For bash 3.2 (macOS) too.
set -euo pipefail

# A script that sources this one describes itself in the comment at its head.
case ${1:-} in
  -h | --help)
    sed -n -e '2,/^[^#]/s/^# \{0,1\}//p' -- "$0"
    exit 0
    ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
stamp=$venv/todoapp-stack.stamp

setup_fail() {
  printf 'set-up failed: %s\n' "$*" >&2
  exit 1
}

# What the environment was made from. A clone that was moved needs a new one: its scripts hold the old path.
setup_wanted() {
  printf '%s %s' "$root" "$(cat "$root/requirements.lock" "$root/scripts/uv.lock" | cksum)"
}

setup_is_done() {
  local made=
  [ -x "$venv/bin/python3" ] && [ -r "$stamp" ] || return 1
  read -r -d '' made < "$stamp" || true
  [ "$made" = "$(setup_wanted)" ]
}

setup_is_of_this_place() {
  [ -r "$stamp" ] || return 1
  case $(cat "$stamp") in "$root "*) ;; *) return 1 ;; esac
}

# Whether a Python is new enough and can make virtual environments. Version managers leave stubs that run nothing.
setup_python_works() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1
}

setup_find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if setup_python_works "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

setup_python() {
  setup_find_python && return
  local hint='install Python 3.11 or newer with its venv module'
  if command -v apt-get > /dev/null; then
    if [ "$(id -u)" = 0 ]; then
      echo 'set-up: installing python3-venv' >&2
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends python3-venv ca-certificates; } \
        < /dev/null > /dev/null 2>&1 || setup_fail 'apt-get could not install python3-venv; try it by hand: apt-get install python3-venv'
      setup_find_python && return
    else
      hint='no Python 3.11 or newer that can make virtual environments; on Debian and Ubuntu: sudo apt-get install python3-venv'
    fi
  elif [ "$(uname)" = Darwin ]; then
    hint='no Python 3.11 or newer; for example: brew install python@3.13'
  fi
  setup_fail "$hint"
}

# A setting that the user gave to pip (environment or pip.conf), which uv does not read.
setup_pip_setting() {
  printf '%s\n' "$pip_settings" | LC_ALL=C sort | sed -n -E "s/^(:env:|global|install)\.$1='(.*)'\$/\2/p" | head -n 1
}

setup_uv_like_pip() {
  local pip_settings value
  pip_settings=$("$venv/bin/python3" -m pip config list 2> /dev/null || true)
  export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS-1} # the system's store knows a corporate proxy's certificate, uv's own does not
  value=$(setup_pip_setting cert)
  [ -z "$value" ] || export SSL_CERT_FILE="${SSL_CERT_FILE-$value}"
  value=$(setup_pip_setting index-url)
  [ -z "$value" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX-$value}"
  value=$(setup_pip_setting proxy)
  [ -z "$value" ] || export HTTPS_PROXY="${HTTPS_PROXY-$value}"
}

setup_venv() {
  local python log=$root/.ansible/setup.log
  if setup_is_of_this_place && [ -x "$venv/bin/uv" ] && [ -x "$venv/bin/python3" ]; then
    rm -f "$stamp" # a set-up that is killed from here on is done again from the start
  else
    python=$(setup_python) || exit 1
    echo "set-up: making .venv with $("$python" --version)" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv" > "$log" 2>&1 || setup_fail "$python -m venv: $(tail -n 3 "$log")"
  fi
  "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$root/scripts/uv.lock" > "$log" 2>&1 < /dev/null || setup_fail "pip could not install uv: $(tail -n 3 "$log")"
  echo 'set-up: installing the locked packages' >&2
  (
    setup_uv_like_pip
    # uv removes what the lock does not name; pip stays for scripts/tool.sh, and uv for the next time.
    "$venv/bin/uv" pip sync --quiet --python "$venv/bin/python3" --require-hashes "$root/requirements.lock" "$root/scripts/uv.lock"
  ) > "$log" 2>&1 < /dev/null || setup_fail "uv could not install the locked packages: $(tail -n 5 "$log")"
  # Where PYTHONDONTWRITEBYTECODE is set, each module that talks to a cluster would compile its client anew (0.6 s).
  env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python3" -c 'import ansible.cli.playbook, kubernetes.client, kubernetes.config' \
    > "$log" 2>&1 < /dev/null || setup_fail "the installed packages cannot be loaded: $(tail -n 5 "$log")"
  setup_wanted > "$stamp.new"
  mv "$stamp.new" "$stamp"
}

setup_links() {
  local stack=$root/.ansible/collections/ansible_collections/todoapp types=$root/.ansible/typecheck/ansible_collections/todoapp/stack
  if [ ! -e "$stack/stack/galaxy.yml" ]; then
    mkdir -p "$stack"
    ln -sfn ../../../.. "$stack/stack"
  fi
  # For the type checker, which would walk the whole clone through the link above.
  if [ ! -e "$types/plugins/module_utils" ]; then
    mkdir -p "$types"
    ln -sfn ../../../../../plugins "$types/plugins"
  fi
}

# Two scripts may start at once. A symbolic link is made with its content in one act: the holder's process id.
setup_lock() {
  local holder
  until ln -s "$$" "$1" 2> /dev/null; do
    holder=$(readlink "$1" || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2> /dev/null; then
      rm -f "$1"
    else
      sleep 0.2
    fi
  done
}

setup_all() {
  setup_links
  setup_is_done && return
  setup_lock "$root/.ansible/setup.lock"
  trap 'rm -f "$root/.ansible/setup.lock"' EXIT
  setup_is_done || setup_venv
  rm -f "$root/.ansible/setup.lock"
  trap - EXIT
}

setup_all
export PATH="$venv/bin:$PATH"
export ANSIBLE_CONFIG="$root/ansible.cfg"
# Ansible refuses to run in a locale without UTF-8.
case ${LC_ALL:-} in C | POSIX) export LC_ALL=C.UTF-8 ;; esac
