"""The Helm binary: the pinned one that a clone fetches, else the one on the path."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


def path(collection: Path) -> str:
    """Where Helm is on this machine.

    :param collection: the collection's folder; only a clone has scripts.
    :raises DeployError: there is none, and none could be fetched.
    """
    tool = collection / "scripts/tool.sh"
    if tool.is_file():
        done = subprocess.run([tool, "helm"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    found = shutil.which("helm")
    if not found:
        why = f" (scripts/tool.sh: {done.stderr.strip()[-300:]})" if tool.is_file() else ""
        raise DeployError(f"there is no helm on this machine{why}; put it on the PATH")
    return found
