"""A deploy with nothing to do, beside `docker compose up -d --wait` on the same project: python3 bench/noop.py

The deployment must be up. The two take turns, so that a busy moment hits both. Ends with 1 above 1.5 times Compose.
Compose's own run is shown twice: over the whole project, as one types it (it starts the backend's init step again each
time), and over the services that keep running.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import stack

LIMIT = 1.5


def main() -> int:
    parser = stack.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--state-dir", help="the deployment's todo_state_dir")
    given = parser.parse_args()
    state = Path(given.state_dir or f"~/.local/state/{given.name}").expanduser()
    if not (state / "current").is_file():
        raise SystemExit(f"{state} holds no release that serves: deploy {given.name} first")
    file = state / "releases" / f"{int((state / 'current').read_text()):06d}" / "compose.yaml"
    compose = [str(stack.BIN / "docker-compose"), "--project-name", given.name, "--file", str(file)]
    up = [*compose, "--project-directory", str(state), "--progress", "quiet", "up", "--detach", "--wait"]
    services = stack.docker(
        "ps",
        "--filter",
        f"label=com.docker.compose.project={given.name}",
        "--format",
        '{{.Label "com.docker.compose.service"}}',
    ).split()

    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        settled = argparse.Namespace(**{**vars(given), "extra_vars": [*given.extra_vars, f"todo_report={report.name}"]})
        stack.play(settled, "deploy")
        stack.play(settled, "deploy")
        outcome = json.loads(Path(report.name).read_text())["outcome"]
    if outcome != "nothing to do":
        raise SystemExit(f"a second deploy was not idle but {outcome}; that is what to look at first")
    runs: dict[str, list[float]] = {"deploy": [], "compose up": [], "compose up, without the init step": []}
    for _ in range(given.rounds):
        runs["deploy"].append(stack.play(given, "deploy"))
        runs["compose up"].append(stack.timed(up))
        runs["compose up, without the init step"].append(stack.timed([*up, "--no-deps", *services]))
    medians = {name: statistics.median(times) for name, times in runs.items()}
    for name, times in runs.items():
        print(f"{name:<36} median {medians[name]:.2f} s, from {min(times):.2f} to {max(times):.2f} s")
    ratio = medians["deploy"] / medians["compose up"]
    print(
        json.dumps(
            {
                "ratio": round(ratio, 2),
                "limit": LIMIT,
                "ratio_without_init": round(medians["deploy"] / medians["compose up, without the init step"], 2),
            }
        )
    )
    return 1 if ratio > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
