#!/bin/bash
# Puts the image's models onto the volume, serves, and keeps TODO_MODEL loaded.
#
# TODO_MODEL         the model that must answer before the container counts as ready
# TODO_PULL_MODELS   further models, separated by spaces, that are pulled in the background
# OLLAMA_THREADS     threads of the model; by default what the CPU limit allows
set -euo pipefail
shopt -s nullglob globstar
# shellcheck source-path=SCRIPTDIR source=lib.sh
. /usr/local/lib/ollama/lib.sh

stop_with() {
  say "$*"
  exit 1
}

check_machine() {
  # The binary is built for x86-64-v3; without this check an older machine says only "illegal instruction".
  if [[ $(uname -m) == x86_64 ]] && ! grep -qw avx2 /proc/cpuinfo; then
    stop_with "this processor has no AVX2, which the image was built for: build it with --build-arg CFLAGS_AMD64='' (slow)," \
      "or name an Ollama elsewhere."
  fi
}

# Whole processors that the container may use, at least 1. More threads than that wait for each other in a busy loop.
allowed_threads() {
  local quota=max period=100000
  if [[ -r /sys/fs/cgroup/cpu.max ]]; then
    read -r quota period < /sys/fs/cgroup/cpu.max
  elif [[ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]]; then
    read -r quota < /sys/fs/cgroup/cpu/cpu.cfs_quota_us
    read -r period < /sys/fs/cgroup/cpu/cpu.cfs_period_us
  fi
  if [[ $quota == max || $quota == -1 ]]; then
    nproc
  else
    echo $((quota / period > 1 ? quota / period : 1))
  fi
}

# good_blob FOLDER DIGEST: true when the file is there and holds what its name promises.
good_blob() {
  [[ -f $1/blobs/sha256-$2 ]] && [[ $(sha256sum < "$1/blobs/sha256-$2") == "$2 "* ]]
}

# copy_whole FROM TO: TO has its name only when it is complete and on the disk.
copy_whole() {
  mkdir -p -- "${2%/*}" && cp -- "$1" "$2.seed" && sync -- "$2.seed" && mv -- "$2.seed" "$2"
}

seed_models() {
  local manifest name digest
  if ! mkdir -p -- "$OLLAMA_MODELS/blobs" 2>/dev/null || [[ ! -w $OLLAMA_MODELS || ! -w $OLLAMA_MODELS/blobs ]]; then
    stop_with "the models folder $OLLAMA_MODELS can't be written by uid $(id -u): give its volume to that user (chown -R 10001:10001)."
  fi
  # What a copy that was killed has left.
  rm -f -- "$OLLAMA_MODELS"/blobs/*.seed
  for manifest in "$BAKED_MODELS"/manifests/**; do
    [[ -f $manifest ]] || continue
    name=${manifest#"$BAKED_MODELS"/manifests/registry.ollama.ai/library/}
    name=${name%/*}:${name##*/}
    while read -r digest _; do
      good_blob "$OLLAMA_MODELS" "$digest" && continue
      good_blob "$BAKED_MODELS" "$digest" ||
        stop_with "the model $name is damaged in the image: $BAKED_MODELS/blobs/sha256-$digest is missing or does not match its digest." \
          "Build the image anew (playbooks/build.yml)."
      copy_whole "$BAKED_MODELS/blobs/sha256-$digest" "$OLLAMA_MODELS/blobs/sha256-$digest" ||
        stop_with "the model $name could not be copied to $OLLAMA_MODELS: make room on its volume."
    done < <(digests "$manifest")
    # The manifest goes last: with it, the model counts as there.
    cmp --quiet -- "$manifest" "$OLLAMA_MODELS/${manifest#"$BAKED_MODELS"/}" ||
      copy_whole "$manifest" "$OLLAMA_MODELS/${manifest#"$BAKED_MODELS"/}" ||
      stop_with "the model $name could not be copied to $OLLAMA_MODELS: make room on its volume."
  done
}

# broken_file MODEL: prints the first file of the model that is missing or cut short; nothing when all are there.
broken_file() {
  local manifest digest size file
  manifest=$OLLAMA_MODELS/$(manifest_path "$1")
  [[ -s $manifest ]] || { echo "$manifest"; return; }
  while read -r digest size; do
    file=$OLLAMA_MODELS/blobs/sha256-$digest
    if [[ ! -f $file || $(stat --format=%s -- "$file") != "$size" ]]; then echo "$file"; return; fi
  done < <(digests "$manifest")
}

