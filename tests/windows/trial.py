"""Try the .bat files under Wine's cmd, with a stand-in for wsl.exe: scripts/campaign.sh windows

It needs Wine and Go (Debian: apt-get install wine64 golang-go). What Windows' own cmd and wsl.exe do is not tried here.
Ends with 0; with 1 when one of them did what it should not, or when Wine or Go is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FRONTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.bat"))
WITHOUT_DOCKER = {"k8s-status"}  # a cluster needs none to be looked at
GO = "go1.21.0"  # programs of later ones ask for a library that Wine 8 has not
ARGUMENTS = ["-e", "todo_name=two words", "--check", "-e", "@C:\\some folder\\options.yml", "a&b"]


class Trial:
    """Wine with a stand-in for wsl.exe, and a copy of the scripts below a path with spaces."""

    def __init__(self, work: Path, wine: str) -> None:
        self.wine = wine
        self.notes = work / "notes.jsonl"
        self.clone = work / "my clone (1)"
        self.bin = work / "bin"
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("TODO_")},
            "WINEPREFIX": str(work / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "TRIAL_NOTES": windows(self.notes),
        }
        shutil.copytree(ROOT / "scripts", self.clone / "scripts", ignore=lambda _, names: keep_bat(names))
        build = ["go", "build", "-trimpath", "-o", str(self.bin / "wsl.exe"), "wsl.go"]
        go = {**os.environ, "GOOS": "windows", "GOARCH": "amd64", "CGO_ENABLED": "0", "GOTOOLCHAIN": GO}
        subprocess.run(build, cwd=ROOT / "tests" / "windows", env=go, check=True)
        # Its first start makes its folder, and tells of it.
        subprocess.run([wine, "cmd", "/c", "exit"], env=self.env, capture_output=True, check=True, timeout=300)

    def run(
        self, name: str, arguments: str = "", *, wsl: bool = True, **env: str
    ) -> tuple[int, str, list[dict[str, Any]]]:
        """Run one of them. Returns its exit code, what it said on stderr, and what the stand-in noted."""
        self.notes.unlink(missing_ok=True)
        # WINEPATH goes before Windows' own folders. Without `call`, after which Wine 8 knows no code but 1.
        there = {"WINEPATH": windows(self.bin)} if wsl else {}
        caller = self.bin.parent / "caller.bat"
        caller.write_text(f'@"{windows(self.clone / "scripts" / name)}.bat" {arguments}\r\n', newline="")
        done = subprocess.run(
            [self.wine, "cmd", "/c", windows(caller)],
            env={**self.env, **there, **env},
            cwd=self.bin,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        notes = self.notes.read_text().splitlines() if self.notes.exists() else []
        return done.returncode, done.stderr, [json.loads(line) for line in notes]

    def front(self, name: str) -> list[str]:
        """What one of them did that it should not."""
        wrong: list[str] = []

        def expect(what: str, found: object, wanted: object) -> None:
            if found != wanted:
                wrong.append(f"{name}, {what}: {found!r} instead of {wanted!r}")

        docker = name not in WITHOUT_DOCKER
        code, said, notes = self.run(name, TODO_CONTEXT="staging", TODO_KUBECONFIG="C:\\my files\\config")
        expect("all well", (code, said), (0, ""))
        expect("what it ran", [note["what"] for note in notes], ["bash", *(["docker"] if docker else []), "script"])
        if notes:
            passed = {key: value for key, value in notes[-1]["passed"].items() if value}
            expect("variables", passed, {"TODO_CONTEXT": "staging", "TODO_KUBECONFIG": "C:\\my files\\config"})

        typed = " ".join(f'"{argument}"' if set(argument) & set(" &") else argument for argument in ARGUMENTS)
        code, said, notes = self.run(name, typed, TRIAL_FAILS="script", TRIAL_CODE="4")
        expect("exit code", (code, said), (4, ""))
        script = ["--exec", "bash", "--login", f"scripts/{name}.sh", *ARGUMENTS]
        expect("its script", notes[-1]["arguments"][2:] if notes else [], script)
        folder = windows(self.clone / "scripts") + "\\.."
        expect("its folder", notes[-1]["arguments"][:2] if notes else [], ["--cd", folder])

        code, said, notes = self.run(name, wsl=False)
        expect("no WSL", (code, "WSL is not installed" in said, "wsl --install" in said, notes), (1, True, True, []))
        for failing in ("1", "-1"):
            code, said, notes = self.run(name, TRIAL_FAILS="bash", TRIAL_CODE=failing)
            expect("no Linux", (code, "WSL starts no Linux" in said, len(notes)), (1, True, 1))
        if docker:
            code, said, notes = self.run(name, TRIAL_FAILS="docker", TRIAL_CODE="127")
            expect("no Docker", (code, "start Docker Desktop" in said, len(notes)), (1, True, 2))
        return wrong


def keep_bat(names: list[str]) -> list[str]:
    """The names that are not copied."""
    return [name for name in names if name != "lib" and not name.endswith(".bat")]


def windows(path: Path) -> str:
    """A path as Wine names it."""
    return "Z:" + str(path).replace("/", "\\")


def main() -> int:
    """Try all of them."""
    wine = next((name for name in ("wine64", "/usr/lib/wine/wine64", "wine") if shutil.which(name)), "")
    if not wine or not shutil.which("go"):
        print("Wine or Go is missing; on Debian: apt-get install wine64 golang-go", file=sys.stderr)
        return 1
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as work:
        trial = Trial(Path(work), wine)
        for name in FRONTS:
            found = trial.front(name)
            print(f"{name:<14} {'; '.join(found) or 'ok'}", flush=True)
            wrong += found
        server = str(Path(shutil.which(wine) or wine).with_name("wineserver"))
        subprocess.run([server, "-k"], env=trial.env, check=False)
    print(f"{len(FRONTS)} tried, {len(wrong)} faults")
    return 1 if wrong or not FRONTS else 0


if __name__ == "__main__":
    sys.exit(main())
