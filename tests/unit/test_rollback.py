"""Which release one goes back to, what is refused, and what of a record is applied again."""

import json

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import markers, rollback
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


def past(number, outcome="succeeded", schema=None):
    journal = [{"time": f"2026-01-0{number}T00:00:00Z", "step": "record", "outcome": "written"}]
    if schema:
        head, oldest = schema
        said = {"head": head, "revision": head, "oldest_compatible": oldest}
        journal.append({"step": "migrate", "outcome": "done", "component": "backend", "schema": said})
    if outcome != "interrupted":
        journal.append({"time": "", "step": "outcome", "outcome": outcome})
    return rollback.Past(number, journal)


def test_without_a_number_it_is_the_last_that_succeeded_before_the_one_that_serves():
    all_of_them = [past(1), past(2, "rolled back"), past(3), past(4, "failed"), past(5), past(6, "interrupted")]
    assert rollback.choose(all_of_them, 5, 0).number == 3
    assert rollback.choose(all_of_them, 3, 0).number == 1
    assert rollback.choose(all_of_them, 5, 1).number == 1
    assert rollback.choose(all_of_them, 5, 5).number == 5  # what serves already


@pytest.mark.parametrize(
    ("serving", "wanted", "sentence"),
    [
        (3, 9, "there is no release 9; recorded are: 1 \\(succeeded, .*2 \\(failed.*3 \\(succeeded"),
        (3, 2, "release 2 never served \\(failed\\).*next step: name one that succeeded: -e todo_release=3"),
        (3, 4, "release 4 never served \\(interrupted\\)"),
        (1, 0, "no release succeeded before release 1"),
        (None, 0, "no release serves.*-e todo_release=3"),
    ],
)
def test_what_cannot_be_gone_back_to_is_refused_with_a_way_out(serving, wanted, sentence):
    with pytest.raises(DeployError, match=f"(?s){sentence}"):
        rollback.choose([past(1), past(2, "failed"), past(3), past(4, "interrupted")], serving, wanted)


def test_before_the_first_release_nothing_is_there():
    with pytest.raises(DeployError, match="nothing was deployed here yet"):
        rollback.choose([], None, 1)


def test_a_release_tells_why_it_was_made():
    one = rollback.Past(4, [{"time": "T", "why": "rollback of 3 to 1"}, {"step": "outcome", "outcome": "succeeded"}])
    assert str(one) == "4 (succeeded, T, rollback of 3 to 1)"


def test_the_schema_is_what_a_command_says_last():
    said = {"head": "0002", "revision": "0002", "oldest_compatible": "0001"}
    log = "\n".join(["no json", json.dumps({**said, "head": "0001"}), json.dumps({"message": "x", **said}), '{"cut'])
    assert rollback.schema_in(log) == said
    assert rollback.schema_in('7\n[]\n{"head": null, "revision": null, "oldest_compatible": null}') == {}


def test_code_that_cannot_use_the_schema_is_refused():
    contracted = [past(1, schema=("0001", "0001")), past(2, "rolled back", schema=("0002", "0002")), past(3)]
    [found] = rollback.schema_problems(contracted, contracted[0])
    assert found.component == "backend"
    assert "needs code of revision 0002" in found.cause
    assert "restore the backup" in found.next_step
    expanded = [past(1, schema=("0001", "0001")), past(2, schema=("0002", "0001"))]
    assert rollback.schema_problems(expanded, expanded[0]) == []
    assert rollback.schema_problems(contracted, contracted[2]) == []  # noted nowhere: its own migrate refuses


def test_a_schema_restored_since_counts_as_it_is():
    restored = [past(1, schema=("0001", "0001")), past(2, schema=("0002", "0002")), past(3, schema=("0001", "0001"))]
    assert rollback.schema_problems(restored, restored[0]) == []


def test_a_secret_that_is_gone_is_refused_and_one_that_changed_is_told():
    [found] = rollback.secret_problems(["a", "b"], {"a": "1", "b": None}, 3, "DIR/NAME")
    assert "the secret b, which release 3 uses, is gone" in found.cause
    assert "DIR/b" in found.next_step
    changes = rollback.secret_changes({"a": "1", "b": "2", "c": None}, {"a": "1", "b": "3", "c": "4"}, 3)
    assert changes == ["the secret b has changed since release 3: today's stays"]


PROJECT = {
    "services": {
        "web": {
            "image": "r/web:1",
            "secrets": ["key", {"source": "web-ca.pem", "target": "/run/config/ca.pem"}],
            "labels": {"todoapp.stack/component": "web", "todoapp.stack/secrets": "of then"},
        },
        "web-init": {"image": "r/web:1", "labels": {"todoapp.stack/component": "web"}},
    },
    "secrets": {"key": {}, "web-ca.pem": {}},
}


