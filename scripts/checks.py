"""Run the checks of the whole project in phases; scripts/test.sh sets up and calls this.

Prints a line per check with its duration and, at the end, `N passed, N failed` over all test cases. Stops at the first
phase that fails and shows the end of its log. Ends with 0, with 1 when something failed, with 2 when called wrongly.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree as ET

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / ".ansible" / "logs"
SHOWN_LINES = 60
E2E_NAME = "todo-test-e2e"
CLUSTER_NAME = "todo-test"
# Tests that wait for small pods most of the time, and those that make clusters of their own; all others share one deployment.
WAITING_TESTS = {"test_engine.py", "test_gate.py", "test_state.py"}
NODE_TESTS = {"test_local_cluster.py"}
CLUSTER_PORTS = {"api": 26443, "http": 28080, "https": 28443, "registry": 25000}

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))


@dataclass
class Count:
    """Test cases, by how they ended."""

    passed: int = 0
    failed: int = 0

    def add(self, other: Count) -> None:
        """Count another's cases too."""
        self.passed += other.passed
        self.failed += other.failed

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


class CheckFailedError(Exception):
    """A check did not pass."""


class Run:
    """What has been checked so far."""

    def __init__(self) -> None:
        self.count = Count()
        self.counting = threading.Lock()
        self.done: set[Callable[[Run], None]] = set()
        self.beside = False  # several lanes are at work, so that a line is printed whole when its check ends
        self.started = time.monotonic()
        LOGS.mkdir(parents=True, exist_ok=True)

    def check(
        self,
        title: str,
        command: Sequence[str | Path],
        *,
        counted: Callable[[Path], Count] | None = None,
        env: dict[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> None:
        """Run one command with its output in a log, print how it went, and count its test cases.

        :param counted: reads the cases from the log; a command that is no test has none.
        :raises CheckFailedError: it ended with another code than 0, or a case failed; the end of the log has been printed.
        """
        log = LOGS / f"{re.sub('[^a-z0-9]+', '-', title.lower())}.log"
        with self.timed(title) as outcome, log.open("wb") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, "NO_COLOR": "1", **(env or {})},
                check=False,
            )
            count = counted(log) if counted else Count()
            if done.returncode and not count.failed:
                count.failed = 1  # a check that could not even run is no success
            with self.counting:
                self.count.add(count)
            outcome.append(str(count) if counted else "")
            if count.failed:
                lines = log.read_text(errors="replace").splitlines()
                raise CheckFailedError("\n".join(["", *lines[-SHOWN_LINES:], "", f"the whole log: {log}"]))

    @contextlib.contextmanager
    def timed(self, title: str) -> Iterator[list[str]]:
        """Print a title as it starts, and how long it took."""
        head = f"  {title:<24}"
        if not self.beside:
            print(head, end="", flush=True)
            head = ""
        start = time.monotonic()
        outcome: list[str] = []
        try:
            yield outcome
        except BaseException as error:
            said = f"\n{error}" if isinstance(error, CheckFailedError) else ""
            print(f"{head}FAILED {time.monotonic() - start:7.1f} s  {' '.join(outcome)}{said}", flush=True)
            raise
        print(f"{head}ok     {time.monotonic() - start:7.1f} s  {' '.join(outcome)}".rstrip(), flush=True)

    def phase(self, name: str) -> str:
        """Go through a phase's steps, those that are done already left out. Returns its name if it failed, else ''."""
        title, steps = PHASES[name]
        print(title, flush=True)
        try:
            for step in steps:
                if step not in self.done:
                    step(self)
                    self.done.add(step)
        except CheckFailedError:
            return name
        return ""

    def lanes(self, *lanes: Sequence[str]) -> str:
        """Go through several rows of phases side by side. Each lane stops at its first failure.

        Returns the name of a phase that failed, else ''.
        """

        def through(lane: Sequence[str]) -> str:
            return next(filter(None, map(self.phase, lane)), "")

        return next(filter(None, self.side_by_side(*(partial(through, lane) for lane in lanes))), "")

    def side_by_side(self, *lanes: Callable[[], T]) -> list[T]:
        """Call several at once: where one waits, another uses the cores. Returns what they return when all have ended.

        :raises CheckFailedError: one of them raised it.
        """
        self.beside = True
        with ThreadPoolExecutor(len(lanes)) as pool:
            outcomes = [pool.submit(lane) for lane in lanes]
        self.beside = False
        return [outcome.result() for outcome in outcomes]


