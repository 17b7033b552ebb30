#!/bin/bash
# Runs the image's entry point with the real model: `docker run --rm IMAGE_OF_STAGE_test`. Prints "N passed, N failed".
# shellcheck disable=SC2016,SC2034  # what `check ... eval` gets is expanded when it is evaluated
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. /usr/local/lib/ollama/lib.sh

passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OLLAMA_MODELS=$work/models OLLAMA_HOST=127.0.0.1:11434
manifest=manifests/registry.ollama.ai/library/smollm2/135m
server=

check() {
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what" >&2; tail -n 8 "$work/log" | sed 's/^/    /' >&2; fi
}
start() { docker-entrypoint.sh > "$work/log" 2>&1 & server=$!; }
ready() { until ollama-ready > "$work/ready"; do kill -0 "$server" 2>/dev/null || return 1; sleep 0.1; done; }
stop() { kill -TERM "$server" && wait "$server"; }
refused() { start; ! wait "$server"; }
log_has() { grep --quiet -- "$1" "$work/log"; }
biggest() { find "$OLLAMA_MODELS/blobs" -size +50M; }
# shoot WORDS: kills the programs whose command line has these words (the image holds no pkill).
shoot() {
  local process
  for process in /proc/[0-9]*; do
    [[ $(tr '\0' ' ' < "$process/cmdline" 2> /dev/null) == *"$1"* && ${process##*/} != "$$" ]] && kill -KILL "${process##*/}"
  done
}
mark_of() { stat --format=%Y.%i "$1"; }

serves() {
  check 'it is not ready before it runs' eval '! ollama-ready > /dev/null'
  start
  check 'it becomes ready on an empty volume' ready
  check 'the model is in memory' is_loaded "$TODO_MODEL"
  check 'it can be offered tools' eval '[[ $(request 60 POST /api/chat "{\"model\":\"smollm2:135m\",\"stream\":false,\"options\":{\"num_predict\":4},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"list\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}]}") == *"\"done\":true"* ]]'
  check 'it stops cleanly when told' stop
}

keeps_the_volume() {
  local blob before
  blob=$(biggest)
  before=$(mark_of "$blob")
  echo stale > "$OLLAMA_MODELS/$manifest"
  start
  check 'it becomes ready on a volume of another image' ready
  check 'the manifest is the image'\''s again' cmp "$BAKED_MODELS/$manifest" "$OLLAMA_MODELS/$manifest"
  check 'what was whole was not copied again' eval '[[ $(mark_of "$blob") == "$before" ]]'
  stop
}

repairs() {
  local blob
  blob=$(biggest)
  printf 'x' | dd of="$blob" bs=1 seek=1000000 conv=notrunc status=none
  start
  check 'it becomes ready with a damaged file on the volume' ready
  check 'because it was copied anew' eval '[[ $(sha256sum < "$blob") == "${blob##*sha256-} "* ]]'
  shoot 'ollama runner'
  check 'a model whose process was killed answers all the same' eval '[[ $(request 60 POST /api/generate "{\"model\":\"smollm2:135m\",\"prompt\":\"hi\",\"stream\":false,\"options\":{\"num_predict\":2}}") == *"\"done\":true"* ]]'
  shoot 'ollama serve'
  check 'a server that was killed ends the container' eval '! wait "$server"'
  check 'with a sentence' log_has 'ended by itself'
}

explains() {
  BAKED_MODELS=$work/baked
  export BAKED_MODELS
  mkdir -p "$BAKED_MODELS"
  cp -r /usr/share/ollama/models/manifests "$BAKED_MODELS/"
  rm -rf "$OLLAMA_MODELS"
  check 'a model that lacks its file in the image stops the start' refused
  check 'naming the model' log_has 'the model smollm2:135m is damaged in the image'
  check 'the file' log_has "$BAKED_MODELS/blobs/sha256-"
  check 'and the next step' log_has 'Build the image anew'
  export BAKED_MODELS=/usr/share/ollama/models

  TODO_MODEL=nosuch:1b check 'a model that can'\''t be had stops the container' refused
  check 'naming the model and its file' log_has "the model nosuch:1b can't be loaded: its file $OLLAMA_MODELS/manifests/registry.ollama.ai/library/nosuch/1b"
  check 'and the next step' log_has 'Name a model that the image brings'
  OLLAMA_THREADS=none check 'a wrong number of threads is refused' refused
  check 'with a sentence' log_has "OLLAMA_THREADS must be a whole number from 1, not 'none'"
}

serves
keeps_the_volume
repairs
explains
echo "$passed passed, $failed failed"
((failed == 0))
