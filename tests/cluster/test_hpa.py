"""The backend scales with its load and back, and a deploy in between does not fight the autoscaler."""

import contextlib
import http.client
import json
import threading

import pytest
from cluster import until

OPTIONS = {
    "backend_autoscaling": {"enabled": True, "min_replicas": 2, "max_replicas": 3, "scale_down_seconds": 15},
    # Checking a password is what costs the backend most; its limits would stop the load first.
    "backend_login_limit_per_account": 0,
    "backend_login_limit_per_address": 0,
}


@pytest.fixture
def scaled(deployed):
    """The deployment with autoscaling; without it again afterwards."""
    deployed.ok("deploy", **OPTIONS)
    yield deployed
    deployed.ok("deploy")


@pytest.fixture
def logins(scaled):
    """Logins, one after the other on several connections, until the test stops them."""
    stopped = threading.Event()
    body = json.dumps({"email": "nobody@example.com", "password": "a-wrong-password"})
    headers = {"Host": scaled.host, "Origin": f"http://{scaled.host}", "Content-Type": "application/json"}

    def work():
        while not stopped.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", scaled.cluster.http, timeout=30)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                while not stopped.is_set():
                    connection.request("POST", "/api/auth/login", body, headers)
                    connection.getresponse().read()

    workers = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for worker in workers:
        worker.start()
    yield stopped
    stopped.set()
    for worker in workers:
        worker.join()


def replicas(deployment):
    """(wanted, ready) of the backend."""
    found = deployment.get("deployment", "backend")
    return found["spec"]["replicas"], found["status"].get("readyReplicas", 0)


def test_the_backend_scales_up_and_down_and_a_deploy_does_not_fight_it(scaled, logins):
    assert replicas(scaled) == (2, 2)
    until(lambda: replicas(scaled) == (3, 3), "the autoscaler has made a third backend ready", 240)

    pods = set(scaled.pods("backend"))
    again = scaled.ok("deploy", **OPTIONS)
    assert again.report["outcome"] == "nothing to do"
    assert set(scaled.pods("backend")) == pods
    # Another component's change goes past the autoscaler too.
    changed = scaled.ok("deploy", **OPTIONS, chatbot_model_timeout=9)
    assert changed.report["outcome"] == "succeeded"
    assert replicas(scaled)[0] == 3
    assert set(scaled.pods("backend")) == pods

    logins.set()
    until(lambda: replicas(scaled) == (2, 2), "the autoscaler has taken the third backend away", 240)
