"""Refuse a deploy that cannot work, before anything changes: all that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, explain
from ansible_collections.todoapp.stack.plugins.module_utils.secret_rules import guessable


class ActionModule(ActionBase):
    """Fails with `diagnoses` when something is missing; else returns what is worth saying as `said`."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        rendered, seen = self._task.args["release"], self._task.args["observed"]
        given = self._templar.template((task_vars or {}).get("todo_secrets", {}))
        found = [*problems(rendered, seen, given), *seen["taken_ports"]]
        said = [f"Docker {seen['engine']}, {seen['free']['bytes'] / 1e9:.0f} GB free"]
        if seen["interrupted"]:
            last = seen["interrupted"]
            said.append(
                f"release {last['number']} was interrupted at {last['step']} ({last['time']}); this run goes on from what is there"
            )
        if seen["made_secrets"]:
            said.append(f"made secrets: {', '.join(seen['made_secrets'])}")
        result |= {"changed": False, "said": said}
        if found and not seen["lock"]:
            text = "\n\n".join(explain(diagnosis) for diagnosis in found)
            return result | {"failed": True, "msg": text, "diagnosis": found[0], "diagnoses": found}
        return result


def problems(rendered: Mapping[str, Any], seen: Mapping[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """A diagnosis for each thing that is missing."""
    options = rendered["options"]
    found = []
    for component in rendered["components"]:
        name = markers.image_reference(component["image"])
        if seen["images"].get(name) is None:
            cause = f"its image {name} is not on this host"
            found.append(Diagnosis(component["name"], cause, "ansible-playbook playbooks/build.yml"))
    free = seen["free"]
    if free["bytes"] < options["todo_min_free_mb"] * 10**6:
        found.append(
            Diagnosis(
                "host",
                f"the disk is full: {free['bytes'] // 10**6} MB are free at {free['path']}, {options['todo_min_free_mb']} MB are wanted",
                "free space (docker system df shows what Docker holds), or lower todo_min_free_mb",
            )
        )
    for name, digest in seen["secret_digests"].items():
        has_data = rendered["secret_volumes"].get(name) in seen["volumes"]
        if digest is None and (has_data or not options["todo_generate_secrets"]):
            why = " although there is data that was made with one" if has_data else ""
            found.append(
                Diagnosis(
                    "secrets",
                    f"the secret {name} is missing{why}",
                    f"set todo_secrets.{name} (from Ansible Vault or the environment), or put it into {rendered['state_dir']}/secrets/{name}",
                )
            )
    if not options["todo_generate_secrets"]:
        found += guessable(given)
    return [diagnosis.as_dict() for diagnosis in found]
