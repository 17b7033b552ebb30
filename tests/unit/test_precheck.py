"""What stops a deploy to a Compose host before anything changes, and how a failed deploy ends."""

import copy
import os

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.todoapp.stack.plugins.action import compose_precheck, deploy_failed

RENDERED = {
    "options": {"todo_min_free_mb": 500, "todo_generate_secrets": False},
    "components": [
        {"name": "web", "image": {"repository": "r/web", "tag": "1", "digest": ""}},
        {"name": "store", "image": {"repository": "r/store", "tag": "1", "digest": "sha256:0"}},
    ],
    "secret_volumes": {"password": "app_store-data"},
    "state_dir": "/state",
}
SEEN = {
    "engine": "1.2.3",
    "images": {"r/web:1": {"id": "a"}, "r/store@sha256:0": {"id": "b"}},
    "free": {"bytes": 10**10, "path": "/"},
    "secret_digests": {"password": "d1", "key": "d2"},
    "volumes": [],
    "taken_ports": [],
    "interrupted": None,
    "made_secrets": [],
    "lock": None,
}
GOOD = "a-long-enough-secret"


def act(module, **arguments):
    secrets = arguments.pop("todo_secrets", {})
    task, context, loader = Task(), PlayContext(), DataLoader()
    task.action, task.args = "todoapp.stack.action", arguments
    connection = connection_loader.get("local", context, os.devnull)
    action = module.ActionModule(task, connection, context, loader, Templar(loader, variables={}), None)
    return action.run(task_vars={"todo_secrets": secrets})


def found(rendered=None, given=None, **seen):
    rendered = {**RENDERED, "options": {**RENDERED["options"], **(rendered or {})}}
    diagnoses = compose_precheck.problems(rendered, {**copy.deepcopy(SEEN), **seen}, given or {})
    assert all(d["next_step"] for d in diagnoses)
    return [(d["component"], d["cause"]) for d in diagnoses]


@pytest.mark.parametrize(
    ("change", "diagnoses"),
    [
        ({}, []),
        ({"images": {**SEEN["images"], "r/web:1": None}}, [("web", "its image r/web:1 is not on this host")]),
        ({"images": {**SEEN["images"], "r/store@sha256:0": None}}, [("store", "its image r/store@sha256:0 is not on this host")]),
        (
            {"free": {"bytes": 499_000_000, "path": "/data"}},
            [("host", "the disk is full: 499 MB are free at /data, 500 MB are wanted")],
        ),
        ({"free": {"bytes": 499_000_000, "path": "/"}, "rendered": {"todo_min_free_mb": 499}}, []),
        ({"secret_digests": {"password": None}}, [("secrets", "the secret password is missing")]),
        ({"secret_digests": {"password": None}, "rendered": {"todo_generate_secrets": True}}, []),
        (
            {"secret_digests": {"password": None}, "rendered": {"todo_generate_secrets": True}, "volumes": ["app_store-data"]},
            [("secrets", "the secret password is missing although there is data that was made with one")],
        ),
        ({"secret_digests": {"key": None}, "rendered": {"todo_generate_secrets": True}, "volumes": ["app_store-data"]}, []),
        ({"given": {"password": GOOD}}, []),
        *[
            ({"given": {"password": bad}}, [("secrets", "the secret password is one that anybody would guess")])
            for bad in ("changeme", "Password", "x" * 11)
        ],
        ({"given": {"password": "changeme"}, "rendered": {"todo_generate_secrets": True}}, []),
        (
            {"images": dict.fromkeys(SEEN["images"]), "secret_digests": {"key": None}, "free": {"bytes": 0, "path": "/"}},
            [
                ("web", "its image r/web:1 is not on this host"),
                ("store", "its image r/store@sha256:0 is not on this host"),
                ("host", "the disk is full: 0 MB are free at /, 500 MB are wanted"),
                ("secrets", "the secret key is missing"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_missing(change, diagnoses):
    assert found(**change) == diagnoses


def test_an_image_is_not_blamed_on_a_component_with_a_similar_name():
    images = {"r/web:1": {"id": "a"}, "r/web-admin:1": None, "r/store@sha256:0": {"id": "b"}}
    assert found(images=images) == []


def test_it_fails_with_all_of_them_and_shows_no_secret():
    seen = {
        **SEEN,
        "images": dict.fromkeys(SEEN["images"]),
        "taken_ports": [{"component": "web", "cause": "taken", "next_step": "n"}],
    }
    result = act(compose_precheck, release=RENDERED, observed=seen, todo_secrets={"password": "guessable"})
    assert result["failed"]
    assert len(result["diagnoses"]) == 4
    assert result["diagnosis"] == result["diagnoses"][0]
    assert result["msg"].count("next step: ") == 4
    assert "guessable" not in str(result)


def test_what_is_said_when_it_goes_on():
    seen = {**SEEN, "interrupted": {"number": 3, "step": "migrate", "time": "noon"}, "made_secrets": ["a", "b"]}
    result = act(compose_precheck, release=RENDERED, observed=seen)
    assert not result.get("failed")
    assert result["said"] == [
        "Docker 1.2.3, 10 GB free",
        "release 3 was interrupted at migrate (noon); this run goes on from what is there",
        "made secrets: a, b",
    ]


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        ({"serving": 4}, "release 4 serves again; release 5 is recorded as rolled back"),
        ({"serving": 4, "not_restored": "it hangs"}, "release 4 was put back and is not ready either: it hangs"),
        ({}, "there is no earlier release to go back to; what was started is left for you to look at"),
    ],
)
def test_a_failed_deploy_ends_with_its_first_cause_and_what_serves(arguments, end):
    loop = {
        "msg": "One or more items failed",
        "results": [{"msg": "fine"}, {"failed": True, "msg": "first", "diagnosis": {"a": 1}}],
    }
    result = act(deploy_failed, failure=loop, release=5, **arguments)
    assert result["failed"]
    assert result["msg"] == f"first\n{end}"
    assert result["diagnosis"] == {"a": 1}
    assert result["serving"] == (0 if "not_restored" in arguments else arguments.get("serving", 0))


def test_a_failure_that_says_nothing():
    assert act(deploy_failed, failure={}, release=5)["msg"].startswith("the deploy failed\n")
