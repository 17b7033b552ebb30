"""The plan of a Compose deploy, against what a real engine said (fixtures/deployment.json, made by fixtures/record.py)."""

import copy
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.action import compose_plan as action
from ansible_collections.todoapp.stack.plugins.module_utils import compose_plan

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "deployment.json").read_text())
IMAGE = "todo-app/backend:dev"


class Host:
    """A recorded deployment whose parts a test may change."""

    def __init__(self):
        parts = copy.deepcopy(RECORDED)
        self.wanted, self.live, self.images = parts["project"], parts["containers"], parts["images"]
        self.last = copy.deepcopy(self.wanted)
        self.backend, self.container = self.wanted["services"]["backend"], self.live["backend"]

    def plan(self):
        return compose_plan.make_plan(self.wanted, self.live, self.last, self.images)

    def fields(self):
        """The one service's differing fields: name -> why."""
        [entry] = self.plan()
        assert (entry["service"], entry["component"], entry["action"]) == ("backend", "backend", "update")
        return {field["field"]: field["why"] for field in entry["fields"]}


@pytest.fixture
def host():
    return Host()


def test_what_runs_as_it_should_needs_nothing(host):
    assert host.plan() == []
    assert compose_plan.show([]) == "nothing to do\n"


# A service's key, another value for it, and the field of the plan that shows it.
PERTURBED = [
    ("image", "todo-app/backend:next", "image"),  # the host has it not: only the name can be compared
    ("command", ["backend", "other"], "command"),
    ("user", "0:0", "user"),
    ("read_only", False, "read_only"),
    ("init", False, "init"),
    ("cap_drop", [], "cap_drop"),
    ("security_opt", [], "security_opt"),
    ("cpus", 0.25, "cpus"),
    ("mem_limit", 2**28, "mem_limit"),
    ("pids_limit", 100, "pids_limit"),
    ("networks", ["backend-open"], "networks"),
    ("tmpfs", ["/run:mode=1777,size=64m"], "tmpfs"),
    ("secrets", ["jwt_key"], "secrets"),
    ("stop_grace_period", "30s", "stop_grace_period"),
    ("restart", "always", "restart"),
    ("ports", ["0.0.0.0:18137:8000"], "ports"),
    ("ports", [], "ports"),
    ("volumes", ["backend-data:/data"], "volumes"),
    ("logging.driver", "journald", "logging"),
    ("logging.options.max-size", "1m", "logging"),
    ("environment.LOG_LEVEL", "debug", "environment.LOG_LEVEL"),
    ("environment.NEW", "", "environment.NEW"),
    ("labels.todoapp.stack/secrets", "0" * 32, "secrets digest"),
    ("labels.todoapp.stack/component", "backend2", "component"),
    ("healthcheck.test", ["CMD", "true"], "healthcheck"),
    ("healthcheck.interval", "6s", "healthcheck"),
    ("healthcheck.timeout", "6s", "healthcheck"),
    ("healthcheck.retries", 4, "healthcheck"),
    ("healthcheck.start_period", "61s", "healthcheck"),
]
NOT_COMPARED = {"depends_on"}  # an order for `compose up`; no container is another one for it


def put(tree, path, value):
    first, _, rest = path.partition(".")
    if first in ("logging", "options", "healthcheck", "environment", "labels"):
        put(tree[first], rest, value)
    else:
        tree[path] = value


@pytest.mark.parametrize(("key", "value", "field"), PERTURBED)
def test_each_changed_setting_is_one_changed_field(host, key, value, field):
    put(host.backend, key, value)
    if field == "component":
        assert [f["field"] for entry in host.plan() for f in entry["fields"]] == [field]
    else:
        assert host.fields() == {field: "changed"}


def test_no_setting_that_we_write_escapes_the_comparison():
    written = {key for service in RECORDED["project"]["services"].values() for key in service}
    assert written - NOT_COMPARED == {key.partition(".")[0] for key, _, _ in PERTURBED}


BY_HAND = {
    "command": lambda c: c["Config"].update(Cmd=["sleep", "9"]),
    "user": lambda c: c["Config"].update(User="root"),
    "read_only": lambda c: c["HostConfig"].update(ReadonlyRootfs=False),
    "init": lambda c: c["HostConfig"].update(Init=None),
    "cap_drop": lambda c: c["HostConfig"].update(CapDrop=None),
    "security_opt": lambda c: c["HostConfig"].update(SecurityOpt=None),
    "cpus": lambda c: c["HostConfig"].update(NanoCpus=10**9),
    "mem_limit": lambda c: c["HostConfig"].update(Memory=0),
    "pids_limit": lambda c: c["HostConfig"].update(PidsLimit=None),
    "restart": lambda c: c["HostConfig"].update(RestartPolicy={"Name": "", "MaximumRetryCount": 0}),
    "stop_grace_period": lambda c: c["Config"].update(StopTimeout=1),
    "networks": lambda c: c["NetworkSettings"]["Networks"].update(bridge={}),
    "tmpfs": lambda c: c["HostConfig"].update(Tmpfs=None),
    "secrets": lambda c: c["Mounts"].pop(),
    "volumes": lambda c: c["Mounts"].append({"Type": "volume", "Name": "x", "Destination": "/x"}),
    "ports": lambda c: c["HostConfig"].update(PortBindings={"8000/tcp": [{"HostIp": "", "HostPort": "80"}]}),
    "logging": lambda c: c["HostConfig"].update(LogConfig={"Type": "none", "Config": None}),
    "healthcheck": lambda c: c["Config"].update(Healthcheck=None),
    "image": lambda c: c["Config"].update(Image="somebody/else:1"),
    "component": lambda c: c["Config"]["Labels"].pop("todoapp.stack/component"),
    "secrets digest": lambda c: c["Config"]["Labels"].pop("todoapp.stack/secrets"),
    "environment.BY_HAND": lambda c: c["Config"]["Env"].append("BY_HAND=1"),
    "environment.LOG_LEVEL": lambda c: c["Config"]["Env"].remove("LOG_LEVEL=info"),
}


