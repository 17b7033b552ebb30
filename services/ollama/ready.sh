#!/bin/bash
# Exits 0 when TODO_MODEL has answered once since the start and is still in memory. Without TODO_MODEL: when the server answers.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. /usr/local/lib/ollama/lib.sh

if [[ -z ${TODO_MODEL-} ]]; then
  request 3 GET /api/version > /dev/null 2>&1 || { echo 'the server does not answer'; exit 1; }
  exit 0
fi
if [[ $(cat "$LOADED_MARK" 2>/dev/null) != "$TODO_MODEL" ]]; then
  echo "the model $TODO_MODEL has not answered yet"
  exit 1
fi
is_loaded "$TODO_MODEL" || { echo "the model $TODO_MODEL is not in memory, or the server does not answer"; exit 1; }
