"""Images named by digest in rendered objects."""

import copy

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import image_digests, registry

HOST = "localhost:5000"
BACKEND, INIT = f"{HOST}/todo-app/backend:abc", f"{HOST}/todo-app/tool:1"
OBJECTS = [
    {"component": "", "object": {"kind": "Secret", "data": {"containers": "a text", "image": "no image"}}},
    {
        "component": "backend",
        "object": {
            "kind": "Deployment",
            "spec": {
                "template": {
                    "spec": {
                        "initContainers": [{"name": "init", "image": INIT}],
                        "containers": [{"name": "backend", "image": BACKEND}, {"name": "odd"}],
                    }
                }
            },
        },
    },
    {"component": "job", "object": {"kind": "Pod", "spec": {"containers": [{"image": f"{BACKEND}@sha256:9"}]}}},
    {"component": "other", "object": {"kind": "Pod", "spec": {"containers": [{"image": "elsewhere.example/x:1"}]}}},
]


@pytest.fixture
def asked(monkeypatch):
    """A registry that has one of the two images; what it was asked for."""
    questions = []

    def digests(references, option):
        questions.append((sorted(references), option))
        return {name: "sha256:1" if name == BACKEND else None for name in references}

    monkeypatch.setattr(registry, "digests", digests)
    return questions


def images(pinned):
    return [c.get("image") for entry in pinned.objects for c in image_digests._containers(entry["object"])]


def test_tags_of_the_registry_become_digests_and_nothing_else_changes(asked):
    before = copy.deepcopy(OBJECTS)
    pinned = image_digests.pin(OBJECTS, {"host": HOST})
    assert images(pinned) == [
        INIT,
        f"{HOST}/todo-app/backend@sha256:1",
        f"{BACKEND}@sha256:9",
        "elsewhere.example/x:1",
    ]
    assert before == OBJECTS
    assert asked == [([BACKEND, INIT], {"host": HOST})]


def test_an_image_that_is_missing_is_a_diagnosis_of_its_component(asked):
    (diagnosis,) = image_digests.pin(OBJECTS, {"host": HOST}).missing()
    assert diagnosis.component == "backend"
    assert INIT in diagnosis.cause
    assert diagnosis.next_step == "ansible-playbook playbooks/build.yml"


def test_without_a_registry_nothing_changes(asked):
    pinned = image_digests.pin(OBJECTS, {"host": ""})
    assert pinned.objects == OBJECTS
    assert pinned.missing() == []
    assert asked == [([], {"host": ""})]
