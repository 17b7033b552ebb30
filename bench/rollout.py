"""A rolling update of backend and frontend under load: python3 bench/rollout.py

A user's requests come at 50 per second through the Ingress while a deploy changes both, and another one changes them
back. The deployment must be up. Meanwhile the frontend may use a whole CPU: a page costs it 20 ms, and two pods of 250m
serve some 35 requests of this mix per second. Ends with 1 when a single request failed, when fewer than 5,000 were sent, or
when the machine was too busy to send them at nine tenths of their rate.
"""

from __future__ import annotations

import json
import sys

import kube
from steady import Load, Visitor

RATE = 50
REQUESTS = 5000
# Each makes new pods: of the backend by its environment, of the frontend by its limits.
ROOM = {"frontend_resources": {"limits": {"cpu": "1000m"}}}
CHANGE = {"backend_token_lifetime": 3601, "frontend_resources": {"limits": {"cpu": "1000m", "memory": "260Mi"}}}


def main() -> int:
    parser = kube.arguments(__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    given = parser.parse_args()
    kube.play(given, "deploy", **ROOM)
    before = revisions(given)
    visitor = Visitor(given.address, kube.host(given))
    with Load(visitor, RATE) as load:
        kube.play(given, "deploy", **CHANGE)
        changed = revisions(given)
        kube.play(given, "deploy", **ROOM)
        load.wait_for(given.requests)
        outcome = load.stop()
    visitor.leave()
    kube.play(given, "deploy")
    if any(changed[name] == before[name] for name in before):
        raise SystemExit(f"the deploy rolled nothing: {before} then {changed}")
    for failure in outcome.failures[:20]:
        print(failure)
    rate = outcome.sent / outcome.seconds
    print(
        json.dumps(
            {
                "sent": outcome.sent,
                "failed": len(outcome.failures),
                "per_second": round(rate, 1),
                "slowest_s": round(outcome.slowest, 2),
                "latest_s": round(outcome.late, 2),
            }
        )
    )
    return 1 if outcome.failures or outcome.sent < given.requests or rate < 0.9 * RATE else 0


def revisions(given: object) -> dict[str, str]:
    """The revision of the pods of backend and frontend."""
    return {
        item["metadata"]["name"]: item["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
        for item in kube.get(given, "deployments")["items"]  # type: ignore[arg-type]
        if item["metadata"]["name"] in ("backend", "frontend")
    }


if __name__ == "__main__":
    sys.exit(main())