# Makes sure that TODO_MODEL's files are there; one that the image doesn't bring is pulled.
provide_model() {
  local broken
  broken=$(broken_file "$TODO_MODEL")
  [[ -z $broken ]] && return
  say "the model $TODO_MODEL lacks $broken; pulling it"
  ollama pull "$TODO_MODEL" < /dev/null > /tmp/ollama-pull.log 2>&1 || true
  broken=$(broken_file "$TODO_MODEL")
  [[ -z $broken ]] && return
  say "the model $TODO_MODEL can't be loaded: its file $broken is missing or damaged, and pulling it failed" \
    "($(tr '\r' '\n' < /tmp/ollama-pull.log | grep -v '^ *$' | tail -n 1 | cut -c 1-200))." \
    "Name a model that the image brings (smollm2:135m), or give this host access to the model's registry."
  return 1
}

# Loads the model and lets it say something. The mark is what ollama-ready looks for.
load_model() {
  local answer
  if answer=$(request 600 POST /api/generate \
    "{\"model\":\"$TODO_MODEL\",\"prompt\":\"Say hello.\",\"stream\":false,\"keep_alive\":-1,\"options\":{\"num_predict\":4,\"num_thread\":$threads}}") &&
    [[ $answer == *'"done":true'* ]]; then
    printf '%s' "$TODO_MODEL" > "$LOADED_MARK.new" && mv "$LOADED_MARK.new" "$LOADED_MARK"
    return
  fi
  say "the model $TODO_MODEL does not answer: ${answer:0:300}"
  return 1
}

keep_loaded() {
  provide_model || return 1
  load_model || {
    say "the model $TODO_MODEL (${OLLAMA_MODELS}/$(manifest_path "$TODO_MODEL")) could not be loaded." \
      "If its file is damaged, remove it from the volume and start again; if memory is short, raise the container's limit."
    return 1
  }
  say "the model $TODO_MODEL is loaded and answers ($threads thread(s))"
  for model in ${TODO_PULL_MODELS-}; do
    [[ -z $(broken_file "$model") ]] && continue
    say "pulling $model"
    ollama pull "$model" < /dev/null > /tmp/ollama-pull.log 2>&1 ||
      say "pulling $model failed ($(tr '\r' '\n' < /tmp/ollama-pull.log | grep -v '^ *$' | tail -n 1 | cut -c 1-200)); the next start tries again"
  done
  # A model that made room for another comes back without waiting for somebody to ask for it.
  while sleep 15; do
    is_loaded "$TODO_MODEL" || { request 3 GET /api/version > /dev/null 2>&1 && load_model; } || true
  done
}

serve() {
  local ended status
  rm -f -- "$LOADED_MARK"
  # Where our build of ollama looks for its CPU limit, in the words of cgroup v2.
  echo "$((threads * 100000)) 100000" > /tmp/ollama-cpu.max
  # Requests are logged on the standard output; the probes' own, several a minute for ever, would hide what users did.
  ollama serve > >(exec grep --line-buffered --invert-match --extended-regexp 'GET +"/api/(ps|version)"') &
  server=$!
  trap 'stopping=1; kill -TERM "$server" 2>/dev/null || true' TERM INT
  keeper=
  if [[ -n ${TODO_MODEL-} ]]; then
    {
      until request 3 GET /api/version > /dev/null 2>&1; do sleep 0.1; done
      keep_loaded
    } &
    keeper=$!
  fi
  while true; do
    status=0
    # Returns early when a signal arrives; then there is nothing in `ended`.
    wait -n -p ended "$server" $keeper || status=$?
    [[ -n ${ended-} ]] || continue
    break
  done
  if [[ $ended != "$server" ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
    exit 1
  fi
  [[ -z $keeper ]] || kill -TERM "$keeper" 2>/dev/null || true
  [[ -z ${stopping-} ]] || exit 0
  say "the server ended by itself (exit code $status)"
  exit $((status == 0 ? 1 : status))
}

if [[ ${1:-serve} != serve ]]; then
  # `docker run IMAGE list` is `ollama list`; any other program runs as it is.
  if command -v "$1" > /dev/null; then exec "$@"; else exec ollama "$@"; fi
fi
check_machine
threads=${OLLAMA_THREADS:-$(allowed_threads)}
[[ $threads =~ ^[1-9][0-9]*$ ]] || stop_with "OLLAMA_THREADS must be a whole number from 1, not '$threads'."
seed_models
serve
