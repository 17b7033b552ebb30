"""The Helm binary: which one, and what we ask of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

COLLECTION = Path(__file__).resolve().parents[2]
OLDEST = 4
"""The first major version that applies on the server, as our plan does."""
SECONDS = 120.0
_POLL_SECONDS = 0.05
_NOISE = re.compile(r"^(level=|I\d{4} |W\d{4} |WARNING|\s*$)")


def path(collection: Path) -> str:
    """Where Helm is on this machine: the pinned one that a clone fetches, else the one on the PATH.

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


def usable() -> Diagnosis | None:
    """Why the Helm of this machine cannot be used; None where it can."""
    wanted = f"put Helm {OLDEST} on the PATH of the host that speaks to the cluster, as helm"
    try:
        binary = path(COLLECTION)
    except DeployError as error:
        return Diagnosis("helm", str(error), wanted)
    name = Path(binary).name
    if name != "helm":  # its name becomes the field manager of all that it applies
        return Diagnosis("helm", f"the Helm at {binary} is not called helm", wanted)
    done = subprocess.run([binary, "version", "--short"], capture_output=True, text=True, check=False)
    version = re.search(r"v(\d+)\.\d+", done.stdout)
    if not version:
        return Diagnosis("helm", f"{binary} does not say its version: {_last(done.stderr)}", wanted)
    if int(version[1]) < OLDEST:
        return Diagnosis("helm", f"{binary} is Helm {done.stdout.strip()}; {OLDEST} is the oldest that works", wanted)
    return None


@dataclass(frozen=True)
class Helm:
    """Helm for one release, whose name is that of its namespace.

    :param keep_alive: called while Helm is at work; renews the lock.
    """

    binary: str
    kubeconfig: str
    context: str
    name: str
    keep_alive: Callable[[], None]

    @classmethod
    def of(cls, params: Mapping[str, Any], keep_alive: Callable[[], None]) -> Helm:
        """Helm as a module's parameters name its cluster and release."""
        return cls(path(COLLECTION), params["kubeconfig"], params["context"], params["namespace"], keep_alive)

    def upgrade(self, chart: bytes, values: Mapping[str, Any], release: int, history: int) -> int:
        """Install or upgrade, without waiting for readiness; return Helm's revision.

        :param chart: the packed chart.
        :param values: they reach Helm by its standard input.
        :param release: our release's number, which the revision's description names.
        :param history: how many revisions Helm keeps.
        :raises DeployError: with what Helm says.
        """
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "chart.tgz")
            archive.write_bytes(chart)
            said = self._run(
                ["upgrade", self.name, str(archive), "--install", "--values=-", "--output=json", "--hide-notes"],
                # What somebody made like ours by hand, precheck has let pass; what others own, it has refused.
                ["--take-ownership", "--server-side=true", "--force-conflicts"],
                [f"--description=release {release} of todoapp.stack", f"--history-max={history}"],
                stdin=json.dumps(values),
            )
        return int(json.loads(said)["version"])

    def rollback(self, revision: int, history: int) -> None:
        """Go back to a revision, without waiting for readiness. Raises DeployError with what Helm says."""
        self._run(
            ["rollback", self.name, str(revision)],
            ["--server-side=true", "--force-conflicts", f"--history-max={history}"],
        )

    def uninstall(self) -> None:
        """Remove the release with what it made but for its data. Raises DeployError with what Helm says."""
        self._run(["uninstall", self.name, "--ignore-not-found", "--cascade=foreground"])

    def _run(self, *words: list[str], stdin: str = "") -> str:
        where = [f"--kube-context={self.context}", f"--namespace={self.name}"]
        where += [f"--kubeconfig={Path(self.kubeconfig).expanduser()}"] if self.kubeconfig else []
        command = [self.binary, *(word for part in words for word in part), *where]
        # Where Helm keeps its records is no matter of taste: they are read here, too.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HELM_KUBE")}
        environment |= {"HELM_DRIVER": "secret"}
        with (
            tempfile.TemporaryFile("w+") as given,
            tempfile.TemporaryFile("w+") as out,
            tempfile.TemporaryFile("w+") as err,
        ):
            given.write(stdin)
            given.seek(0)
            with subprocess.Popen(command, stdin=given, stdout=out, stderr=err, text=True, env=environment) as process:
                self._await(process, words[0][0])
            out.seek(0)
            err.seek(0)
            if process.returncode:
                raise self._failed(words[0][0], err.read())
            return out.read()

    def _await(self, process: subprocess.Popen[str], verb: str) -> None:
        start = time.monotonic()
        try:
            while process.poll() is None:
                self.keep_alive()
                if time.monotonic() - start > SECONDS:
                    break
                time.sleep(_POLL_SECONDS)
            else:
                return
        finally:
            process.kill()  # this run has lost its lock, say
        raise self._failed(verb, f"it did not end within {SECONDS:.0f} s")

    def _failed(self, verb: str, said: str) -> DeployError:
        cause = f"helm {verb} failed: {_last(said)}"
        file = f" --kubeconfig {self.kubeconfig}" if self.kubeconfig else ""
        shown = f"helm history {self.name} --kube-context {self.context} --namespace {self.name}{file}"
        return DeployError(cause, Diagnosis("helm", cause, shown).as_dict())


def _last(text: str) -> str:
    """What a tool said of its failure, without its logging."""
    lines = [line for line in text.strip().splitlines() if not _NOISE.match(line)] or text.strip().splitlines()
    return " ".join(lines)[-600:] or "it says nothing"
