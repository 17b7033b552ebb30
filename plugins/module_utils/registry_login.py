"""The logins that `docker login` keeps, and a client's configuration that holds one login for one run."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TIMEOUT = 20


def kept(host: str) -> tuple[str, str]:
    """The (user, password) with which this user's docker client is logged in to a registry; empty texts when it is not.

    Read from the client's configuration, or asked of the credential helper that it names.
    """
    folder = Path(os.environ.get("DOCKER_CONFIG") or "~/.docker").expanduser()
    try:
        config = json.loads((folder / "config.json").read_text())
    except (OSError, ValueError):
        return "", ""
    helper = (config.get("credHelpers") or {}).get(host) or config.get("credsStore")
    if helper:
        return _asked(str(helper), host)
    entry = (config.get("auths") or {}).get(host) or {}
    try:
        user, _, password = base64.b64decode(entry.get("auth") or "").decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _asked(helper: str, host: str) -> tuple[str, str]:
    try:
        done = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=host,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        login: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return "", ""  # it knows none, and says so in a sentence of its own
    return str(login.get("Username") or ""), str(login.get("Secret") or "")


@contextlib.contextmanager
def configuration(host: str, username: str, password: str) -> Iterator[list[str]]:
    """The docker client's global options with which it is logged in to `host` while the block runs.

    None where no user is given: then the client's own logins count. The password stands in a file that only this user
    can read, never on a command line, and is gone afterwards.
    """
    if not username:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="todo-registry-") as folder:
        auth = base64.b64encode(f"{username}:{password}".encode()).decode()
        file = Path(folder) / "config.json"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writer:
            json.dump({"auths": {host: {"auth": auth}}}, writer)
        yield ["--config", folder]
