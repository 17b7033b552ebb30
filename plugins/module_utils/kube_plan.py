"""What a deploy would change in a cluster: a pure comparison of what is live with what a dry run makes of it.

A field that differs is `changed` when the last release did not want it as it is wanted now (we mean to change it), and
`drifted` when it did (somebody changed it by hand).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import plan_text
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diff import (
    ABSENT,
    Difference,
    differences,
    find,
    owners,
    shown,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_found import is_data
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import reference
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import managed_by

Plan = plan_text.Plan
"""One entry per object that would change: {component, object, action, fields: [{field, live, wanted, why, owner}]}.
Actions: create, update, prune. `object` is Kind/name; `owner` is who wrote the live value, "" where that is unknown."""

SECRETS_ANNOTATION = "todoapp.stack/secrets"
_SECRETS_PATH = ("spec", "template", "metadata", "annotations", SECRETS_ANNOTATION)
_VERBS = {"create": "would be created", "update": "would be changed", "prune": "would be removed"}
_WORDS = {"create": "create", "update": "change", "prune": "remove"}

_REMOVED = {"field": "state", "live": "removed", "wanted": "there", "why": "drifted", "owner": ""}


@dataclass
class Seen:
    """What there is of one object. `live` is None where there is none; `dry` is what applying would make of it."""

    component: str
    wanted: Mapping[str, Any]
    live: Mapping[str, Any] | None = None
    dry: Mapping[str, Any] | None = None


@dataclass
class _Masks:
    """A number for each hidden value, so that a change shows and the value does not."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, value: Any) -> str | None:
        if value is None or value is ABSENT:
            return None
        number = self.numbers.setdefault(json.dumps(value, sort_keys=True), len(self.numbers) + 1)
        return f"(hidden {number})"


def make_plan(
    objects: Iterable[Seen],
    last: Iterable[Mapping[str, Any]],
    leftovers: Iterable[Mapping[str, Any]] = (),
    *,
    delete_data: bool = False,
    manager: str = MANAGER,
) -> Plan:
    """Compare what is wanted with what is live.

    :param objects: every wanted object as it was seen, in the order in which it is applied. The data of Secrets are digests.
    :param last: the objects {component, object} of the release that serves; none before the first.
    :param leftovers: live objects {component, object} that the applied set names and that are wanted no more.
    :param delete_data: whether claims and credentials among the leftovers are pruned.
    :param manager: the field manager by which what is ours is known.
    """
    masks, plan = _Masks(), Plan()
    recorded = {reference(entry["object"]): entry["object"] for entry in last}
    objects = list(objects)
    scaled = scaled_by_others(seen.wanted for seen in objects)
    for seen in objects:
        name = reference(seen.wanted)
        entry = {"component": seen.component, "object": name}
        if seen.live is None:
            plan.append({**entry, "action": "create", "fields": [dict(_REMOVED)] if name in recorded else []})
            continue
        found = differences(seen.live, seen.dry if seen.dry is not None else seen.live)
        fields = [
            _field(difference, seen, recorded.get(name), masks, manager)
            for difference in found
            if not (name in scaled and difference.path == ("spec", "replicas"))
        ]
        # Somebody made it just as we would. To be pruned one day it must be ours; credentials `begin` sees to.
        if seen.wanted["kind"] != "Secret" and not managed_by(seen.live, manager):
            fields.append(_taken_over(seen.live, manager))
        if fields:
            plan.append({**entry, "action": "update", "fields": fields})
    for left in leftovers:
        if may_prune(left["object"], delete_data=delete_data, manager=manager):
            entry = {"component": left["component"], "object": reference(left["object"])}
            plan.append({**entry, "action": "prune", "fields": []})
    return plan


