"""The render action, run as Ansible runs it: what a user sets becomes a release, or sentences about all that is wrong."""

import json
import os
import re

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar, trust_as_template
from ansible_collections.todoapp.stack.plugins.action.render import ActionModule
from ansible_collections.todoapp.stack.plugins.module_utils.state import this_host
from conftest import ROOT

SMALL = {
    "todo_components": ["postgres", "backend"],
    "postgres_image": {"tag": "dev"},
    "backend_image": {"tag": "dev"},
    "ansible_version": "not ours",
}
SECRET = "a-secret-value-that-nobody-may-see"
SECRETS = {"todo_secrets": {"jwt_key": SECRET, "postgres_password": SECRET}}


def render(playbook_dir=ROOT / "playbooks", **given):
    variables = {"playbook_dir": str(playbook_dir), **SMALL, **given}
    task, context, loader = Task(), PlayContext(), DataLoader()
    task.action, task.args = "todoapp.stack.render", {}
    connection = connection_loader.get("local", context, os.devnull)
    action = ActionModule(task, connection, context, loader, Templar(loader, variables=variables), None)
    return action.run(task_vars=variables)


def test_a_release_holds_what_every_target_needs():
    result = render(backend_published_port=18000, **SECRETS)
    assert not result.get("failed")
    assert [c["name"] for c in result["components"]] == ["postgres", "backend"]
    assert [(c["is_store"], c["init"]) for c in result["components"]] == [(True, None), (False, "migrate")]
    assert result["secrets"] == ["jwt_key", "postgres_password"]
    assert result["images"] == ["todo-app/backend:dev", "todo-app/postgres:dev"]
    assert result["ports"] == {"backend": ["127.0.0.1", 18000]}
    assert result["state_dir"] == "~/.local/state/todo-app"
    assert result["holder"] == {"host": this_host(), "pid": os.getppid()}
    assert list(result["project"]["services"]) == ["postgres", "backend-init", "backend"]
    json.dumps(result)  # plain data, nothing of Ansible's own


def test_no_secret_leaves_it():
    result = render(**SECRETS)
    assert SECRET not in json.dumps(result)
    assert "todo_secrets" not in result["options"]


def test_variables_are_templated_first():
    result = render(base=100, backend_token_lifetime=trust_as_template("{{ base * 2 }}"))
    assert result["options"]["backend_token_lifetime"] == 200
    assert result["project"]["services"]["backend"]["environment"]["TOKEN_LIFETIME"] == "200"


def test_a_value_is_never_taken_for_template_code():
    hostile = "{{ 7 * 6 }} {% raw %} ${HOME} `id` $(id) ' \" \\ # : - é 😀"
    result = render(postgres_user=hostile)
    assert result["project"]["services"]["postgres"]["environment"]["POSTGRES_USER"] == hostile
    assert result["project"]["services"]["backend"]["environment"]["DATABASE_USER"] == hostile


def test_an_image_without_a_tag_is_known_by_its_content():
    [backend, _] = render(backend_image={"tag": ""})["images"]
    assert re.fullmatch(r"todo-app/backend:[a-z0-9-]{8,}", backend)


