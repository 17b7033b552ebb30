"""The lock of a state directory: real processes race for it, and end without giving it back."""

import json
import multiprocessing
import os
import re
import socket
import subprocess
import time

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, State, holder, this_host

HERE = this_host()
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def state(tmp_path):
    made = State(str(tmp_path / "state"))
    made.create()
    return made


def me():
    return holder(HERE, os.getpid())


def dead():
    """A holder whose process has ended."""
    process = subprocess.Popen(["sleep", "60"])
    identity = holder(HERE, process.pid)
    process.kill()
    process.wait()
    return identity


def put_lock(state, identity, *, expires=60.0):
    content = {**identity, "who": "ann", "why": "deploy", "since": "noon", "expires": time.time() + expires}
    (state.path / "lock").write_text(json.dumps(content))


def contend(directory, start, end, won, rounds):
    """Try once in each round, at the same moment as the others."""
    identity = holder(HERE, os.getpid())
    for _ in range(rounds):
        start.wait(timeout=20)
        try:
            State(directory).lock(identity, "race")
            won.put(identity["pid"])
        except Locked:
            won.put(0)
        end.wait(timeout=20)


@pytest.mark.parametrize(("before", "rounds"), [("free", 30), ("dead", 200), ("expired", 30), ("cut", 30)])
def test_of_many_processes_one_gets_the_lock(state, before, rounds):
    start, end, won = FORK.Barrier(7), FORK.Barrier(7), FORK.Queue()
    arguments = (str(state.path), start, end, won, rounds)
    processes = [FORK.Process(target=contend, args=arguments, daemon=True) for _ in range(6)]
    for process in processes:
        process.start()
    gone = dead()
    for _ in range(rounds):
        (state.path / "lock").unlink(missing_ok=True)
        if before == "cut":
            (state.path / "lock").write_text('{"host": "he')
        elif before != "free":
            put_lock(
                state, gone if before == "dead" else holder("elsewhere", 1), expires=60 if before == "dead" else -1
            )
        start.wait(timeout=20)
        winners = [pid for pid in [won.get(timeout=20) for _ in processes] if pid]
        assert len(winners) == 1
        assert state.lock_holder()["pid"] == winners[0]
        end.wait(timeout=20)
    for process in processes:
        process.join()
    assert state.lock_holder() is None, "its process is gone"


def test_a_live_lock_names_its_holder(state):
    put_lock(state, holder(HERE, os.getppid()))
    with pytest.raises(
        Locked, match=rf"ann on {socket.gethostname()} \(process {os.getppid()}\), deploy, since noon; wait"
    ):
        state.lock(me(), "mine")


@pytest.mark.parametrize("host", ["elsewhere/1234", f"{socket.gethostname()}/1234", socket.gethostname()])
def test_another_machine_s_process_keeps_its_full_time(state, host):
    put_lock(state, {**dead(), "host": host})  # it may well be called as this one is
    with pytest.raises(Locked, match=f"ann on {host.partition('/')[0]} "):
        state.lock(me(), "mine")
    put_lock(state, holder("elsewhere", 1), expires=-1)
    assert state.lock(me(), "mine").startswith("took over the lock of a run that ended")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (lambda state: None, ""),
        (lambda state: put_lock(state, dead()), r"took over .*: ann \(deploy, since noon\)"),
        (lambda state: put_lock(state, {**me(), "started": "1"}), r"took over .*: ann \(.*"),  # the pid was used again
        (lambda state: (state.path / "lock").write_text(""), r"took over .*: somebody \(.*"),
        (lambda state: (state.path / "lock").write_text("{}"), r"took over .*: somebody \(.*"),
        (lambda state: (state.path / "lock").write_text("[1]"), r"took over .*: somebody \(.*"),
        (lambda state: put_lock(state, me()), ""),  # ours already
    ],
)
def test_what_is_said_when_the_lock_is_taken(state, before, said):
    before(state)
    assert re.fullmatch(said, state.lock(me(), "mine"))
    assert state.lock_holder()["pid"] == os.getpid()


def test_renewing_pushes_the_end_further_and_notices_a_loss(state):
    state.lock(me(), "mine")
    first = state.lock_holder()["expires"]
    state.renew(me())
    assert state.lock_holder()["expires"] > first
    put_lock(state, holder("elsewhere", 1))
    with pytest.raises(Locked, match="has lost its lock"):
        state.renew(me())
    state.unlock(me())
    assert state.lock_holder()["host"] == "elsewhere", "another's lock is not ours to give back"
    (state.path / "lock").unlink()
    with pytest.raises(Locked, match="has lost its lock"):
        state.renew(me())


def test_a_lock_given_back_is_free(state):
    state.lock(me(), "mine")
    state.unlock(me())
    assert state.lock_holder() is None
    assert state.lock(dead(), "theirs") == ""
