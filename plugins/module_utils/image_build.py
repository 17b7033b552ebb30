"""Build images on a host with BuildKit, and say why when that fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

LOG_LINES = 15
# Where distributions keep the certificates that the host itself trusts.
CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True)
class Builder:
    """A command that builds with BuildKit, and the environment that it needs."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def find_builder() -> Builder:
    """The first way to BuildKit that this host has: the buildx plugin, or a client whose engine brings it.

    :raises DeployError: with what to install, when there is none. (A client from 23 on without buildx falls back to
        the old builder, which knows neither secrets nor caches.)
    """
    clients = list(dict.fromkeys(c for c in (shutil.which("docker"), "/usr/bin/docker") if c and os.access(c, os.X_OK)))
    for client in clients:
        if _answer(client, "buildx", "version"):
            return Builder((client, "buildx", "build", "--load"))
    for client in clients:
        version = re.match(r"(\d+)\.", _answer(client, "--version").removeprefix("Docker version "))
        if version and 18 < int(version[1]) < 23:
            return Builder((client, "build"), {"DOCKER_BUILDKIT": "1"})
    cause = "no docker client here can build with BuildKit" if clients else "there is no docker command on this host"
    raise DeployError(
        cause,
        {
            "component": "docker",
            "step": "",
            "cause": cause,
            "log": [],
            "next_step": "install the buildx plugin (Debian and Ubuntu: docker-buildx or docker-buildx-plugin; "
            "Docker Desktop brings it)",
        },
    )


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def ca_bundle(given: str) -> str:
    """The certificates that build steps trust: those given, else the host's own, else none ("").

    :raises DeployError: the given file does not exist.
    """
    if given:
        if not Path(given).is_file():
            raise DeployError(f"build_ca_bundle names {given}, which does not exist on this host")
        return given
    return next((path for path in CA_BUNDLES if Path(path).is_file()), "")


def reference(image: Mapping[str, Any]) -> str:
    """The image's name and tag."""
    return f"{image['repository']}:{image['tag']}"


def build_command(
    builder: Builder, image: Mapping[str, Any], bundle: str, proxies: Mapping[str, str], *, force: bool
) -> list[str]:
    """The command line that builds an image. Proxies go by name only: their addresses may hold a password."""
    command = [*builder.command, "--progress", "plain", "--tag", reference(image)]
    if image.get("target"):
        command += ["--target", image["target"]]
    if force:
        command.append("--no-cache")
    if bundle:
        command += ["--secret", f"id=ca,src={bundle}"]
    for name, value in sorted((image.get("build_args") or {}).items()):
        command += ["--build-arg", f"{name}={value}"]
    for name in sorted(proxies):
        command += ["--build-arg", name]
    for name, value in sorted((image.get("labels") or {}).items()):
        command += ["--label", f"{name}={value}"]
    return [*command, image["context"]]


def proxy_environment(proxies: Mapping[str, str]) -> dict[str, str]:
    """Build arguments of the proxies that are set, in both spellings, since tools disagree on which they read."""
    given = {name: value for name, value in proxies.items() if value}
    return {**given, **{name.upper(): value for name, value in given.items()}}


def build(
    builder: Builder, image: Mapping[str, Any], bundle: str, proxies: Mapping[str, str], *, force: bool
) -> list[str]:
    """Build one image and return the last lines of the log.

    :raises DeployError: with a diagnosis of component, step, cause, log and next_step.
    """
    environment = proxy_environment(proxies)
    command = build_command(builder, image, bundle, environment, force=force)
    done = subprocess.run(
        command,
        env={**os.environ, **builder.environment, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        diagnosis = explain(image["name"], done.stdout)
        raise DeployError(f"building the image of {image['name']} failed: {diagnosis['cause']}", diagnosis)
    return done.stdout.splitlines()[-LOG_LINES:]


# What a build's log says about the way out: the first pattern that is found wins.
_WAYS_OUT = (
    (
        r"(?i)no space left on device|ENOSPC",
        "free space on the host (docker system df shows what Docker holds), then build again",
    ),
    (
        r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|certificate signed by unknown authority|SELF_SIGNED_CERT|self.signed certificate",
        "set build_ca_bundle to the file with your proxy's certificate authority",
    ),
    (
        r"Cannot connect to the Docker daemon|error during connect",
        "start Docker (systemctl start docker, or open Docker Desktop), or let scripts/docker-start.sh do it",
    ),
    (
        r"load metadata for|pull access denied|failed to resolve source metadata",
        "make the base image available: playbooks/build.yml makes todo_base_image from Debian's packages where no registry answers",
    ),
    (
        r"Temporary failure resolving|Could not resolve|no such host|ENOTFOUND|EAI_AGAIN|Connection timed out|ETIMEDOUT|i/o timeout",
        "check that this host reaches the package registries, and build_http_proxy and build_https_proxy where it needs a proxy",
    ),
    (
        r"(?i)do not match the hashes|EINTEGRITY|checksum mismatch",
        "a package is not the one that the lock file names: renew the lock file, and read what changed",
    ),
)


def explain(component: str, output: str) -> dict[str, Any]:
    """A failed build's diagnosis from its plain progress output.

    :returns: component, step (the Dockerfile's instruction, empty when it did not come to one), cause, log, next_step.
    """
    lines = output.splitlines()
    steps: dict[str, str] = {}
    logs: dict[str, list[str]] = {}
    failed, error = "", ""
    for line in lines:
        if match := re.match(r"#(\d+) (?:\d+\.\d+ (.*)|(\[.+)|ERROR: (.*))$", line):
            number, said, name, wrong = match.groups()
            if name:
                steps[number] = name
            elif wrong:
                failed, error = number, wrong
            elif said and said.strip():
                logs.setdefault(number, []).append(said.rstrip()[:300])
    last = next(
        (line for line in reversed(lines) if line.strip() and not line.startswith(("-", "#"))),
        "the build gave no reason",
    )
    title = steps.get(failed, "")
    step = re.sub(r"^\[[^\]]*\]\s*", "", title) if not title.startswith("[internal]") else ""
    log = logs.get(failed) or [line for line in lines if line.strip() and not line.startswith("-")]
    log = log[-LOG_LINES:]
    code = re.search(r"exit code: (\d+)", error or last)
    said = _last_complaint(logs.get(failed, []))
    cause = (f"{said} (exit code {code[1]})" if said and code else said) or _plain(error or last)
    text = "\n".join([title, *log, error, last])
    ways = (way for pattern, way in _WAYS_OUT if re.search(pattern, text))
    # The mounts in front of a command tell nothing about it.
    short = re.sub(r"\s--mount=\S+", "", step).split(" && ")[0].strip()[:80]
    where = f"the instruction `{short}` in" if step else ""
    return {
        "component": component,
        "step": step,
        "cause": cause[:400],
        "log": log,
        "next_step": next(
            ways, f"look at {where} services/{component}/Dockerfile, mend it and build again".replace("  ", " ")
        ),
    }


def _last_complaint(log: list[str]) -> str:
    """The last line that sounds like an error, else the last line."""
    sounding = [
        line for line in log if re.search(r"(?i)\berr(or|!)?\b|fail|cannot|can't|not found|denied|fatal|no such", line)
    ]
    return (sounding or log or [""])[-1].strip()


def _plain(error: str) -> str:
    """BuildKit's sentence without the layers that passed it on."""
    return re.sub(
        r"^(ERROR: )?(failed to (build|solve)( with frontend \S+)?: |failed to create LLB definition: )+", "", error
    )
