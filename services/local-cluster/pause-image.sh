#!/bin/bash
# pause-image.sh FILE: makes the image that holds a pod's namespaces, and that prepares volumes: a static busybox that sleeps.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/bin" "$work/image"
cp /bin/busybox "$work/root/bin/"
for name in sh sleep mkdir rm chmod; do
  ln -s busybox "$work/root/bin/$name"
done
tar --create --file "$work/image/layer.tar" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --directory "$work/root" bin
digest=$(sha256sum "$work/image/layer.tar" | cut -d ' ' -f 1)
architecture=$(dpkg --print-architecture)
printf '{"architecture":"%s","os":"linux","config":{"Cmd":["/bin/sleep","infinity"],"Env":["PATH=/bin"],"User":"65535:65535"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$architecture" "$digest" > "$work/image/config.json"
printf '[{"Config":"config.json","RepoTags":["localhost/pause:1"],"Layers":["layer.tar"]}]' > "$work/image/manifest.json"
tar --create --file "$1" --directory "$work/image" manifest.json config.json layer.tar
