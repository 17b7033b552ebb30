"""Fail a deploy with its first cause, and say what serves now."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Always fails; `msg` is what the operator reads, `diagnosis` the same as data."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        args = self._task.args
        failure = args["failure"]
        first = _first_failure(failure)
        ends = []
        serving, lost = int(args.get("serving", 0)), args.get("not_restored", "")
        if serving and not lost:
            ends.append(f"release {serving} serves again; release {args['release']} is recorded as rolled back")
        elif serving:
            ends.append(f"release {serving} was put back and is not ready either: {lost}")
        elif args.get("removed"):
            ends.append(
                "there is no earlier release to go back to; what was started is removed again, but for data and credentials"
            )
        else:
            ends.append("there is no earlier release to go back to; what was started is left for you to look at")
        return result | {
            "failed": True,
            "ends": "\n".join(ends),
            "msg": "\n".join([first.get("msg") or "the deploy failed", *ends]),
            "diagnosis": first.get("diagnosis", {}),
            "serving": serving if not lost else 0,
        }


def _first_failure(failure: dict[str, Any]) -> dict[str, Any]:
    """A loop's failure holds its items' results: the first that failed is the cause."""
    for item in failure.get("results") or []:
        if item.get("failed"):
            return item
    return failure
