#!/bin/bash
# Makes model NAME from the Modelfile in the working directory, by a server of its own. For the build.
set -euo pipefail
name=$1
ollama serve > serve.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
until ollama list > /dev/null 2>&1; do
  kill -0 "$server" || { cat serve.log >&2; exit 1; }
  sleep 0.1
done
ollama create "$name" -f Modelfile
ollama show "$name" | grep --word-regexp tools > /dev/null || { echo "the model $name can't be offered tools" >&2; exit 1; }
chmod -R a+rX "$OLLAMA_MODELS"
