#!/usr/bin/env bash
# Build what has changed, deploy it on this machine and verify it: scripts/docker-start.sh [arguments for ansible-playbook]
# Sets up what is missing and asks nothing. Run again it changes only what differs; --check --diff shows what that would be.
# Ends with 0; with 1 when the set-up failed; with what ansible-playbook ended with (2: build or deploy failed).
set -euo pipefail
# shellcheck source=setup.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

engine_answers() {
  docker version > /dev/null 2>&1 || /usr/bin/docker version > /dev/null 2>&1
}

# Where the deployment answers, as its own containers say; nothing when they run on another machine.
published() {
  docker ps --filter "label=com.docker.compose.project=$1" --filter "label=todoapp.stack/component=$2" --format '{{.Ports}}' 2> /dev/null |
    sed -n -E 's/^(.*[, ])?([0-9.]+:[0-9]+)->.*$/\2/p' | head -n 1 || true
}

playbooks=("$root/playbooks/build.yml" "$root/playbooks/deploy.yml")
engine_answers || playbooks=("$root/playbooks/engine.yml" "${playbooks[@]}")

report=$(mktemp)
trap 'rm -f "$report"' EXIT
ansible-playbook "${playbooks[@]}" -e "todo_report=$report" "$@" < /dev/null

name=$(sed -n -E 's/^ "name": "([^"]*)",?$/\1/p' "$report" | head -n 1)
[ -n "$name" ] || exit 0
page=$(published "$name" frontend)
api=$(published "$name" backend)
stop=
[ "$name" = todo-app ] || stop=" -e todo_name=$name"
[ -z "$page" ] || printf '\nThe page: http://%s\n' "$page"
[ -z "$api" ] || cat << SAY
The API, for example:
  curl -X POST http://$api/api/auth/signup -H "Content-Type: application/json" \\
    -d '{"email":"test@example.com","password":"password123","name":"Test"}'
Remove it (the data stays): scripts/docker-stop.sh$stop
SAY
