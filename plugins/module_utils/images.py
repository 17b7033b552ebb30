"""Which images this clone builds, and by which tags they are known. Runs in the controller and asks no engine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError, did_you_mean

TAG_LENGTH = 12


def content_tag(context_dir: Path | str, build_args: Mapping[str, str] | None = None, base: str = "") -> str:
    """The tag of the image that a build context makes: the same on every host for the same content.

    :param context_dir: a folder with a Dockerfile; what its .dockerignore leaves out does not count.
    :param build_args: build arguments; they change the image, so they change the tag.
    :param base: the base image's name. Not its id, which differs between hosts that made it themselves.
    :raises FileNotFoundError: there is no Dockerfile.
    """
    context = Path(context_dir)
    digest = hashlib.sha256()
    digest.update(json.dumps([dict(build_args or {}), base], sort_keys=True).encode())
    for path, mode in context_files(context):
        content = str((context / path).readlink()).encode() if mode == "link" else (context / path).read_bytes()
        digest.update(f"\0{path}\0{mode}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:TAG_LENGTH]


def context_files(context: Path) -> list[tuple[str, str]]:
    """The files that a build would see, sorted: (path, "file", "program" or "link").

    Of the mode only what git keeps: the rest follows the umask of whoever cloned.
    """
    if not (context / "Dockerfile").is_file():
        raise FileNotFoundError(f"{context} has no Dockerfile")
    ignore = Ignore.read(context / ".dockerignore")
    return sorted({"Dockerfile": ("Dockerfile", "file"), **{f[0]: f for f in _walk(context, "", ignore)}}.values())


def _walk(folder: Path, prefix: str, ignore: Ignore) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                # A folder that is left out is not even listed, unless an exception reaches into it: node_modules is large.
                if not ignore.leaves_out(path) or ignore.reaches_into(path):
                    yield from _walk(Path(entry.path), f"{path}/", ignore)
            elif not ignore.leaves_out(path):
                if entry.is_symlink():
                    yield path, "link"
                elif entry.is_file():
                    yield path, "program" if entry.stat().st_mode & stat.S_IXUSR else "file"


@dataclass(frozen=True)
class Ignore:
    """A .dockerignore file with Docker's own meaning: the last pattern that matches a path or a folder above it wins."""

    patterns: tuple[tuple[bool, str, re.Pattern[str]], ...]
    """(is it an exception, its text, what it matches)"""

    @classmethod
    def read(cls, file: Path) -> Ignore:
        """The patterns of a file; none when there is no such file."""
        return cls.parse(file.read_text(encoding="utf-8") if file.is_file() else "")

    @classmethod
    def parse(cls, text: str) -> Ignore:
        """The patterns of a file's text."""
        patterns = []
        for raw in text.splitlines():
            line = raw.strip()
            if not line or raw.startswith("#"):
                continue
            exception = line.startswith("!")
            glob = os.path.normpath(line.lstrip("!").strip()).strip("/")
            patterns.append((exception, glob, re.compile(_regex(glob))))
        return cls(tuple(patterns))

    def leaves_out(self, path: str) -> bool:
        """Whether the path is not part of the context."""
        parts = path.split("/")
        above = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        out = False
        for exception, _, pattern in self.patterns:
            if out == exception and any(pattern.fullmatch(candidate) for candidate in above):
                out = not exception
        return out

    def reaches_into(self, folder: str) -> bool:
        """Whether an exception may match something below a folder that is left out."""
        parts = folder.split("/")
        for exception, glob, _ in self.patterns:
            wanted = glob.split("/")
            if not exception:
                continue
            for mine, its in zip(wanted, parts, strict=False):
                if mine == "**":
                    return True
                if not re.fullmatch(_regex(mine), its):
                    break
            else:
                if len(wanted) > len(parts):
                    return True
        return False


