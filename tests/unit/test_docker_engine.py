"""roles/docker_engine/files/engine.sh with stand-ins for docker and dockerd: the machine's own engine is not touched."""

import os
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/docker_engine/files/engine.sh"
# Answers once the stand-in of dockerd has run.
CLIENT = '#!/bin/sh\n[ -e "$STATE/up" ] && echo 1.2.3 && exit 0\necho "${REFUSAL:-Cannot connect to the Docker daemon}" >&2; exit 1\n'
DAEMON = '#!/bin/sh\necho "$@" > "$STATE/arguments"; touch "$STATE/up"; echo says dockerd\n'


@pytest.fixture
def engine(tmp_path: Path):
    for name, text in (("docker", CLIENT), ("dockerd", DAEMON)):
        (tmp_path / "bin" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    # The real client may answer at its own path, so it is told of an engine that is not there.
    nowhere = f"unix://{tmp_path}/no.sock"
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "STATE": str(tmp_path),
        "ENGINE_RUN_DIR": str(tmp_path / "run"),
        "DOCKER_HOST": nowhere,
    }

    def call(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", str(SCRIPT), *arguments]
        return subprocess.run(command, env=environment | extra, capture_output=True, text=True, check=False, timeout=30)

    call.host = nowhere
    call.path = tmp_path
    return call


def test_asks(engine) -> None:
    asked = engine("ask", engine.host)
    assert asked.returncode == 1
    assert "no dockerd" not in asked.stdout
    (engine.path / "up").touch()
    assert (engine("ask", engine.host).returncode, engine("ask", engine.host).stdout) == (0, "1.2.3\n")


def test_tells_an_engine_that_refuses_from_one_that_is_down(engine) -> None:
    assert engine("ask", engine.host, REFUSAL="dial unix: permission denied").returncode == 3


def test_does_not_start_another_for_an_engine_elsewhere(engine) -> None:
    assert engine("ask", "").returncode == 4


def test_starts_and_waits(engine) -> None:
    log = engine.path / "log"
    assert engine("start", str(engine.path / "pid"), str(log), "--debug").stdout == "started\n"
    waited = engine("wait", "10", str(log))
    assert (waited.returncode, waited.stdout) == (0, "1.2.3\n")
    assert (engine.path / "arguments").read_text() == f"--pidfile={engine.path}/pid --debug\n"


def test_a_start_that_fails_shows_the_log(engine) -> None:
    (engine.path / "log").write_text("failed to mount overlay\n")
    waited = engine("wait", "0", str(engine.path / "log"))
    assert waited.returncode == 1
    assert waited.stdout.splitlines()[-1] == "failed to mount overlay"


@pytest.mark.parametrize("content", ["", "999999999", str(os.getpid())], ids=["empty", "gone", "another program's"])
def test_removes_a_stale_pid_file(engine, content: str) -> None:
    pid_file = engine.path / "pid"
    pid_file.write_text(content)
    assert engine("start", str(pid_file), str(engine.path / "log")).stdout == "started\n"
    assert not pid_file.exists()


def test_starts_no_second_one(engine) -> None:
    daemon = engine.path / "other" / "dockerd"
    daemon.parent.mkdir()
    daemon.symlink_to("/bin/sleep")
    with subprocess.Popen([daemon, "60"]) as process:
        try:
            comm = Path(f"/proc/{process.pid}/comm")
            deadline = time.monotonic() + 10
            while comm.read_text() != "dockerd\n" and time.monotonic() < deadline:
                pass
            (engine.path / "pid").write_text(str(process.pid))
            assert (
                engine("start", str(engine.path / "pid"), str(engine.path / "log")).stdout == "dockerd runs already\n"
            )
        finally:
            process.kill()
    assert not (engine.path / "up").exists()
