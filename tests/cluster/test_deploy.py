"""Deploys that fail, are killed, or meet another: what is said, and that the old version serves all the time, by HTTP."""

import contextlib
import http.client
import os
import secrets
import signal
import threading
import time

import pytest
from cluster import until
from stack import docker

SOON = 150
"""How long a failing deploy may take in all, its way back included, on a busy machine: less than any patience of a gate's.
What the gate itself takes, test_gate.py measures."""
GONE = {"repository": "todo-app/frontend", "digest": f"sha256:{'0' * 64}"}


class Watch:
    """Asks for the page all the time; `wrong` is every answer that was none."""

    def __init__(self, deployment):
        self.deployment, self.wrong, self.asked = deployment, [], 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.wait(0.1):
            self.asked += 1
            try:
                status = self.deployment.ask("GET", "/health/ready").status
            except (OSError, http.client.HTTPException) as error:
                status = repr(error)
            if status != 200:
                self.wrong.append((time.strftime("%X"), status))


@pytest.fixture
def served(deployed):
    """The deployment; after the test it has served all the time, and its release is the one of before."""
    before = deployed.current()
    with Watch(deployed) as watch:
        yield deployed
    assert not watch.wrong, watch.wrong[:10]
    assert watch.asked > 5
    assert deployed.current() == before


@pytest.fixture(scope="module")
def variant(cluster, images):
    """What makes an image of a few Dockerfile lines on top of a component's, in the registry; a value for COMPONENT_image."""
    made = []

    def make(component, lines):
        repository, tag = f"todo-test/{component}", secrets.token_hex(4)
        name = f"{cluster.registry}/{repository}:{tag}"
        source = images[component]["reference"].partition("/")[2]
        docker("build", "--quiet", "--tag", name, "-", stdin=f"FROM {source}\n{lines}\n")
        docker("push", name)
        made.append(name)
        return {"repository": repository, "tag": tag, "digest": ""}

    yield make
    if made:
        docker("image", "rm", "--force", *made, check=False)


def failed(ran, component):
    """What every failed deploy has in common."""
    assert ran.report["outcome"] == "failed"
    assert ran.report["diagnosis"]["component"] == component
    assert ran.report["diagnosis"]["next_step"]
    assert ran.seconds < SOON
    ran.says("next step:", r"release \d+ serves again; release \d+ is recorded as rolled back")


def test_an_image_that_is_not_in_the_registry_stops_the_deploy_before_anything_changes(served):
    ran = served.fails("deploy", frontend_image={"repository": "todo-app/frontend", "tag": "never-built"})
    ran.says(
        "frontend: its image .*never-built is not in the registry", "next step: ansible-playbook playbooks/build.yml"
    )
    assert not ran.report.get("release")


def test_an_image_that_is_gone_is_named_with_its_pod(served):
    ran = served.fails("deploy", frontend_image=GONE)
    failed(ran, "frontend")
    ran.says(r"frontend-\w+-\w+", "does not exist in its registry")


def test_a_crash_at_start_is_shown_with_its_last_words(served, variant):
    image = variant("chatbot", 'ENTRYPOINT []\nCMD ["bash", "-c", "echo cannot find my marbles >&2; exit 3"]')
    ran = served.fails("deploy", chatbot_image=image)
    failed(ran, "chatbot")
    ran.says("exits at start with code 3", r"\| cannot find my marbles", r"chatbot-\w+-\w+")


def test_a_crashing_migration_stops_before_the_new_version_starts(served, variant):
    broken = "#!/bin/sh\\necho no such column: colour >&2\\nexit 4\\n"
    image = variant("backend", f"USER 0\nRUN printf '{broken}' > /opt/venv/bin/backend\nUSER 10001:10001")
    before = served.pods("backend")
    ran = served.fails("deploy", backend_image=image)
    failed(ran, "backend")
    ran.says("code 4", r"\| no such column: colour")
    assert served.pods("backend").keys() == before.keys()


def test_a_pod_that_fits_nowhere_is_named_with_what_it_asks_for(served):
    ran = served.fails("deploy", chatbot_resources={"requests": {"memory": "900Gi"}, "limits": {"memory": "900Gi"}})
    failed(ran, "chatbot")
    ran.says("no node has enough memory left: it asks for 900Gi")


@pytest.fixture
def put_back(deployed):
    """The release of before, whatever the test made of it."""
    yield
    deployed.ok("deploy")


def test_two_runs_at_once_do_not_mix(deployed, put_back):
    runs = [deployed.start("deploy", backend_token_lifetime=seconds) for seconds in (3611, 3612)]
    outs = [run.communicate(timeout=300)[0] for run in runs]
    codes = sorted(run.returncode for run in runs)
    assert codes == [0, 2], "\n".join(outs)
    refused = next(out for run, out in zip(runs, outs, strict=True) if run.returncode)
    assert "another run has the lock: " in refused, refused
    assert "since 20" in refused, refused


@pytest.mark.parametrize(("phase", "lifetime"), [("begin", 3701), ("apply", 3702), ("gate", 3703)])
def test_a_killed_run_is_found_and_finished(deployed, put_back, phase, lifetime):
    change = {"backend_token_lifetime": lifetime}
    run = deployed.start("deploy", **change)
    read = []
    try:
        while not (read and read[-1].startswith(phase)):
            line = run.stdout.readline()
            assert line, "".join(read)
            read.append(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
    resumed = deployed.ok("deploy", **change)
    resumed.says(rf"release {deployed.newest_release() - 1} was interrupted at", "this run goes on from what is there")
    assert deployed.current() == deployed.newest_release()
    assert deployed.ok("deploy", **change).report["outcome"] == "nothing to do"


def test_what_was_changed_by_hand_is_shown_and_repaired(deployed):
    pods = deployed.pods("frontend")
    deployed.cluster.kubectl("set", "env", f"--namespace={deployed.name}", "deployment/chatbot", "MODEL_TIMEOUT=99")
    deployed.cluster.kubectl("delete", f"--namespace={deployed.name}", "service", "backend")
    planned = deployed.ok("deploy", "--check", "--diff")
    assert {entry["object"] for entry in planned.report["plan"]} == {"Deployment/chatbot", "Service/backend"}
    planned.says("MODEL_TIMEOUT.*99.* -> .*changed by hand")
    deployed.ok("deploy").says("chatbot", "backend")
    until(lambda: deployed.ask("GET", "/health/ready").status == 200, "the page answers again", 30)
    assert deployed.pods("frontend").keys() == pods.keys()
    assert deployed.ok("deploy").report["outcome"] == "nothing to do"


def test_a_secret_s_change_restarts_exactly_the_pods_that_use_it_and_stays_hidden(deployed, put_back):
    before = {name: set(deployed.pods(name)) for name in ("backend", "chatbot", "frontend", "postgres")}
    key = f"given-{secrets.token_hex(20)}"
    planned = deployed.ok("deploy", "-vvv", "--check", "--diff", todo_secrets={"chatbot_key": key})
    changed = deployed.ok("deploy", "-vvv", "--diff", todo_secrets={"chatbot_key": key})
    assert key not in planned.out + changed.out
    # A pod that was replaced is still there while it ends its work.
    until(lambda: not before["chatbot"] & set(deployed.pods("chatbot")), "the chatbot's old pod is gone", 60)
    after = {name: set(deployed.pods(name)) for name in before}
    assert after["chatbot"]
    assert {name: pods for name, pods in after.items() if name != "chatbot"} == {
        name: pods for name, pods in before.items() if name != "chatbot"
    }
