"""Records, journals, the pointer and the applied set in a cluster; the API is a fake (kube_fake.py says of what)."""

import itertools
import json
import random

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_state
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from kube_fake import FakeCluster


@pytest.fixture
def cluster():
    return FakeCluster()


@pytest.fixture
def state(cluster):
    return ClusterState(cluster)


def test_a_release_is_recorded_compressed_and_for_good(cluster, state):
    number = state.begin({"version": "abc", "objects": [{"component": "", "object": {"kind": "Service"}}]})
    record = state.record(number)
    assert (number, record["number"], record["version"]) == (1, 1, "abc")
    assert record["objects"] == [{"component": "", "object": {"kind": "Service"}}]
    assert record["who"]
    assert record["when"].endswith("Z")
    kept = cluster.get("ConfigMap", "release-000001")
    assert kept["immutable"] is True
    assert kept["metadata"]["labels"] == {"app.kubernetes.io/part-of": "todo-app", "todoapp.stack/state": "record"}
    assert state.current() is None


def test_the_journal_goes_with_its_record(cluster, state):
    state.note(state.begin({}), "apply", "started", component="postgres")
    uid = cluster.get("ConfigMap", "release-000001")["metadata"]["uid"]
    owners = cluster.get("ConfigMap", "release-000001-journal")["metadata"]["ownerReferences"]
    assert [owner["uid"] for owner in owners] == [uid]
    lines = state.journal(1)
    assert [(line["step"], line["outcome"]) for line in lines] == [("record", "written"), ("apply", "started")]
    assert lines[1]["component"] == "postgres"


def test_a_record_that_does_not_fit_is_a_sentence(state):
    noise = "".join(random.choices("0123456789abcdef", k=2_100_000))  # noqa: S311 - so that it does not compress
    with pytest.raises(
        DeployError, match=r"record of release 1 takes 1\.\d MB compressed, and a ConfigMap holds 1 MB: "
    ):
        state.begin({"options": {"backend_motd": noise}})
    assert state.releases() == []
    assert state.begin({"options": {"backend_motd": noise[:1_500_000]}}) == 1


def test_a_journal_stays_within_its_limits_and_keeps_its_first_line(state, monkeypatch):
    monkeypatch.setattr(kube_state, "JOURNAL_BYTES", 2000)
    number = state.begin({})
    for turn in range(100):
        state.note(number, "gate", "waiting", turn=turn)
    lines = state.journal(number)
    assert 10 < len(lines) < 30
    assert (lines[0]["step"], lines[-1]["turn"]) == ("record", 99)
    state.note(number, "gate", "failed", log="x" * 50_000)
    assert {key: state.journal(number)[-1][key] for key in ("step", "outcome")} == {"step": "gate", "outcome": "failed"}


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "rolled back"])
def test_only_a_success_serves(state, outcome):
    state.finish(state.begin({}), "succeeded", 5)
    state.finish(state.begin({}), outcome, 5)
    assert state.current() == (2 if outcome == "succeeded" else 1)
    assert state.interrupted() is None


def test_old_records_go_but_never_the_one_that_serves(state):
    for outcome in ["succeeded", *["failed"] * 5]:
        state.finish(state.begin({}), outcome, 3)
    assert state.releases() == [1, 4, 5, 6]
    state.finish(state.begin({}), "succeeded", 3)
    assert state.releases() == [5, 6, 7]


class KilledError(BaseException):
    """The process ends here: nothing catches it."""


@pytest.mark.parametrize("moment", range(22))
def test_killed_before_any_request_it_leaves_a_readable_state(cluster, state, moment):
    """A life of three releases is cut off ahead of its n-th write; everything that is there can be read, and goes on."""
    state.finish(state.begin({"version": "zero"}), "succeeded", 2)
    writes = itertools.count()

    def cut(verb, kind, name):
        if verb != "get" and next(writes) == moment:
            raise KilledError

    cluster.before = cut
    try:
        for version in ("one", "two", "three"):
            number = state.begin({"version": version})
            state.write_applied_set([{"kind": "Service", "name": version}])
            state.note(number, "apply", "done")
            state.finish(number, "succeeded", 2)
    except KilledError:
        pass
    cluster.before = lambda *_: None
    numbers = state.releases()
    assert [state.record(number)["number"] for number in numbers] == numbers
    assert state.current() in numbers
    assert all(json.dumps(state.journal(number)) for number in numbers)
    assert all(entry["kind"] == "Service" for entry in state.applied_set())
    last = state.interrupted()
    assert last is None or last["number"] == numbers[-1]
    again = state.begin({"version": "again"})
    assert (again, state.interrupted()["number"]) == (numbers[-1] + 1, numbers[-1] + 1)
    state.finish(again, "succeeded", 2)
    assert (state.current(), state.interrupted()) == (again, None)


def test_interrupted_tells_the_last_step(cluster, state):
    assert state.interrupted() is None
    number = state.begin({})
    assert state.interrupted()["step"] == "record"
    state.note(number, "migrate", "started")
    assert (state.interrupted()["number"], state.interrupted()["step"]) == (1, "migrate")
    cluster.delete("ConfigMap", "release-000001-journal")
    assert state.interrupted() == {"number": 1, "step": "record", "time": ""}


def test_writers_at_once_lose_no_line(cluster, state):
    number = state.begin({})
    turns = iter(range(3))

    def meddle(verb, kind, name):
        if verb == "replace" and name.endswith("journal") and (turn := next(turns, None)) is not None:
            ClusterState(cluster).note(number, "meddled", str(turn))

    cluster.before = meddle
    state.note(number, "apply", "done")
    assert {line["step"] for line in state.journal(number)} == {"record", "meddled", "apply"}
    assert len(state.journal(number)) == 5


def test_the_applied_set_is_replaced_as_a_whole(state):
    assert state.applied_set() == []
    state.write_applied_set([{"kind": "Service", "name": "a"}, {"kind": "Deployment", "name": "a", "uid": "1"}])
    state.write_applied_set([{"kind": "Service", "name": "b"}])
    assert state.applied_set() == [{"kind": "Service", "name": "b"}]


@pytest.mark.parametrize(
    ("name", "read", "said"),
    [
        ("release-current", lambda state: state.current(), "read the ConfigMap release-current: its release was"),
        ("release-applied", lambda state: state.applied_set(), "read the ConfigMap release-applied: its objects was"),
        ("release-000001", lambda state: state.record(1), "read the record of release 1: ConfigMap release-000001: "),
        ("release-000007", lambda state: state.record(7), "read the record of release 7: there is no ConfigMap"),
    ],
)
def test_what_was_edited_by_hand_is_a_sentence(cluster, state, name, read, said):
    state.finish(state.begin({}), "succeeded", 3)
    state.write_applied_set([])
    if found := cluster.get("ConfigMap", name):
        cluster.replace({**found, "data": {"release": "se", "objects": "{"}, "binaryData": {"record.json.gz": "aaaa"}})
    with pytest.raises(DeployError, match=said):
        read(state)
