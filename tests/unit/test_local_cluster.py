"""The local cluster: which options work, what Docker is asked for, and what is left alone."""

import dataclasses
import ipaddress
import json
import re
import socket

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import docker, local_cluster, local_cluster_run
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError
from ansible_collections.todoapp.stack.plugins.module_utils.local_cluster import Settings
from conftest import ROOT

SETTINGS = Settings("try", "node:1", 6443, 8080, 8443, 5000, "10.201.0.0/16", "10.202.0.0/16")
CONTEXT = ROOT / "services" / "local-cluster"


def made(settings=SETTINGS, *, running=True):
    """A container as Docker describes one that we made."""
    return {
        "Config": {
            "Image": settings.image,
            "Labels": {local_cluster.LABEL: settings.name, local_cluster.SETTINGS_LABEL: settings.label()},
        },
        "State": {"Running": running, "Status": "running" if running else "exited", "ExitCode": 137},
        "HostConfig": {"PortBindings": {"6443/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(settings.api_port)}]}},
    }


def changed(**options):
    return dataclasses.replace(SETTINGS, **options)


def test_the_defaults_work_anywhere_but_where_they_collide():
    SETTINGS.check([ipaddress.IPv4Network("172.17.0.0/16")])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "My_Cluster"}, "local_cluster_name is 'My_Cluster'; it may have"),
        ({"name": "a" * 51}, "up to 50"),
        ({"api_port": 0}, "local_cluster_api_port is 0; a port is from 1 to 65535"),
        ({"http_port": 5000}, "each needs a port of its own"),
        ({"pod_cidr": "10.201.0.1/16"}, "local_cluster_pod_cidr: 10.201.0.1/16 has host bits set; a network is right"),
        ({"pod_cidr": "10.201.0.0/30"}, "its prefix must be from 12 to 24"),
        ({"pod_cidr": "10.202.128.0/20"}, "overlap; choose two networks"),
        ({"service_cidr": "192.168.0.0/16"}, "this host reaches 192.168.7.0/24; choose another network"),
    ],
)
def test_what_cannot_work_is_a_sentence(options, sentence):
    with pytest.raises(OptionError, match=re.escape(sentence)):
        changed(**options).check([ipaddress.IPv4Network("192.168.7.0/24")])


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(OptionError) as error:
        changed(name="-", api_port=70000, pod_cidr="pods").check([])
    assert len(error.value.problems) == 3


def test_the_dns_is_the_tenth_service():
    assert SETTINGS.environment()["DNS_IP"] == "10.202.0.10"


def test_every_variable_that_the_node_reads_is_given():
    scripts = "".join(path.read_text() for path in (CONTEXT / "node").glob("*.sh"))
    for name in SETTINGS.environment():
        assert f"${name}" in scripts, name


@pytest.mark.parametrize(("bounding", "given"), [(-1, True), (0x000001FFFEFFFFFF, False)])
def test_a_capability_that_the_engine_lacks_is_not_asked_for(bounding, given):
    assert ("--cap-add=SYS_RESOURCE" in local_cluster.create_arguments(SETTINGS, bounding)) is given


def test_nothing_is_published_beyond_the_loopback():
    published = [a for a in local_cluster.create_arguments(SETTINGS, -1) if a.startswith("--publish")]
    assert len(published) == 4
    assert all(a.startswith("--publish=127.0.0.1:") for a in published)


def test_equal_settings_change_nothing():
    assert local_cluster.difference(SETTINGS, made()) == []


def test_another_image_or_port_is_named():
    assert local_cluster.difference(changed(image="node:2", api_port=6444), made()) == [
        "image node:1 -> node:2",
        "api_port 6443 -> 6444",
    ]


def test_another_network_needs_a_new_cluster():
    with pytest.raises(DeployError, match=r"made with local_cluster_pod_cidr 10.201.0.0/16, which cannot change"):
        local_cluster.difference(changed(pod_cidr="10.210.0.0/16"), made())


