"""What every module of the collection does around its work: errors become sentences with a diagnosis."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, explain
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


def run(module: AnsibleModule, component: str, work: Callable[[], dict[str, Any]]) -> None:
    """Do `work` and exit with what it returns; a DeployError or a system error fails with `diagnosis`.

    :param component: whom a system error is blamed on.
    """
    result = outcome(component, work)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def outcome(component: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` returns, or {failed, msg, diagnosis}; see `run`."""
    try:
        return work()
    except DeployError as error:
        text = explain(error.diagnosis) if error.diagnosis else str(error)
        return {"failed": True, "msg": text, "diagnosis": error.diagnosis}
    except OSError as error:
        diagnosis = _of_system_error(component, error)
        return {"failed": True, "msg": str(diagnosis), "diagnosis": diagnosis.as_dict()}


def _of_system_error(component: str, error: OSError) -> Diagnosis:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Diagnosis(
            component,
            f"the disk is full: {error}",
            "free space on the host (docker system df shows what Docker holds), then deploy again",
        )
    return Diagnosis(component, str(error), "look at the path that it names: does it exist, and who owns it?")
