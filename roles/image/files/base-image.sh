#!/bin/bash
# base-image.sh NAME: makes sure that the base image is there. Pulls it where a registry answers,
# else makes it from Debian's packages. Says on stdout what it did, on stderr why it could not.
set -euo pipefail
image=$1
docker=$(command -v docker || echo /usr/bin/docker)

stop_with() {
  printf 'the base image %s is not on this host, and %s\n' "$image" "$*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi
}

if "$docker" image inspect "$image" > /dev/null 2>&1; then
  echo "$image is here"
  exit 0
fi
if refusal=$(timeout 600 "$docker" pull --quiet "$image" 2>&1); then
  echo "$image was pulled"
  exit 0
fi
refusal=$(tail -n 1 <<< "$refusal")
[[ $image =~ ^debian:([a-z]+)(-slim)?$ ]] ||
  stop_with "it can't be pulled ($refusal). Pull or load it, or set todo_base_image to debian:trixie-slim, which can be made from Debian's packages."
suite=${BASH_REMATCH[1]}
command -v apt-get > /dev/null ||
  stop_with "it can't be pulled ($refusal). This host has no Debian packages to make it from: make it on one" \
    "(mmdebstrap --variant=minbase --include=ca-certificates $suite | docker import - $image), and bring it here with docker save and docker load."
if ! command -v mmdebstrap > /dev/null; then
  # The first update may be what a fresh machine lacks.
  { as_root apt-get update --quiet && as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends mmdebstrap debian-archive-keyring; } >&2 ||
    stop_with "mmdebstrap, which would make it, can't be installed (see above)."
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
as_root mmdebstrap --quiet --variant=minbase --include=ca-certificates "$suite" "$work/base.tar" >&2 ||
  stop_with "making it from Debian's packages failed (see above)."
"$docker" import --change 'CMD ["bash"]' "$work/base.tar" "$image" > /dev/null
echo "$image was made from Debian's packages"