@pytest.mark.parametrize("labels", [None, {}, {local_cluster.LABEL: "another"}])
def test_strangers_are_left_alone(labels):
    stranger = {"Config": {"Image": "postgres:17", "Labels": labels}}
    with pytest.raises(DeployError, match=r"the container try \(of the image postgres:17\) was not made by this role"):
        local_cluster.refuse_strangers("try", stranger, None)
    with pytest.raises(DeployError, match="the volume try was not made by this role"):
        local_cluster.refuse_strangers("try", None, {"Labels": labels})


def test_ours_is_no_stranger():
    local_cluster.refuse_strangers("try", made(), {"Labels": {local_cluster.LABEL: "try"}})
    local_cluster.refuse_strangers("try", None, None)


def test_the_status_is_read_from_lines_of_four_fields():
    output = "warning: something\netcd\tready\tv3.7.3\t\nnode\twaiting\tv1.36.3\ttry\n"
    assert [(p.component, p.state) for p in local_cluster.read_status(output)] == [
        ("etcd", "ready"),
        ("node", "waiting"),
    ]


def test_routes_are_read_as_the_kernel_writes_them():
    table = (
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "eth0\t0007A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    )
    assert local_cluster.host_routes(table) == [ipaddress.IPv4Network("192.168.7.0/24")]


def test_resolvers_are_networks_of_one():
    text = "# mine\nnameserver 10.201.0.53\nnameserver fe80::1\nsearch home\n"
    assert local_cluster.resolvers(text) == [ipaddress.IPv4Network("10.201.0.53/32")]


class Engine:
    """A Docker client that has these things, and notes what it is told."""

    def __init__(self, monkeypatch, tmp_path, container=None, volume=None):
        self.things = {"container": container, "volume": volume}
        self.told = []
        self.refused = set()
        monkeypatch.setattr(docker, "run", self.run)
        monkeypatch.setattr(docker, "client", lambda: "docker")
        monkeypatch.setattr(local_cluster_run, "STATE_DIR", tmp_path)
        monkeypatch.setattr(local_cluster_run, "_host_networks", list)

    def run(self, command, timeout=120):
        words = command[1:]
        if words[1:2] == ["inspect"]:
            thing = self.things[words[0]]
            if thing is None:
                raise docker.DockerError(f"Error: No such {words[0]}: {words[2]}")
            return json.dumps([thing])
        if words[0] == "exec":
            return "kind: Config" if "cat" in words else "node\tready\tv1\ttry\n"
        self.told.append(" ".join(words[:2]))
        if words[0] in self.refused:
            raise docker.DockerError("the name is in use")
        if words[0] == "start":
            self.things["container"] = made()
        return "made\n" if words[0] == "create" else ""


def free(settings=SETTINGS):
    """The settings with ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(4)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    names = ("api_port", "http_port", "https_port", "registry_port")
    return dataclasses.replace(settings, **dict(zip(names, ports, strict=True)))


def test_up_makes_volume_container_and_kubeconfig(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path)
    result = local_cluster_run.up(free(), 5, check_mode=False)
    assert (result["changed"], result["said"]) == (True, "the cluster try is ready (made)")
    assert engine.told == ["volume create", "create --name=try", "start made"]
    assert (tmp_path / "try" / "kubeconfig").stat().st_mode & 0o777 == 0o600


def test_what_cannot_start_is_removed_and_what_another_made_is_not(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path)
    engine.refused = {"start"}
    with pytest.raises(DeployError, match="Docker does not start the node: the name is in use"):
        local_cluster_run.up(free(), 5, check_mode=False)
    assert engine.told[-1] == "rm --force"
    engine.refused = {"create"}
    engine.told.clear()
    with pytest.raises(DeployError, match="Docker does not create the node"):
        local_cluster_run.up(free(), 5, check_mode=False)
    assert engine.told == ["volume create", "create --name=try"]


def test_up_again_changes_nothing(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path, made(), {"Labels": {local_cluster.LABEL: "try"}})
    local_cluster_run.up(SETTINGS, 5, check_mode=False)
    again = local_cluster_run.up(SETTINGS, 5, check_mode=False)
    assert (again["changed"], engine.told) == (False, [])


def test_up_starts_what_has_stopped(monkeypatch, tmp_path):
    settings = free()
    engine = Engine(monkeypatch, tmp_path, made(settings, running=False), {"Labels": {local_cluster.LABEL: "try"}})
    assert "started again" in local_cluster_run.up(settings, 5, check_mode=False)["said"]
    assert engine.told == ["start try"]


def test_another_image_keeps_the_data(monkeypatch, tmp_path):
    settings = free()
    engine = Engine(monkeypatch, tmp_path, made(settings), {"Labels": {local_cluster.LABEL: "try"}})
    newer = dataclasses.replace(settings, image="node:2")
    assert "image node:1 -> node:2; its data are kept" in local_cluster_run.up(newer, 5, check_mode=False)["said"]
    assert engine.told == ["rm --force", "create --name=try", "start made"]


def test_a_taken_port_is_named_with_its_holder(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = dataclasses.replace(free(), http_port=port)
        with pytest.raises(DeployError, match=rf"port {port} on 127.0.0.1 is taken by process \d+ .*_http_port to"):
            local_cluster_run.up(settings, 5, check_mode=False)
    assert "volume create" not in engine.told


def test_check_mode_only_says(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path)
    result = local_cluster_run.up(free(), 5, check_mode=True)
    assert (result["changed"], result["said"]) == (True, "the cluster try would be made")
    assert not engine.told
    assert not list(tmp_path.iterdir())


def test_down_removes_all_of_it_and_twice_is_fine(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path, made(), {"Labels": {local_cluster.LABEL: "try"}})
    local_cluster_run.up(SETTINGS, 5, check_mode=False)
    assert local_cluster_run.down("try", check_mode=False)["changed"]
    assert engine.told == ["rm --force", "volume rm"]
    assert not (tmp_path / "try").exists()
    engine.things = {"container": None, "volume": None}
    assert local_cluster_run.down("try", check_mode=False) == {"changed": False, "said": "there is no cluster try"}


def test_down_leaves_strangers_alone(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path, {"Config": {"Image": "x", "Labels": None}})
    with pytest.raises(DeployError, match="not made by this role"):
        local_cluster_run.down("try", check_mode=False)
    assert not engine.told


def test_a_cluster_that_is_not_there_has_a_next_step(monkeypatch, tmp_path):
    Engine(monkeypatch, tmp_path)
    with pytest.raises(DeployError) as error:
        local_cluster_run.status("try")
    assert "local_cluster_state=up" in error.value.diagnosis["next_step"]


def test_what_is_not_ready_in_time_is_named_with_its_log(monkeypatch, tmp_path):
    engine = Engine(monkeypatch, tmp_path, made(), {"Labels": {local_cluster.LABEL: "try"}})
    answers = {"bash": "etcd\tready\tv3\t\nkubelet\twaiting\tv1\t\n", "tail": "E1124 no such device\n"}
    original = engine.run
    monkeypatch.setattr(docker, "run", lambda c, timeout=1: answers.get(c[3]) if c[1] == "exec" else original(c))
    with pytest.raises(DeployError, match="not ready after 0 s; still waiting: kubelet") as error:
        local_cluster_run.up(SETTINGS, 0, check_mode=False)
    assert error.value.diagnosis["log"] == ["E1124 no such device"]


def test_each_part_has_a_function_and_a_check():
    parts = (CONTEXT / "node" / "parts.sh").read_text()
    names = re.search(r"(?s)^PARTS=\((.*?)\)", parts, re.MULTILINE)[1].split()
    assert len(names) > 10
    status = (CONTEXT / "node" / "status.sh").read_text()
    for name in names:
        assert f"part_{name}()" in parts
        assert f"say {name} " in status or f"{name}.done" in status, name


def test_no_module_names_a_registry():
    for path in CONTEXT.glob("go/*/go.*"):
        assert not re.search(r"https?://|proxy\.|sum\.golang", path.read_text()), path