@pytest.mark.parametrize("field", BY_HAND)
def test_each_setting_changed_by_hand_is_one_drifted_field(host, field):
    BY_HAND[field](host.container)
    assert host.fields() == {field: "drifted"}
    assert "~ backend would be replaced (drifted)" in compose_plan.show(host.plan())


@pytest.mark.parametrize("field", BY_HAND)
def test_before_the_first_record_nothing_has_drifted(host, field):
    host.last = None
    BY_HAND[field](host.container)
    assert host.fields() == {field: "changed"}


def test_every_compared_field_is_tried_by_hand():
    facts = compose_plan.live_facts(RECORDED["containers"]["backend"])
    assert {key for key in facts if not key.startswith("environment.")} <= BY_HAND.keys()


def test_an_option_that_was_drifted_and_is_now_wanted_so_needs_nothing(host):
    host.container["HostConfig"]["NanoCpus"] = 10**9
    host.backend["cpus"] = 1.0
    assert host.plan() == []


def test_an_image_built_again_under_its_tag_replaces_the_container(host):
    before = host.images[IMAGE]
    host.images[before["id"]] = before
    host.images[IMAGE] = {
        **before,
        "id": "sha256:new",
        "env": [*before["env"], "MORE=1"],
        "command": ["backend", "other"],
    }
    del host.wanted["services"]["backend-init"], host.live["backend-init"]
    assert host.fields() == {"image": "changed", "command": "changed"}


def test_another_image_s_own_environment_is_no_difference(host):
    before = host.images[IMAGE]
    host.images[before["id"]] = before
    host.images["todo-app/backend:next"] = {**before, "id": "sha256:new", "env": ["PATH=/elsewhere", "LOG_LEVEL=info"]}
    host.backend["image"] = "todo-app/backend:next"
    assert host.fields() == {"image": "changed"}


@pytest.mark.parametrize(
    ("service", "state", "plan"),
    [
        ("backend", {"Status": "exited", "ExitCode": 1}, ("start", "exited", "running")),
        ("backend", {"Status": "created"}, ("start", "created", "running")),
        ("backend", {"Status": "paused"}, ("start", "paused", "running")),
        ("backend-init", {"Status": "exited", "ExitCode": 1}, ("start", "exited (1)", "completed")),
        ("backend-init", {"Status": "running", "ExitCode": 0}, ("start", "running (0)", "completed")),
        ("backend-init", {"Status": "created", "ExitCode": 0}, ("start", "created (0)", "completed")),
        ("backend-init", {"Status": "exited", "ExitCode": 0}, None),
    ],
)
def test_what_does_not_run_is_started(host, service, state, plan):
    host.live[service]["State"].update(state)
    found = [(e["service"], e["action"], f["live"], f["wanted"]) for e in host.plan() for f in e["fields"]]
    assert found == ([(service, *plan)] if plan else [])


def test_the_order_of_lists_is_no_difference(host):
    host.container["HostConfig"]["PortBindings"]["9/tcp"] = [{"HostIp": "127.0.0.1", "HostPort": "9"}]
    for ports in (["127.0.0.1:9:9", "127.0.0.1:18137:8000"], ["127.0.0.1:18137:8000", "127.0.0.1:9:9"]):
        host.backend["ports"] = ports
        assert host.plan() == []
    for key in ("networks", "secrets", "tmpfs", "cap_drop", "security_opt"):
        host.backend[key] = host.backend[key][::-1]
    assert host.plan() == []


def test_what_hangs_is_replaced(host):
    host.container["State"]["Health"]["Status"] = "unhealthy"
    assert host.fields() == {"health": "failing"}
    host.container["State"]["Health"]["Status"] = "starting"
    assert host.plan() == []


def test_missing_and_left_services_are_created_and_removed(host):
    host.live["stranger"] = host.live.pop("postgres")
    host.live["stranger"]["Config"]["Labels"]["todoapp.stack/component"] = "old"
    plan = host.plan()
    assert [(e["service"], e["component"], e["action"]) for e in plan] == [
        ("postgres", "postgres", "create"),
        ("stranger", "old", "remove"),
    ]
    assert compose_plan.show(plan) == "+ postgres would be created\n- stranger would be removed\n"


def test_secrets_never_appear(host):
    host.backend["labels"]["todoapp.stack/secrets"] = "digest-of-new"
    text = compose_plan.show(host.plan()) + json.dumps(host.plan())
    assert "digest-of-new" not in text
    assert host.last["services"]["backend"]["labels"]["todoapp.stack/secrets"] not in text


def test_long_values_are_cut(host):
    host.backend["environment"]["LOG_LEVEL"] = "x" * 1000
    assert max(map(len, compose_plan.show(host.plan()).splitlines())) < 200


def test_compose_takes_no_dollar_for_a_variable(host):
    host.backend["environment"]["LOG_LEVEL"] = "${HOME} $$"
    assert "LOG_LEVEL: $${HOME} $$$$" in action.compose_file(host.wanted)
