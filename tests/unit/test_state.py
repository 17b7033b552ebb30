"""The state directory: secrets, records and journals, also when a run is killed while it writes."""

import shutil
import signal
import subprocess
import sys
import time

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.state import State
from conftest import ROOT


@pytest.fixture
def state(tmp_path):
    made = State(str(tmp_path / "state"))
    made.create()
    return made


def mode(path):
    return oct(path.stat().st_mode & 0o777)


# Releases and their journals


WRITER = """
import sys; sys.path.insert(0, sys.argv[1])
from ansible_collections.todoapp.stack.plugins.module_utils.state import State
state = State(sys.argv[2])
while True:
    number = state.begin({"project": {"filler": "x" * 200_000}}, "services: {}\\n" * 5000)
    state.note(number, "apply", "done")
    print(number, flush=True)
    state.finish(number, "succeeded", 3)
"""


@pytest.mark.parametrize("moment", range(8))
def test_killed_while_writing_it_leaves_a_readable_state(state, moment):
    command = [sys.executable, "-c", WRITER, str(ROOT / ".ansible" / "collections"), str(state.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        time.sleep(moment * 0.004)  # the moment of the kill, not a wait for something
        writer.send_signal(signal.SIGKILL)
    numbers = state.releases()
    for number in numbers:
        assert len(state.record(number)["project"]["filler"]) == 200_000
        assert (state.folder(number) / "compose.yaml").stat().st_size == 5000 * 13
        state.journal(number)
    assert state.current() in (None, *numbers)
    assert state.begin({}, "") == numbers[-1] + 1
    assert state.interrupted()["number"] == numbers[-1] + 1


def test_killed_while_removing_an_old_release_leaves_a_readable_state(state, monkeypatch):
    for _ in range(2):
        state.finish(state.begin({}, ""), "succeeded", 2)

    def killed(folder, **_options):
        (folder / "record.json").unlink()
        raise KeyboardInterrupt

    number = state.begin({}, "")
    monkeypatch.setattr(shutil, "rmtree", lambda folder, **options: killed(folder) if "0000" in folder.name else None)
    with pytest.raises(KeyboardInterrupt):
        state.finish(number, "succeeded", 2)
    monkeypatch.undo()
    assert [state.record(number)["number"] for number in state.releases()] == [2, 3]
    state.begin({}, "")
    assert [entry for entry in (state.path / "releases").iterdir() if entry.name.startswith(".")] == []


def test_a_release_is_recorded_before_it_changes_anything(state):
    number = state.begin({"version": "abc"}, "services: {}\n")
    record = state.record(number)
    assert (number, record["number"], record["version"]) == (1, 1, "abc")
    assert record["who"]
    assert record["when"].endswith("Z")
    assert (mode(state.folder(1)), mode(state.folder(1) / "record.json")) == ("0o700", "0o400")
    assert state.current() is None


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "rolled back"])
def test_only_a_success_serves(state, outcome):
    state.finish(state.begin({}, ""), "succeeded", 5)
    state.finish(state.begin({}, ""), outcome, 5)
    assert state.current() == (2 if outcome == "succeeded" else 1)
    assert state.interrupted() is None


def test_old_records_go_but_never_the_one_that_serves(state):
    for outcome in ["succeeded", *["failed"] * 5]:
        state.finish(state.begin({}, ""), outcome, 3)
    assert state.releases() == [1, 4, 5, 6]
    state.finish(state.begin({}, ""), "succeeded", 3)
    assert state.releases() == [5, 6, 7]


def test_interrupted_tells_the_last_step(state):
    assert state.interrupted() is None
    number = state.begin({}, "")
    assert state.interrupted()["step"] == "record"
    state.note(number, "migrate", "started")
    assert (state.interrupted()["number"], state.interrupted()["step"]) == (1, "migrate")
    (state.folder(number) / "journal.jsonl").unlink()
    assert state.interrupted() == {"number": 1, "step": "record", "time": ""}
    state.finish(number, "failed", 5)
    assert state.interrupted() is None


def test_a_journal_s_cut_line_is_left_out_and_spoils_no_later_one(state):
    number = state.begin({}, "")
    with (state.folder(number) / "journal.jsonl").open("a") as journal:
        journal.write('{"time": "2026-11-24T10:00:00Z", "ste')
    assert [line["step"] for line in state.journal(number)] == ["record"]
    state.finish(number, "failed", 5)
    assert [line["step"] for line in state.journal(number)] == ["record", "outcome"]


def test_an_unreadable_record_is_a_sentence(state):
    with pytest.raises(DeployError, match=r"read the record of release 7: .*000007/record.json"):
        state.record(7)


# Secrets


def test_secrets_are_made_once_for_a_reader_in_the_container_alone(state):
    assert state.write_secrets({"a": None, "b": "given"}, generate=True) == ["a", "b"]
    folder = state.path / "secrets"
    assert (mode(state.path), mode(folder)) == ("0o700", "0o700")
    assert {mode(file) for file in folder.iterdir()} == {"0o444"}
    first = (folder / "a").read_text()
    assert len(first) >= 32
    assert state.write_secrets({"a": None, "b": "given"}, generate=True) == []
    assert (folder / "a").read_text() == first
    assert state.write_secrets({"b": "other", "c": None}, generate=False) == ["b"]
    assert not (folder / "c").exists()


def test_a_secret_put_there_by_hand_becomes_readable_in_the_container(tmp_path):
    state = State(str(tmp_path))
    (tmp_path / "secrets").mkdir(mode=0o755)
    (tmp_path / "secrets" / "a").write_text("by hand")
    (tmp_path / "secrets" / "a").chmod(0o600)
    assert state.write_secrets({"a": None}, generate=True) == []
    assert (mode(tmp_path / "secrets"), mode(tmp_path / "secrets" / "a")) == ("0o700", "0o444")


def test_a_secret_s_digest_tells_of_a_change_and_nothing_else(state, tmp_path):
    state.write_secrets({"a": "one"}, generate=False)
    digests = state.secret_digests({"a": None, "gone": None})
    assert digests["gone"] is None
    assert digests == state.secret_digests({"a": "one", "gone": None})
    assert digests["a"] != state.secret_digests({"a": "two"})["a"]
    assert state.secret_digests({"b": "one"})["b"] != digests["a"], "equal secrets are not seen to be equal"
    other = State(str(tmp_path / "other"))
    other.write_secrets({"a": "one"}, generate=False)
    assert other.secret_digests({"a": None}) != digests, "salted"


def test_no_draft_is_left(state):
    state.write_secrets({"a": "one"}, generate=False)
    state.lock({"host": "elsewhere", "pid": 1, "started": ""}, "x")
    state.finish(state.begin({}, ""), "succeeded", 3)
    assert list(state.path.rglob(".*-*")) == []