def junit(file: Path) -> Callable[[Path], Count]:
    """Count the cases in a JUnit report; a skipped case is neither passed nor failed."""

    def count(_log: Path) -> Count:
        if not file.is_file():
            return Count(failed=1)
        result = Count()
        for case in ET.parse(file).iter("testcase"):  # noqa: S314 - written by our own test run just now
            if case.find("failure") is not None or case.find("error") is not None:
                result.failed += 1
            elif case.find("skipped") is None:
                result.passed += 1
        return result

    return count


def summary(log: Path) -> Count:
    """Count the cases by the last summary line that a test runner (pytest, vitest, ours) printed.

    pytest's is `== 12 passed, 1 failed in 3 s ==`, vitest's `Tests  1 failed | 20 passed (21)`.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    lines = [
        line
        for line in text.splitlines()
        if re.search(r"\b\d+ (passed|failed|errors?)\b", line) and "Test Files" not in line
    ]
    if not lines:
        return Count(failed=1)
    found = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", lines[-1])}
    return Count(found.get("passed", 0), found.get("failed", 0) + found.get("error", 0))


def molecule_actions(log: Path) -> Count:
    """Count a scenario's actions (each verify, the idempotence, and what makes and removes things) by molecule's recap."""
    found = re.findall(r"(?m)^\S+ +: actions=\d+ +successful=(\d+) .*failed=(\d+)", log.read_text(errors="replace"))
    return Count(sum(int(good) for good, _ in found), sum(int(bad) for _, bad in found)) if found else Count(failed=1)


# The phases


def lint(run: Run) -> None:
    """Every linter and type checker but those of the services, which run in their images."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    files = [name for name in tracked if name and (ROOT / name).is_file()]
    shell = [name for name in files if is_shell(ROOT / name)]
    run.check("yamllint", ["yamllint", "--strict", "."])
    run.check("ruff", ["ruff", "check", "."])
    run.check("ruff format", ["ruff", "format", "--check", "."])
    run.check("mypy", ["mypy"])
    python = [name for name in files if name.endswith(".py") and name.startswith(("bench/", "docs/", "scripts/"))]
    run.check("mypy scripts", ["mypy", *python], env={"MYPYPATH": str(ROOT / "bench")})
    run.check("shellcheck", ["shellcheck", *shell])
    run.check("hadolint", ["hadolint", *(name for name in files if Path(name).name == "Dockerfile")])
    run.check("ansible-lint", ["ansible-lint", "--strict"])


def is_shell(file: Path) -> bool:
    """Whether a file is a shell script, by its first line."""
    with file.open("rb") as start:
        return bool(re.match(rb"#!.*\b(ba)?sh\b", start.readline(100)))


def unit(run: Run) -> None:
    """The tests of plugins, docs and scripts."""
    report = LOGS / "unit.xml"
    report.unlink(missing_ok=True)
    run.check("unit tests", ["pytest", "tests/unit", f"--junitxml={report}"], counted=junit(report))


def engine(run: Run) -> None:
    """A Docker engine, started where there is none."""
    if answers("docker", "version") or answers("/usr/bin/docker", "version"):
        return
    run.check("docker engine", ["ansible-playbook", "playbooks/engine.yml"])


def answers(*command: str) -> bool:
    """Whether a command exists and ends with 0."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def images(run: Run) -> None:
    """The images of this tree, and the base that the test stages stand on too."""
    run.check("images", ["ansible-playbook", "playbooks/build.yml"])


def services(run: Run) -> None:
    """Each service's own tests, on the Python or Node of its image, without a network."""
    docker = client()
    for dockerfile in sorted(ROOT.glob("services/*/Dockerfile")):
        if not re.search(r"(?m)^FROM .* AS test$", dockerfile.read_text()):
            continue
        name = dockerfile.parent.name
        tag = f"todo-test/{name}:test"
        run.check(f"{name} test image", [sys.executable, __file__, "--build-test-image", name, tag])
        run.check(f"{name} tests", [docker, "run", "--rm", "--init", "--network", "none", tag], counted=summary)


