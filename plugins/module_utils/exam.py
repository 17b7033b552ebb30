"""A component's exam: a one-off command that says by one line of JSON whether what it depends on is fit for more.

The engine knows of it no more than that line: `model`, `passed`, `right`, `asked`, `cases` and `needed`. What follows from it is the
component's own business, and never fails a deploy.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

COMMAND = "exam"
"""A component has an exam if its description has a one-off command of this name."""
POLL_SECONDS = 0.3
_SHAPE = {"model": str, "passed": bool, "right": int, "asked": int, "cases": int, "needed": int}


def result_in(output: str) -> dict[str, Any]:
    """The result in what an exam printed: its last line that is one.

    :raises DeployError: there is none.
    """
    for line in reversed(output.splitlines()):
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if isinstance(result, dict) and all(type(result.get(key)) is kind for key, kind in _SHAPE.items()):
            return result
    raise DeployError("it printed no result")


def sentence(result: Mapping[str, Any]) -> str:
    """A result as an operator reads it."""
    score = f"exam {result['right']} of {result['asked']}, needs {result['needed']} of {result['cases']}"
    return f"model {result['model']}: {score}: {'may suggest changes' if result['passed'] else 'chat only'}"


def told(journal: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each exam that a release's journal tells of, the last of each component."""
    said = {}
    for line in journal:
        if line.get("step") == COMMAND and line.get("outcome") in ("passed", "failed", "not held"):
            result = line.get("result")
            said[line.get("component")] = sentence(result) if result else f"exam not held: {line.get('cause', '')}"
    return list(said.values())


def watched(command: list[str], seconds: float, keep_alive: Callable[[], None]) -> str:
    """Run a client command to its end and return its stdout.

    :param keep_alive: called while waiting; renews the lock.
    :raises DeployError: it fails, with the last line of its stderr, or takes longer than `seconds`.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                keep_alive()
                if time.monotonic() - start > seconds:
                    raise DeployError(f"it is still running after {seconds:g} s")
                time.sleep(POLL_SECONDS)
        finally:
            process.terminate()
            process.wait()
        for file in (out, err):
            file.seek(0)
        if process.returncode:
            lines = [line for line in err.read().splitlines() if line.strip()]
            raise DeployError(lines[-1] if lines else f"it ended with {process.returncode}")
        return out.read()
