# shellcheck shell=bash
# What the entry point and the probe share. Plain bash: the image holds no curl.

# shellcheck disable=SC2034  # used where this file is sourced
LOADED_MARK=/tmp/ollama-answered
BAKED_MODELS=${BAKED_MODELS:-/usr/share/ollama/models}

say() { printf 'ollama: %s\n' "$*" >&2; }

# full_name MODEL: the name as Ollama lists it ("qwen3" is "qwen3:latest").
full_name() {
  case ${1##*/} in
    *:*) printf '%s' "$1" ;;
    *) printf '%s:latest' "$1" ;;
  esac
}

# manifest_path MODEL: where the model's manifest lies below a models folder.
manifest_path() {
  local name=$1
  name=$(full_name "$name")
  case $name in
    */*/*) ;;
    */*) name=registry.ollama.ai/$name ;;
    *) name=registry.ollama.ai/library/$name ;;
  esac
  printf 'manifests/%s/%s' "${name%:*}" "${name##*:}"
}

# digests MANIFEST: prints "DIGEST SIZE" for the configuration and every layer that the manifest names.
digests() {
  local text
  text=$(tr -d ' \n' < "$1")
  while [[ $text =~ \"digest\":\"sha256:([0-9a-f]{64})\",\"size\":([0-9]+) ]]; do
    printf '%s %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    text=${text#*"${BASH_REMATCH[0]}"}
  done
}

port() {
  local host=${OLLAMA_HOST:-0.0.0.0:11434}
  if [[ $host =~ :([0-9]+)/?$ ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 11434; fi
}

# request SECONDS METHOD PATH [JSON]: prints the answer's body; fails with no answer in time or with a status other than 200.
request() {
  local seconds=$1 method=$2 path=$3 body=${4-} status line answer
  exec {connection}<> "/dev/tcp/127.0.0.1/$(port)" || return 1
  # HTTP/1.0: the body ends where the connection does.
  printf '%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "$method" "$path" "${#body}" "$body" >&"$connection"
  answer=$(timeout "$seconds" cat <&"$connection")
  exec {connection}>&-
  status=${answer%%$'\r'*}
  line=${answer#*$'\r\n\r\n'}
  printf '%s' "$line"
  [[ $status == *' 200 '* ]]
}

# is_loaded MODEL: true when the server holds the model in memory.
is_loaded() {
  local name running
  name=$(full_name "$1")
  running=$(request 3 GET /api/ps 2>/dev/null) && [[ $running == *"\"model\":\"$name\""* ]]
}