def build_test_image(name: str, tag: str) -> int:
    """Build a service's test stage in the way in which the image role builds images."""
    from ansible_collections.todoapp.stack.plugins.module_utils import diagnosis, image_build  # noqa: PLC0415 - needs set-up
    from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError  # noqa: PLC0415

    repository, _, version = tag.rpartition(":")
    image = {
        "name": name,
        "context": str(ROOT / "services" / name),
        "repository": repository,
        "tag": version,
        "target": "test",
        "build_args": {"BASE_IMAGE": "debian:trixie-slim"},
    }
    try:
        print(
            "\n".join(image_build.build(image_build.find_builder(), image, image_build.ca_bundle(""), {}, force=False))
        )
    except DeployError as error:
        print(diagnosis.explain(error.diagnosis) if error.diagnosis else error)
        return 1
    return 0


def client() -> str:
    """The docker client that reaches the engine."""
    return next((name for name in ("docker", "/usr/bin/docker") if answers(name, "version")), "docker")


def molecule(run: Run) -> None:
    """The scenarios on real Docker, beside a user's deployment."""
    if not (ROOT / "molecule" / "compose" / "molecule.yml").is_file():
        print("  molecule                skipped: there is no scenario molecule/compose")
        return
    run.check("molecule compose", ["molecule", "test", "--scenario-name", "compose"], counted=molecule_actions)


def integration(run: Run) -> None:
    """A deployment that is broken in every way that an operator meets."""
    if not list(ROOT.glob("tests/integration/test_*.py")):
        print("  integration             skipped: tests/integration has no tests")
        return
    debian(run, "docker-registry")  # without it the registry's tests are skipped
    report = LOGS / "integration.xml"
    report.unlink(missing_ok=True)
    run.check("integration tests", ["pytest", "tests/integration", f"--junitxml={report}"], counted=junit(report))


def cluster(run: Run) -> None:
    """What the engine does on a Kubernetes, what it says when something breaks, and a deployment's life, on one cluster.

    Beside it the scenarios, each on a cluster of its own.
    """
    settings = {"local_cluster_name": CLUSTER_NAME}
    settings |= {f"local_cluster_{name}_port": port for name, port in CLUSTER_PORTS.items()}
    command = ["ansible-playbook", "playbooks/cluster.yml", "-e", json.dumps(settings), "-e"]
    run.check("clear what was left", [*command, "local_cluster_state=down"])
    try:
        run.check("cluster up", [*command, "local_cluster_state=up"])
        tests = {file.name for file in ROOT.glob("tests/cluster/test_*.py")}
        run.side_by_side(
            partial(cluster_tests, run, "deployment tests", tests - WAITING_TESTS - NODE_TESTS),
            partial(cluster_tests, run, "engine tests", WAITING_TESTS),
            partial(scenarios, run),
        )
    finally:
        run.check("cluster down", [*command, "local_cluster_state=down"])


def cluster_tests(run: Run, title: str, files: set[str]) -> None:
    """Some of the tests on the cluster."""
    where = {
        "TODO_TEST_CONTEXT": CLUSTER_NAME,
        "TODO_TEST_KUBECONFIG": str(Path(f"~/.local/state/todoapp-cluster/{CLUSTER_NAME}/kubeconfig").expanduser()),
        "TODO_TEST_REGISTRY": f"localhost:{CLUSTER_PORTS['registry']}",
        "TODO_TEST_HTTP_PORT": str(CLUSTER_PORTS["http"]),
        "TODO_TEST_HTTPS_PORT": str(CLUSTER_PORTS["https"]),
    }
    report = LOGS / f"{title.replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    paths = [f"tests/cluster/{name}" for name in sorted(files)]
    tests = ["pytest", *paths, "--durations=15", f"--junitxml={report}"]
    run.check(title, tests, counted=junit(report), env=where)


def scenarios(run: Run) -> None:
    """The tests of the local cluster itself, and the scenarios, which bring up a cluster each."""
    cluster_tests(run, "local cluster tests", NODE_TESTS)
    for name in ("manifests", "helm"):
        if (ROOT / "molecule" / name / "molecule.yml").is_file():
            run.check(f"molecule {name}", ["molecule", "test", "--scenario-name", name], counted=molecule_actions)