def _field(
    difference: Difference, seen: Seen, before: Mapping[str, Any] | None, masks: _Masks, manager: str
) -> dict[str, Any]:
    path = difference.path
    drifted = before is not None and find(before, path) == find(seen.wanted, path)
    who = [owner for owner in owners(seen.live or {}, path) if owner != manager]
    name, live, wanted = shown(path), difference.live, difference.wanted
    if path == _SECRETS_PATH or (seen.wanted["kind"] == "Secret" and path[:1] in (("data",), ("stringData",))):
        name = "secrets digest" if path == _SECRETS_PATH else name
        live, wanted = masks.of(live), masks.of(wanted)
    return {
        "field": name,
        "live": _plain(live),
        "wanted": _plain(wanted),
        "why": "drifted" if drifted else "changed",
        "owner": who[0] if who else "",
    }


def _taken_over(live: Mapping[str, Any], manager: str) -> dict[str, Any]:
    managers = [str(entry.get("manager", "")) for entry in live["metadata"].get("managedFields") or []]
    who = ", ".join(dict.fromkeys(managers)) or None
    return {"field": "field manager", "live": who, "wanted": manager, "why": "changed", "owner": ""}


def _plain(value: Any) -> Any:
    """A value for a line of text: maps and lists as JSON."""
    if value is ABSENT:
        return None
    return json.dumps(value, sort_keys=True) if isinstance(value, (dict, list)) else value


def scaled_by_others(objects: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The workloads whose `replicas` an autoscaler sets and we do not, with that autoscaler."""
    objects = list(objects)
    ours = {reference(obj) for obj in objects if "replicas" in (obj.get("spec") or {})}
    found = {}
    for obj in objects:
        if obj["kind"] == "HorizontalPodAutoscaler":
            target = obj["spec"]["scaleTargetRef"]
            found[f"{target['kind']}/{target['name']}"] = obj
    return {name: autoscaler for name, autoscaler in found.items() if name not in ours}


def may_prune(live: Mapping[str, Any], *, delete_data: bool, manager: str = MANAGER) -> bool:
    """Whether an object that is wanted no more goes: never what we do not own, and no data unless told."""
    return managed_by(live, manager) and (delete_data or not is_data(dict(live)))


def waves(plan: Plan, components: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The components to apply before and after the migrations: {stores, rest}. "" stands for what belongs to none.

    It goes with the first wave that there is: what the release shares must be there before what uses it.
    """
    touched = {entry["component"] for entry in plan if entry["action"] != "prune"}
    components = list(components)
    stores = [c["name"] for c in components if c["is_store"] and c["name"] in touched]
    rest = [c["name"] for c in components if not c["is_store"] and c["name"] in touched]
    if "" in touched:
        first = stores or rest
        first.insert(0, "")
    return {"stores": stores, "rest": rest}


def prune_list(plan: Plan) -> list[str]:
    """What the plan removes, as Kind/name."""
    return [entry["object"] for entry in plan if entry["action"] == "prune"]


def show(plan: Plan) -> str:
    """The plan as the text that an operator reads: per object its action, and each field that differs."""
    return plan_text.show(plan, "object", _VERBS)


def summary(plan: Plan, existing: Iterable[str] = ()) -> str:
    """The plan in one line: the components that would be created or changed, and the objects that would be removed.

    :param existing: the components of the release that serves: where one of them gets an object more, it is changed.
    """
    partly = {*existing, *(entry["component"] for entry in plan if entry["action"] == "update")}
    lines = []
    for entry in plan:
        name = entry["object"] if entry["action"] == "prune" else entry["component"] or "what all share"
        action = "update" if entry["action"] == "create" and entry["component"] in partly else entry["action"]
        lines.append({"name": name, "action": action})
    return plan_text.summary(lines, "name", _WORDS)


def repairs(plan: Plan) -> list[str]:
    """A sentence for each object that somebody changed by hand: what is put back, and with what it was changed."""
    said = []
    for entry in plan:
        drifted = [field for field in entry["fields"] if field["why"] == "drifted"]
        managers = list(dict.fromkeys(field["owner"] for field in drifted if field["owner"]))
        if drifted:
            names = ", ".join(field["field"] for field in drifted)
            said.append(
                f"{entry['object']} was removed by hand, and is put back"
                if entry["action"] == "create"
                else f"{entry['object']} was changed by hand{_with(managers)}, and is put back: {names}"
            )
    return said


def _with(managers: Sequence[str]) -> str:
    return f" (with {', '.join(managers)})" if managers else ""