def test_a_digest_goes_before_a_tag():
    digest = "sha256:" + "0" * 64
    assert render(backend_image={"digest": digest})["images"][0] == f"todo-app/backend@{digest}"


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"backend_replica": 1}, ["backend_replica is not an option; did you mean backend_replicas?"]),
        (
            {"backend_replicas": "many", "todo_nane": "x", "backend_log_level": "inf"},
            [
                "todo_nane is not an option; did you mean todo_name?",
                "backend_replicas is 'many'; it needs a whole number, such as 2",
                "backend_log_level is 'inf'; did you mean info?",
            ],
        ),
        ({"todo_components": "backend"}, ["todo_components is 'backend'; it needs a list of role names, such as ['postgres', "]),
        ({"todo_components": ["postgre"]}, ["todo_components names postgre, and there is no such role; did you mean postgres?"]),
        *[
            ({"todo_name": name}, [f"todo_name is {name!r}; it must be lower-case letters, digits and dashes, at most 63"])
            for name in ("", "../x", "A", "-a", "a-", "a" * 64, "a b", "a_b", "é")
        ],
        ({"todo_secrets": {"jwt_kee": SECRET}}, ["todo_secrets.jwt_kee is no secret of any component; did you mean jwt_key?"]),
        ({"todo_secrets": SECRET}, ["todo_secrets is no map; it needs names with texts (what it holds is not shown)"]),
        ({"todo_secrets": {"jwt_key": [SECRET]}}, ["todo_secrets.jwt_key is no text; quote it in YAML"]),
        ({"todo_secrets": {"jwt_key": 123456789}}, ["todo_secrets.jwt_key is no text; quote it in YAML"]),
        ({"todo_secrets": {"jwt_key": SECRET + "\0"}}, ["todo_secrets.jwt_key holds a control or private-use character"]),
        ({"backend_resources": {"limits": {"cpu": "lots"}}}, ["backend: 'lots' is no amount of CPU; write 250m or 0.5"]),
        ({"backend_resources": {"limits": {"memory": "1.5Gi"}}}, ["backend: '1.5Gi' is no amount of memory"]),
        ({"todo_publish_address": "localhost"}, ["todo_publish_address is 'localhost'; it needs an IPv4 address"]),
        ({"todo_publish_address": "::1"}, ["todo_publish_address is '::1'; it needs an IPv4 address"]),
        (
            {
                "todo_components": ["postgres", "backend", "ollama", "chatbot"],
                "chatbot_published_port": 8000,
                "chatbot_image": {"tag": "x"},
                "ollama_image": {"tag": "x"},
            },
            ["chatbot_published_port is 8000, as backend_published_port is; give each its own"],
        ),
    ],
)  # fmt: skip
def test_wrong_options_stop_it_with_all_that_is_wrong(given, sentences):
    result = render(**given)
    assert result["failed"]
    head, *said = result["msg"].splitlines()
    assert head == "the options are wrong; nothing was changed:"
    assert len(said) == len(sentences)
    for line, sentence in zip(said, sentences, strict=True):
        assert line.startswith(f"- {sentence}")
    assert SECRET not in json.dumps(result)


EXTERNAL = {"postgres_enabled": False, "todo_database": {"host": "db.test", "port": 6432}}


def test_a_database_of_the_user_s_own_takes_the_place_of_postgres():
    result = render(**EXTERNAL, backend_published_port=0)
    assert list(result["project"]["services"]) == ["backend-init", "backend"]
    backend = result["project"]["services"]["backend"]
    assert list(backend["depends_on"]) == ["backend-init"]
    assert "depends_on" not in result["project"]["services"]["backend-init"]
    assert (backend["environment"]["DATABASE_HOST"], backend["environment"]["DATABASE_PORT"]) == ("db.test", "6432")
    assert backend["networks"] == ["backend-open"]  # the database is outside
    assert not result["project"]["volumes"]
    assert result["secret_volumes"] == {}
    assert result["secrets"] == ["jwt_key", "postgres_password"]
    assert result["components"][0]["needs"] == []


def test_a_component_s_files_are_mounted_on_a_compose_host():
    def given(ca):
        database = {"host": "db.test", "ca": ca}
        return render(postgres_enabled=False, backend_database_sslmode="verify-full", todo_database=database)

    result = given("PEM")
    assert result["files"] == {"backend-database-ca.pem": "PEM"}
    project = result["project"]
    assert project["secrets"]["backend-database-ca.pem"] == {"file": "./secrets/backend-database-ca.pem"}
    mount = {"source": "backend-database-ca.pem", "target": "/run/config/database-ca.pem"}
    for name in ("backend", "backend-init"):
        assert project["services"][name]["secrets"] == ["postgres_password", "jwt_key", mount]
    digest = project["services"]["backend"]["labels"]["todoapp.stack/secrets"]
    assert given("another")["project"]["services"]["backend"]["labels"]["todoapp.stack/secrets"] != digest
    assert render()["files"] == {}
    assert render()["project"]["services"]["backend"]["secrets"] == ["postgres_password", "jwt_key"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"postgres_enabled": False}, "todo_database.host is postgres; name the host of your database"),
        ({"todo_database": {"ca": "PEM"}}, "set backend_database_sslmode to verify-full"),
        ({"todo_registry": {"host": "h", "username": "me"}}, "a login needs all three"),
        ({"todo_registry": {"username": "me", "password": "x"}}, "a login needs all three"),
        (
            {"todo_ingress": {"annotations": {"a": 1}}},
            "todo_ingress.annotations.a is 1; it needs a text (quote it in YAML)",
        ),
        (
            {"backend_database_sslmode": "verify-full"},
            "verify-full and todo_database.ca is empty; give it the certificate",
        ),
        ({"todo_existing_secret": {"enabled": True}}, "todo_existing_secret is enabled and has no name"),
    ],
)
def test_options_that_contradict_each_other(given, sentence):
    assert sentence in render(**given)["msg"]