def e2e(run: Run) -> None:
    """A deployment of its own, driven in a real Chromium."""
    folder = ROOT / "tests" / "e2e"
    if not list(folder.glob("**/*.spec.ts")) and not list(folder.glob("playwright.config.ts")):
        print("  end to end              skipped: tests/e2e has no tests")
        return
    browser = chromium(run)
    node(run)
    run.check("npm ci", ["npm", "ci", "--no-audit", "--no-fund"], cwd=folder)
    run.check("tsc", ["npm", "run", "--silent", "typecheck"], cwd=folder)
    ports = {name: free_port() for name in ("frontend", "backend", "chatbot")}
    further = os.environ.get("TODO_TEST_OPTIONS")  # such as tags of images that are not built from this clone
    options = {"todo_name": E2E_NAME, **{f"{name}_published_port": str(port) for name, port in ports.items()}}
    settings = [*(["-e", f"@{further}"] if further else []), "-e", json.dumps(options)]
    teardown = ["ansible-playbook", "playbooks/teardown.yml", *settings, "-e", "todo_delete_data=true"]
    run.check("clear what was left", teardown)
    try:
        run.check("docker-start.sh", ["scripts/docker-start.sh", *settings])
        report = LOGS / "e2e.xml"
        report.unlink(missing_ok=True)
        run.check(
            "playwright",
            ["npx", "playwright", "test", "--grep-invert", "@screenshots", "--reporter=list,junit"],
            cwd=folder,
            counted=junit(report),
            env={
                "PLAYWRIGHT_JUNIT_OUTPUT_FILE": str(report),
                "BASE_URL": f"http://127.0.0.1:{ports['frontend']}",
                "BACKEND_URL": f"http://127.0.0.1:{ports['backend']}",
                "CHATBOT_URL": f"http://127.0.0.1:{ports['chatbot']}",
                "CHROMIUM": browser,
            },
        )
    finally:
        run.check("remove the deployment", teardown)


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium(run: Run) -> str:
    """The browser's path; installed where this may be done without asking."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None) or debian(run, "chromium")
    if not found:
        raise CheckFailedError("the end-to-end tests need Chromium: install it (Debian: apt-get install chromium)")
    return found


def debian(run: Run, package: str) -> str | None:
    """The path of the program that a Debian package of its name brings; installed where this may be done without asking."""
    if not shutil.which(package) and os.geteuid() == 0 and shutil.which("apt-get"):
        command = f"apt-get update -qq && apt-get install -qq --yes --no-install-recommends {package}"
        run.check(f"install {package}", ["sh", "-c", command], env={"DEBIAN_FRONTEND": "noninteractive"})
    return shutil.which(package)


def node(run: Run) -> None:
    """Node.js 20 or newer: the host's, else a pinned one beside our Python."""
    version = (
        subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
        if shutil.which("node")
        else ""
    )
    found = re.match(r"v(\d+)\.", version)
    if not found or int(found[1]) < 20 or not shutil.which("npm"):
        run.check(
            "install node",
            [
                "uv",
                "pip",
                "install",
                "--quiet",
                "--system-certs",
                "--python",
                sys.executable,
                "--require-hashes",
                "-r",
                "scripts/node.lock",
            ],
        )


PHASES: dict[str, tuple[str, list[Callable[[Run], None]]]] = {
    "lint": ("Lint", [lint]),
    "unit": ("Unit tests", [engine, images, unit]),  # the engine's tests gate and stop real containers
    "services": ("Services, in their images", [engine, images, services]),
    "molecule": ("Molecule", [engine, images, molecule]),
    "integration": ("Failures, provoked", [engine, images, integration]),
    "cluster": ("Kubernetes", [engine, images, cluster]),
    "e2e": ("End to end", [engine, images, e2e]),
}
# When all are run. The integration tests wait most of the time; the clusters take the cores that there are; Chromium is alone, since it gives up its requests when Docker makes or removes a network.
ORDER: list[list[list[str]]] = [
    [["lint"]],
    [["unit"]],
    [["services", "molecule"], ["integration"]],
    [["cluster"]],
    [["e2e"]],
]


def main(words: list[str]) -> int:
    """Run the phases that are named, all when none is. Returns the exit code."""
    if words[:1] == ["--build-test-image"]:
        return build_test_image(*words[1:])
    unknown = [word for word in words if word not in PHASES]
    if unknown:
        print(f"scripts/test.sh: {unknown[0]} is no phase; known: {', '.join(PHASES)}", file=sys.stderr)
        return 2
    run = Run()
    failed = ""
    try:
        for lanes in [[[word]] for word in words] or ORDER:
            failed = run.lanes(*lanes) if len(lanes) > 1 else run.phase(lanes[0][0])
            if failed:
                break
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print(f"\n{time.monotonic() - run.started:.0f} s" + (f", stopped in the phase {failed}" if failed else ""))
    print(run.count)
    return 1 if failed or run.count.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