def test_an_image_of_then_is_named_by_its_id_where_its_name_means_another():
    recorded = {"r/web:1": {"id": "sha256:old"}}
    same = rollback.pins(PROJECT, recorded, {"r/web:1": {"id": "sha256:old"}}, 1)
    assert same == ({}, [])
    other = rollback.pins(PROJECT, recorded, {"r/web:1": {"id": "sha256:new"}, "sha256:old": {"id": "sha256:old"}}, 1)
    assert other == ({"r/web:1": "sha256:old"}, [])
    _, [gone] = rollback.pins(PROJECT, recorded, {"r/web:1": {"id": "sha256:new"}, "sha256:old": None}, 1)
    assert gone.component == "web"
    assert "r/web:1, is no longer on this host as it was" in gone.cause


def test_a_file_that_the_record_does_not_hold_is_known():
    assert rollback.unknown_files(PROJECT, {}) == ["web-ca.pem"]
    assert rollback.unknown_files(PROJECT, {"web-ca.pem": "x"}) == []


OPTIONS = {
    "todo_target": "compose",
    "todo_name": "app",
    "todo_publish_address": "127.0.0.1",
    "todo_ingress": {"enabled": True, "host": "then.example.com", "tls": {"enabled": True}},
    "web_size": "then",
}
COMPONENTS = [
    {"name": "web", "published_port": 8, "image": {"repository": "r/web", "tag": "1", "digest": ""}},
    {"name": "frontend", "published_port": 9, "image": {"repository": "r/f", "tag": "1", "digest": "sha256:1"}},
]
TODAY = {
    "options": {"todo_name": "app", "todo_report": "today", "web_size": "today"},
    "state_dir": "/state",
    "holder": {"pid": 1},
}


def test_what_runs_is_of_the_record_and_where_is_of_today():
    record = {
        "number": 3,
        "options": OPTIONS,
        "components": COMPONENTS,
        "project": PROJECT,
        "files": {"web-ca.pem": "ca"},
    }
    made = rollback.release(TODAY, {"record": record, "serving": 7, "pins": {"r/web:1": "sha256:old"}})
    assert made["why"] == "rollback of 7 to 3"
    assert (made["options"]["web_size"], made["options"]["todo_report"]) == ("then", "today")
    assert made["front_door"] == "http://127.0.0.1:9"
    assert made["images"] == ["sha256:old"]
    assert markers.image_reference(made["components"][0]["image"]) == "sha256:old"
    assert markers.image_reference(made["components"][1]["image"]) == "r/f@sha256:1"
    assert made["secrets"] == ["key"]
    # The hash is of today's secrets, over the very parts that a deploy hashes.
    parts = {"key": "key", f"web-ca.pem {markers.sha256_digest({'web-ca.pem': 'ca'})}": "web-ca.pem"}
    assert made["project"]["services"]["web"]["labels"]["todoapp.stack/secrets"] == {"$digest_of": parts}
    assert PROJECT["services"]["web"]["labels"]["todoapp.stack/secrets"] == "of then"


def deployment(name="credentials"):
    items = [{"key": "key", "path": "key"}]
    pod = {
        "metadata": {"annotations": {"todoapp.stack/secrets": "of then"} if name == "credentials" else {}},
        "spec": {
            "initContainers": [{"name": "migrate", "image": "h:1/r/web@sha256:0"}],
            "containers": [{"name": "web", "image": "h:1/r/web@sha256:1"}],
            "volumes": [{"name": "secrets", "secret": {"secretName": name, "items": items}}],
        },
    }
    return {"component": "web", "object": {"kind": "Deployment", "spec": {"template": pod}}}


def test_on_a_cluster_the_objects_are_of_the_record_and_the_secrets_of_today():
    record = {"number": 3, "options": OPTIONS, "components": COMPONENTS, "objects": [deployment()], "images": ["i"]}
    made = rollback.release(TODAY, {"record": record, "serving": 0})
    assert made["why"] == "rollback to 3"
    assert made["front_door"] == "https://then.example.com"
    notes = made["objects"][0]["object"]["spec"]["template"]["metadata"]["annotations"]
    assert notes == {"todoapp.stack/secrets": {"$digest_of": {"key": "key"}}}
    assert made["secrets"] == ["key"]


def test_a_secret_of_the_users_is_not_asked_for():
    assert rollback.cluster_secrets([deployment("mine")]) == []


def test_every_image_of_a_record_is_asked_for():
    assert rollback.images_of([deployment()]) == {"h:1/r/web@sha256:0": "web", "h:1/r/web@sha256:1": "web"}


def test_another_target_is_refused():
    [found] = rollback.other_target({"number": 3, "options": OPTIONS}, "manifests")
    assert "was deployed with todo_target compose" in found.cause
    assert rollback.other_target({"number": 3, "options": OPTIONS}, "compose") == []