def test_the_registry_goes_before_the_repositories_that_name_none():
    registry = {"host": "localhost:5000", "username": "me", "password": SECRET}
    result = render(todo_registry=registry, postgres_image={"repository": "registry.test/postgres", "tag": "dev"})
    assert result["images"] == ["localhost:5000/todo-app/backend:dev", "registry.test/postgres:dev"]
    assert result["options"]["todo_registry"]["username"] == "me"
    assert SECRET not in json.dumps(result)


def test_a_component_that_others_need_must_be_there():
    result = render(todo_components=["backend"])
    assert result["failed"]
    assert result["msg"] == "backend needs postgres, which todo_components does not name; known: backend"


@pytest.fixture
def stranger(tmp_path):
    """A component role beside somebody's own playbook: its folder and the means to write its description."""
    role = tmp_path / "roles" / "audit"
    for folder in ("vars", "meta"):
        (role / folder).mkdir(parents=True)
    options = {"audit_level": {"type": "str", "default": "low", "choices": ["low", "high"]}}
    specs = {"argument_specs": {"main": {"options": options}}}
    (role / "meta" / "main.yml").write_text("{}")
    (role / "meta" / "argument_specs.yml").write_text(yaml.safe_dump(specs))

    def describe(**more):
        limits = {"limits": {"cpu": "100m", "memory": "64Mi"}}
        image = {"repository": "example/audit", "tag": "1", "digest": ""}
        content = {"name": "audit", "image": image, "resources": limits, "environment": {"LEVEL": "{{ audit_level }}"}}
        (role / "vars" / "main.yml").write_text(yaml.safe_dump({"_audit_description": {**content, **more}}))
        return tmp_path

    return describe


def test_a_stranger_s_role_joins(stranger):
    result = render(
        stranger(talks_to=["backend"]), todo_components=["postgres", "backend", "audit"], audit_level="high"
    )
    service = result["project"]["services"]["audit"]
    assert service["environment"] == {"LEVEL": "high"}
    assert service["networks"] == ["audit", "backend-open"]
    assert "did you mean audit_level?" in render(stranger(), todo_components=["audit"], audit_levle="x")["msg"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"prot": 1}, "role audit: the description has the key prot; did you mean port?"),
        ({"needs": ["audot"]}, "audit needs audot, which todo_components does not name; did you mean audit?"),
        ({"environment": {"A": "{{ audit_levle }}"}}, "role audit.environment.A: 'audit_levle' is undefined"),
        ({"name": "postgres"}, "role audit: its name, postgres, is another component's"),
        ({"resources": {"limits": None}}, "audit: the resources have no limits"),
        (
            {"resources": {"limits": {"cpu": "1"}}},
            "audit: the resources have no limits; Compose needs limits.cpu and limits.memory",
        ),
    ],
)
def test_a_stranger_s_mistake_is_a_sentence(stranger, more, sentence):
    result = render(stranger(**more), todo_components=["postgres", "audit"])
    assert result["failed"]
    assert sentence in result["msg"]


def test_a_role_without_a_description_is_none(tmp_path):
    (tmp_path / "roles" / "audit").mkdir(parents=True)
    result = render(tmp_path, todo_components=["audit"])
    assert result["msg"] == "role audit: vars/main.yml has no _audit_description; a component is described there"
