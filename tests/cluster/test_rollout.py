"""A rolling update under load drops no request. bench/rollout.py is the long form, with 5,000 requests."""

import sys

import pytest
from cluster import ROOT

sys.path.insert(0, str(ROOT / "bench"))

from rollout import CHANGE, RATE
from steady import Load, Visitor

REQUESTS = 1000


def uids(deployment, component):
    return {pod["metadata"]["uid"] for pod in deployment.pods(component).values()}


@pytest.fixture
def visitor(deployed):
    visitor = Visitor(f"127.0.0.1:{deployed.cluster.http}", deployed.host)
    yield visitor
    visitor.leave()


def test_a_rolling_update_of_backend_and_frontend_drops_no_request(deployed, visitor):
    before = {component: uids(deployed, component) for component in ("backend", "frontend", "chatbot")}
    with Load(visitor, RATE) as load:
        deployed.ok("deploy", **CHANGE)
        changed = {component: uids(deployed, component) for component in before}
        deployed.ok("deploy")
        load.wait_for(REQUESTS)
        outcome = load.stop()
    assert not changed["backend"] & before["backend"]
    assert not changed["frontend"] & before["frontend"]
    assert changed["chatbot"] == before["chatbot"]
    assert outcome.sent >= REQUESTS
    assert not outcome.failures, f"{len(outcome.failures)} of {outcome.sent}: {outcome.failures[:10]}"
