"""One changed line of the backend to serving it: python3 bench/change.py

Works on a copy of this tree, deploys the change over the deployment that is up, and puts this tree's release back.
Ends with 1 when the new code serves later than 25 s after the change.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import stack

LIMIT = 25.0
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "logs", "*_cache", "__pycache__", ".next")


def main() -> int:
    given = stack.arguments(__doc__).parse_args()
    stack.play(given, "build", "deploy")
    base = stack.url(given, "backend")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(stack.ROOT, copy, symlinks=True, ignore=LEFT_OUT)
        old = serving(given, base)
        source = copy / "services" / "backend" / "src" / "todo_backend" / "app.py"
        with source.open("a") as file:
            file.write(f"# measured {os.getpid()}\n")
        seen: list[float] = []
        start = time.monotonic()
        watch = threading.Thread(target=wait_for_another, args=(given, base, old, start, seen), daemon=True)
        watch.start()
        try:
            whole = stack.play(given, "build", "deploy", root=copy)
            watch.join(timeout=5)
            new = serving(given, base)
        finally:
            stack.play(given, "deploy")
    if new != old:
        subprocess.run(["docker", "image", "rm", new], capture_output=True, check=False)
    if not seen:
        raise SystemExit("the changed backend was never seen to serve")
    print(json.dumps({"serving_s": round(seen[0], 1), "verified_s": round(whole, 1), "limit_s": LIMIT}))
    return 1 if seen[0] > LIMIT else 0


def serving(given: object, base: str) -> str:
    """The image of the backend that answers, '' while none does."""
    try:
        with urllib.request.urlopen(f"{base}/health/ready", timeout=2):  # noqa: S310 - our own deployment
            return stack.docker("inspect", "--format", "{{.Config.Image}}", stack.container(given, "backend"))  # type: ignore[arg-type]
    except (OSError, subprocess.CalledProcessError):
        return ""


def wait_for_another(given: object, base: str, old: str, start: float, seen: list[float]) -> None:
    """Note when another image than `old` answers."""
    while time.monotonic() - start < 10 * LIMIT:
        if serving(given, base) not in ("", old):
            seen.append(time.monotonic() - start)
            return
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
