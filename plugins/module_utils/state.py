"""The state directory on a Compose host: secrets, releases with record and journal, and the lock.

    STATE/secrets/NAME              0444 in a 0700 directory: Compose mounts the file itself, and ignores owner and mode
    STATE/releases/000007/          record.json, compose.yaml, journal.jsonl
    STATE/current                   the number of the release that serves
    STATE/lock                      who holds it, why, since when, until when
    STATE/salt                      for the secrets' digests

Every file is written beside its place and moved there, so that a killed run leaves the old one or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import hmac
import json
import os
import secrets as randomness
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

LOCK_SECONDS = 120
"""How long a lock holds without being renewed, on every target. Each step renews it, the gate while it waits."""


class Locked(DeployError):
    """Another run holds the lock."""


class State:
    """One deployment's state directory."""

    def __init__(self, directory: str) -> None:
        self.path = Path(directory).expanduser()

    def create(self) -> None:
        """Make the directory, for its owner alone."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / "secrets").mkdir(exist_ok=True, mode=0o700)
        (self.path / "secrets").chmod(0o700)  # somebody may have made it, to put a secret there
        (self.path / "releases").mkdir(exist_ok=True, mode=0o700)

    # Secrets

    def secret_digests(self, given: Mapping[str, str | None]) -> dict[str, str | None]:
        """A salted hash for each secret's content (of the given value where there is one), None where it is missing."""
        result: dict[str, str | None] = {}
        for name, value in given.items():
            file = self.path / "secrets" / name
            content = value.encode() if value is not None else file.read_bytes() if file.is_file() else None
            result[name] = None if content is None else self._digest(name, content)
        return result

    def _digest(self, name: str, content: bytes) -> str:
        salt = self.path / "salt"
        key = salt.read_bytes() if salt.is_file() else b""
        return hmac.new(key, name.encode() + b"\0" + content, hashlib.sha256).hexdigest()[:32]

    def write_secrets(self, given: Mapping[str, str | None], *, generate: bool) -> list[str]:
        """Write the given secrets where they differ; make the missing ones when asked. Returns the names written."""
        self.create()
        if not (self.path / "salt").is_file():
            self._write(self.path / "salt", randomness.token_bytes(32), 0o600)
        written = []
        for name, value in given.items():
            file = self.path / "secrets" / name
            if value is None and (file.is_file() or not generate):
                if file.is_file():
                    file.chmod(0o444)  # put there by hand; the container's user must read it
                continue
            content = (value if value is not None else randomness.token_urlsafe(32)).encode()
            if not file.is_file() or file.read_bytes() != content:
                self._write(file, content, 0o444)
                written.append(name)
        return written

    def replace_secrets(self, number: int, given: Mapping[str, str | None], *, generate: bool) -> list[str]:
        """Write a release's secrets and keep what they replace, so that going back restores them too.

        What an interrupted run had replaced before is the older truth and is carried on. Returns the names written.
        """
        kept = self.folder(number) / "replaced"
        interrupted = [n for n in self.releases() if n < number and (self.folder(n) / "replaced").is_dir()]
        for old in interrupted[-1:]:
            (self.folder(old) / "replaced").rename(kept)
        kept.mkdir(exist_ok=True, mode=0o700)
        for name, value in given.items():
            file = self.path / "secrets" / name
            if (
                value is not None
                and file.is_file()
                and not (kept / name).exists()
                and file.read_bytes() != value.encode()
            ):
                self._write(kept / name, file.read_bytes(), 0o400)
        return self.write_secrets(given, generate=generate)

    def restore_secrets(self, number: int) -> None:
        """Put back the secrets that a release replaced."""
        kept = self.folder(number) / "replaced"
        for file in sorted(kept.iterdir()) if kept.is_dir() else []:
            self._write(self.path / "secrets" / file.name, file.read_bytes(), 0o444)

    # Releases

    def releases(self) -> list[int]:
        """The numbers of all recorded releases, oldest first."""
        folder = self.path / "releases"
        return sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdigit()) if folder.is_dir() else []

    def current(self) -> int | None:
        """The number of the release that serves, None before the first."""
        file = self.path / "current"
        return int(file.read_text()) if file.is_file() else None

    def folder(self, number: int) -> Path:
        """A release's folder."""
        return self.path / "releases" / f"{number:06d}"

    def record(self, number: int) -> dict[str, Any]:
        """A release's record. Raises DeployError when it cannot be read."""
        file = self.folder(number) / "record.json"
        try:
            return json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise DeployError(f"read the record of release {number}: {file}: {error}") from error

    def begin(self, record: Mapping[str, Any], compose_file: str) -> int:
        """Write a new release's record before anything changes, and return its number."""
        self.create()
        number = max(self.releases(), default=0) + 1
        for left in (self.path / "releases").glob(".*"):  # by a run that was killed while it made or removed one
            shutil.rmtree(left, ignore_errors=True)
        new = self.path / "releases" / f".new-{number:06d}"
        new.mkdir(mode=0o700)
        full = {"number": number, "who": getpass.getuser(), "when": now(), **record}
        self._write(new / "record.json", json.dumps(full, indent=1).encode(), 0o400)
        self._write(new / "compose.yaml", compose_file.encode(), 0o600)
        new.rename(self.folder(number))
        self.note(number, "record", "written", **({"why": record["why"]} if "why" in record else {}))
        return number

    def note(self, number: int, step: str, outcome: str, **more: Any) -> None:
        """Append one line to a release's journal."""
        file = self.folder(number) / "journal.jsonl"
        cut = file.is_file() and not file.read_bytes().endswith(
            b"\n"
        )  # a full disk or a kill ended the last line early
        with file.open("a") as journal:
            line = json.dumps({"time": now(), "step": step, "outcome": outcome, **more})
            journal.write(("\n" if cut else "") + line + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def journal(self, number: int) -> list[dict[str, Any]]:
        """A release's journal; a last line that a kill cut short is left out."""
        file = self.folder(number) / "journal.jsonl"
        lines = []
        for line in file.read_text().splitlines() if file.is_file() else []:
            with contextlib.suppress(ValueError):
                lines.append(json.loads(line))
        return lines

    def finish(self, number: int, outcome: str, keep: int) -> None:
        """Note the outcome; a success becomes the current release; the oldest records beyond `keep` go, never the one that serves."""
        if outcome == "succeeded":
            self._write(self.path / "current", str(number).encode(), 0o600)
        shutil.rmtree(self.folder(number) / "replaced", ignore_errors=True)
        self.note(number, "outcome", outcome)
        serving = self.current()
        for old in self.releases()[:-keep]:
            if old in (serving, number):
                continue
            self._forget(self.folder(old))

    def _forget(self, folder: Path) -> None:
        """Remove a release's folder, out of sight first: a kill on the way must not leave a release without its record."""
        gone = folder.with_name(f".old-{folder.name}")
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def interrupted(self) -> dict[str, Any] | None:
        """The newest release when its run ended without an outcome: {number, step, time}, else None."""
        numbers = self.releases()
        if not numbers:
            return None
        journal = self.journal(numbers[-1])
        if journal and journal[-1]["step"] == "outcome":
            return None
        last = journal[-1] if journal else {"step": "record", "time": ""}
        return {"number": numbers[-1], "step": last["step"], "time": last["time"]}

    # Lock

    def lock_holder(self) -> dict[str, Any] | None:
        """Who holds the lock, None when it is free or has ended (expired, or its process on this host is gone)."""
        holder = self._lock_content()
        return holder if holder and holder["expires"] >= time.time() and alive(holder) else None

    def _lock_content(self) -> dict[str, Any] | None:
        """What the lock file says, {} when it says nothing (cut short by a crash of the host), None without one."""
        try:
            content = json.loads((self.path / "lock").read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            return {}
        return content if isinstance(content, dict) and {"host", "pid", "started", "expires"} <= content.keys() else {}

    def lock(self, identity: Mapping[str, Any], why: str) -> str:
        """Take the lock for `identity` ({host, pid, started}: the controller's process).

        Returns a sentence about a lock that was taken over, '' when it was free. Raises Locked, naming the holder.
        """
        self.create()
        with self._guard():
            before = self._lock_content()
            if before and same(before, identity):
                self._renew(before)
                return ""
            holder = self.lock_holder()
            if holder:
                raise Locked(
                    f"another run has the lock: {holder['who']} on {holder['host'].partition('/')[0]} (process {holder['pid']}), "
                    f"{holder['why']}, since {holder['since']}; wait for it to end"
                )
            self._renew({**identity, "who": getpass.getuser(), "why": why, "since": now()})
        if before is None:
            return ""
        who = (
            f"{before.get('who', 'somebody')} ({before.get('why', 'unknown')}, since {before.get('since', 'unknown')})"
        )
        return f"took over the lock of a run that ended without giving it back: {who}"

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        """Alone between reading the lock file and replacing it; the kernel ends this with the process, however it ends.

        Without it, of two runs that see the same ended lock, the slower removes what the faster has just taken.
        """
        with (self.path / ".guard").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _renew(self, holder: Mapping[str, Any]) -> None:
        content = {**holder, "expires": time.time() + LOCK_SECONDS}
        self._write(self.path / "lock", json.dumps(content).encode(), 0o600)

    def renew(self, identity: Mapping[str, Any]) -> None:
        """Push the lock's end further. Raises Locked when it is somebody else's by now."""
        with self._guard():
            holder = self._lock_content() or {}
            if not same(holder, identity):
                raise Locked("this run has lost its lock (it was stopped for too long); deploy again")
            self._renew(holder)

    def unlock(self, identity: Mapping[str, Any]) -> None:
        """Give the lock back, if it is ours."""
        if not self.path.is_dir():  # a teardown has removed it with the rest
            return
        with self._guard():
            if same(self._lock_content() or {}, identity):
                (self.path / "lock").unlink()

    def _write(self, file: Path, content: bytes, mode: int) -> None:
        draft = file.with_name(f".{file.name}-{randomness.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            draft.chmod(mode)  # whatever the umask is
            draft.rename(file)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def this_host() -> str:
    """The name of this machine since its start: many share a host name, and a start begins the process ids anew."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()}/{boot.read_text().strip() if boot.is_file() else ''}"


def holder(host: str, pid: int) -> dict[str, Any]:
    """Who would hold a lock: the controller's host and process, and on that host its start time (pids are reused)."""
    return {"host": host, "pid": pid, "started": _started(pid) if host == this_host() else ""}


def now() -> str:
    """The time, UTC, to the second, RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def same(holder: Mapping[str, Any], identity: Mapping[str, Any]) -> bool:
    """Whether a lock's content names this very process."""
    return all(holder.get(key) == identity.get(key) for key in ("host", "pid", "started"))


def _started(pid: int) -> str:
    """A process's start time in the kernel's ticks; '' where there is no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def alive(holder: Mapping[str, Any]) -> bool:
    """Whether the holder lives, as far as this host can tell: a process of another host is given its full time."""
    if holder["host"] != this_host():
        return True
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(holder["pid"]) == holder["started"]
