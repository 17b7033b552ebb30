"""Diagnoses: from what an engine and a component said (fixtures/states.json was recorded) to cause and next step."""

import errno
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import docker, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import (
    LOG_LINES,
    SIGNS,
    Diagnosis,
    explain,
    last_lines,
    of_container,
    sign_in,
)

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "states.json").read_text())


@pytest.mark.parametrize(
    ("name", "cause", "next_step"),
    [
        ("exits", "it exits at start with code 3, 2 times", "docker logs fixture-exits"),
        ("no-such-command", "executable file not found in $PATH", "docker inspect fixture-no-such-command"),
        ("not-executable", 'exec: "/etc/passwd": permission denied', "docker inspect fixture-not-executable"),
        (
            "out-of-memory",
            "it needed more memory than its limit and was killed",
            "raise web_resources.limits.memory, or",
        ),
        (
            "unhealthy",
            "it runs, but its health check is not green; the check says: no answer on port 8000",
            "docker logs",
        ),
        (
            "read-only",
            "it exits at start with code 1: it writes to a path that is read-only",
            "name the path in the description",
        ),
        ("completed", "it exits at start with code 0", "docker logs fixture-completed"),
    ],
)
def test_what_an_engine_said_becomes_a_cause(name, cause, next_step):
    seen = RECORDED[name]
    diagnosis = of_container("web", docker.state(seen["inspect"]), seen["log"], "start")
    assert cause in diagnosis.cause
    assert next_step in diagnosis.next_step
    assert (diagnosis.component, diagnosis.container) == ("web", f"fixture-{name}")
    assert diagnosis.log == last_lines(seen["log"])


STATE = {
    "name": "web-1",
    "status": "running",
    "exit_code": 0,
    "oom_killed": False,
    "error": "",
    "restarts": 0,
    "health": "none",
    "health_log": "",
}


@pytest.mark.parametrize(
    ("state", "log", "cause"),
    [
        ({"status": "exited", "exit_code": 1}, "", "it exits at migrate with code 1"),
        ({"status": "exited", "exit_code": 127}, "", "it exits at migrate with code 127 (no such command)"),
        ({"status": "exited", "exit_code": 139}, "", "it exits at migrate with code 139 (crashed)"),
        ({"status": "dead", "exit_code": 137}, "", "it exits at migrate with code 137 (killed)"),
        ({"restarts": 1, "exit_code": 2}, "", "it exits at migrate with code 2"),
        ({"restarts": 3, "exit_code": 2}, "", "it exits at migrate with code 2, 3 times"),
        ({"health": "starting"}, "", "it runs, but its health check is not green"),
        (
            {"health": "unhealthy", "health_log": "no"},
            "",
            "it runs, but its health check is not green; the check says: no",
        ),
        ({"status": "created"}, "", "it is created and did not migrate"),
        ({"status": "paused"}, "", "it is paused: somebody stopped it with docker pause"),
        (
            {"health": "unhealthy", "restarts": 1},
            "",
            "it runs, but its health check is not green; it was started again once",
        ),
        ({"status": "exited", "exit_code": 1}, "disk full", "it exits at migrate with code 1: the disk is full"),
        ({"oom_killed": True}, "disk full", "it needed more memory than its limit and was killed"),
        ({"error": "driver failed"}, "", "driver failed"),
    ],
)
def test_each_state_has_its_cause(state, log, cause):
    assert of_container("web", STATE | state, log, "migrate").cause == cause


# Lines as the programs write them.
LINES = {
    'psycopg2.OperationalError: connection to server at "postgres" (10.0.0.2), port 5432 failed: FATAL:  '
    'password authentication failed for user "todo"': "the database refuses its password",
    'PANIC:  could not write to file "pg_wal/xlogtemp.29": No space left on device': "the disk is full",
    'ERROR:  could not extend file "base/16384/2619"': "the disk is full",
    "Error: write /var/lib/ollama/models/blobs/x: disk full": "the disk is full",
    "ollama-ready: model file missing: /var/lib/ollama/models/blobs/sha256-1": "the model file is missing or damaged",
    "Error: model 'smollm2:135m' not found": "the model file is missing or damaged",
    "no such model: smollm2": "the model file is missing or damaged",
    "[Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use": "the port is taken inside",
    "touch: cannot touch '/var/lib/file': Read-only file system": "it writes to a path that is read-only",
    'initdb: error: could not access directory "/var/lib/postgresql/data": Permission denied': "it may not read or write a file",
    "exec /usr/bin/bash: exec format error": "the image is for another processor",
}


@pytest.mark.parametrize("line", LINES)
def test_signs(line):
    sign = sign_in(["starting", line, "shutting down"])
    assert sign.cause.startswith(LINES[line])
    assert sign.next_step


def test_each_sign_is_tried():
    assert {sign_in([line]).cause for line in LINES} == {sign.cause for sign in SIGNS}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "listening on port 8000",
        '{"level": "info", "message": "password changed"}',
        "database system is ready to accept connections",
        "the model answers",
        "disk is fully checked",
    ],
)
def test_lines_that_are_no_sign(line):
    assert sign_in([line]) is None


def test_the_last_sign_counts():
    assert sign_in(["disk full", "exec format error"]).cause == "the image is for another processor"


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        ("", []),
        ("\n \n", []),
        ("one\n\n  two  \n", ["one", "  two"]),
        ("x" * 1000, ["x" * 300]),
        ("one\n\x1b[0m\n", ["one"]),
        ("\n".join(str(n) for n in range(100)), [str(n) for n in range(100 - LOG_LINES, 100)]),
        (
            "\x1b[31mred\x1b[0m\x07 and\ttab",
            ["red and\ttab"],
        ),  # what a component writes must not steer the operator's terminal
    ],
)
def test_last_lines(log, lines):
    assert last_lines(log) == lines


def test_the_text_that_an_operator_reads():
    diagnosis = Diagnosis("web", "it is broken", "repair it", container="web-1", log=["a", "b"], events=["c"])
    assert (
        str(diagnosis)
        == explain(diagnosis.as_dict())
        == ("web (container web-1): it is broken\nlast log lines:\n  | a\n  | b\nevents:\n  | c\nnext step: repair it")
    )
    assert str(Diagnosis("web", "it is broken", "repair it")) == "web: it is broken\nnext step: repair it"


@pytest.mark.parametrize(
    ("code", "cause"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "the disk is full"), (errno.EACCES, "Permission denied")],
)
def test_a_system_error_is_diagnosed(code, cause):
    diagnosis = module_run._of_system_error(
        "precheck", OSError(code, "Permission denied" if code == errno.EACCES else "x", "/path")
    )
    assert cause in diagnosis.cause
    assert "/path" in diagnosis.cause
    assert diagnosis.next_step