def _regex(glob: str) -> str:
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    result = ""
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|\\.|.", glob, re.DOTALL):
        if token in pieces:
            result += pieces[token]
        elif token.startswith("[") and len(token) > 1:
            result += token
        else:
            result += re.escape(token[1:] if len(token) > 1 else token)
    return result


def build_plan(
    components: Iterable[Mapping[str, Any]],
    services_dir: Path | str,
    base: str,
    only: Sequence[str] = (),
    registry: str = "",
) -> list[dict[str, Any]]:
    """The images that this clone builds, in the form in which docker_image_build takes them.

    :param components: each with `name` and `image` ({repository, tag, digest}). One whose services/<name> has no
        Dockerfile, or whose image is given by a digest or a tag of the user's own, comes from elsewhere.
    :param only: component names to restrict it to; empty means all.
    :param registry: the host that stands before the repositories. Images are built without it, so that one build
        serves every target.
    :raises OptionError: `only` names a component that there is not, or that is not built here.
    """
    services = Path(services_dir)
    known = {component["name"]: component["image"] for component in components}
    plan = []
    for name, image in known.items():
        context = services / name
        if (only and name not in only) or image.get("digest") or not (context / "Dockerfile").is_file():
            continue
        tag = content_tag(context, {}, base)
        if image.get("tag") in (None, "", tag):
            plan.append(
                {
                    "name": name,
                    "context": str(context),
                    "repository": image["repository"].removeprefix(f"{registry}/") if registry else image["repository"],
                    "tag": tag,
                    "build_args": {"BASE_IMAGE": base},
                    "labels": {
                        **labels(context),
                        "org.opencontainers.image.title": f"{name}",
                        "org.opencontainers.image.version": tag,
                    },
                }
            )
    missing = [name for name in only if name not in {image["name"] for image in plan}]
    if missing:
        reason = (
            "its image comes from elsewhere"
            if missing[0] in known
            else f"there is no such component{did_you_mean(missing[0], known)}"
        )
        raise OptionError([f"todo_images_only names {missing[0]}: {reason}"])
    return plan


def push_plan(build: Iterable[Mapping[str, Any]], registry: str) -> list[dict[str, str]]:
    """What is pushed of what `build_plan` gave, in the form in which registry_push takes it.

    :param registry: the registry's host; empty when there is none, then source and target are the same.
    """
    prefix = f"{registry}/" if registry else ""
    names = {image["name"]: f"{image['repository']}:{image['tag']}" for image in build}
    return [{"name": name, "source": source, "target": f"{prefix}{source}"} for name, source in names.items()]


def with_digests(pushes: Iterable[Mapping[str, str]], answers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{component: {reference, digest}}, for the report; a digest is "" where no registry knows the image.

    :param answers: results of registry_push, the newest last.
    """
    digests: dict[str, str] = {}
    for answer in answers:
        digests.update({name: digest for name, digest in (answer.get("digests") or {}).items() if digest})
    return {push["name"]: {"reference": push["target"], "digest": digests.get(push["target"], "")} for push in pushes}


def labels(context: Path) -> dict[str, str]:
    """OCI labels that tell where the content comes from, as far as git knows; outside a clone only the licence."""
    result = {"org.opencontainers.image.licenses": "Apache-2.0"}
    try:
        revision, created = _git(context, "log", "-1", "--format=%H %cI").split()
        changed = _git(context, "status", "--porcelain", "--", ".")
        source = _git(context, "config", "--default", "", "--get", "remote.origin.url").strip()
    except (OSError, ValueError, subprocess.SubprocessError):
        return result
    result["org.opencontainers.image.revision"] = revision + ("-dirty" if changed.strip() else "")
    result["org.opencontainers.image.created"] = created
    # A remote's address may hold credentials, and a path says nothing on another machine.
    if source.startswith("https://"):
        result["org.opencontainers.image.source"] = re.sub(r"//[^/@]*@", "//", source)
    return result


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, timeout=20
    ).stdout
