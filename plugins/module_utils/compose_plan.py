"""What a deploy would change on a Compose host: a pure comparison of the wanted project with the live containers.

A field that differs is `changed` when the last release had it as it is live (we mean to change it), and `drifted` when
it is live as no release left it (somebody changed it by hand).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import plan_text
from ansible_collections.todoapp.stack.plugins.module_utils.docker import COMPONENT_LABEL, state

Plan = list[dict[str, Any]]
"""One entry per service that would change: {component, service, action, fields: [{field, live, wanted, why}]}.
Actions: create, update (the container is replaced), start (it exists but does not run), remove."""

_SECRETS_LABEL = "todoapp.stack/secrets"
_VERBS = {
    "create": "would be created",
    "update": "would be replaced",
    "start": "would be started",
    "remove": "would be removed",
}
_WORDS = {"create": "create", "update": "replace", "start": "start", "remove": "remove"}


def make_plan(
    wanted: Mapping[str, Any],
    live: Mapping[str, Mapping[str, Any]],
    last: Mapping[str, Any] | None,
    images: Mapping[str, Mapping[str, Any] | None],
) -> Plan:
    """Compare a resolved Compose project with what runs.

    :param wanted: the project that would be applied.
    :param live: inspected containers by service name.
    :param last: the project of the release that serves, None before the first.
    :param images: what the host has of the images, by reference or id (docker.images): the wanted and the live ones.
    """
    by_id = {image["id"]: image for image in images.values() if image}
    plan: Plan = []
    for name, service in wanted["services"].items():
        component = service["labels"][COMPONENT_LABEL]
        entry = {"component": component, "service": name}
        if name not in live:
            plan.append({**entry, "action": "create", "fields": []})
            continue
        container = live[name]
        image, of_live = images.get(service["image"]), by_id.get(container["Image"])
        before = ((last or {}).get("services") or {}).get(name)
        fields = _differences(service, container, before, image or of_live, of_live or image, wanted["name"])
        if fields:
            plan.append({**entry, "action": "update", "fields": fields})
            continue
        stopped = _stopped(service, container)
        if stopped:
            plan.append({**entry, "action": "start", "fields": [stopped]})
        elif state(container)["health"] == "unhealthy":  # it hangs: only another container helps
            plan.append({**entry, "action": "update", "fields": [_field("health", "unhealthy", "healthy", "failing")]})
    for name, container in live.items():
        if name not in wanted["services"]:
            component = container["Config"]["Labels"].get(COMPONENT_LABEL, name)
            plan.append({"component": component, "service": name, "action": "remove", "fields": []})
    return plan


def _stopped(service: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, Any] | None:
    now = state(container)
    if service["restart"] == "no":  # an init step: done is as it should be
        done = now["status"] == "exited" and now["exit_code"] == 0
        return None if done else _field("state", f"{now['status']} ({now['exit_code']})", "completed", "drifted")
    if now["status"] == "running":
        return None
    return _field("state", now["status"], "running", "drifted")


def _differences(
    service: Mapping[str, Any],
    container: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    image: Mapping[str, Any] | None,
    of_live: Mapping[str, Any] | None,
    project: str,
) -> list[dict[str, Any]]:
    want = wanted_facts(service, image, project)
    have = live_facts(container)
    recorded = wanted_facts(before, of_live, project) if before else {}
    if image and image["id"] != container["Image"] and have["image"] == want["image"]:
        for facts in (have, recorded):
            if facts.get("image") == want["image"]:
                facts["image"] = f"{want['image']} (another build)"
    ours = {f"environment.{name}" for name in service["environment"]}
    of_image = {f"environment.{name}": value for name, value in _environment(of_live).items()}
    fields = []
    for key in sorted({*want, *have}):
        if want.get(key) == have.get(key):
            continue
        if key.startswith("environment.") and key not in ours and have.get(key) == of_image.get(key):
            continue  # what the two images set differently themselves: `image` says it
        # Not told apart by `before == live` alone: before the first record everything of ours is a change.
        drifted = bool(before) and recorded.get(key) != have.get(key)
        fields.append(_field(key, have.get(key), want.get(key), "drifted" if drifted else "changed"))
    return fields


def _field(name: str, live: Any, wanted: Any, why: str) -> dict[str, Any]:
    if name == "secrets digest":
        live, wanted = "(hidden)", "(hidden, other content)"
    return {"field": name, "live": live, "wanted": wanted, "why": why}


def wanted_facts(service: Mapping[str, Any], image: Mapping[str, Any] | None, project: str) -> dict[str, Any]:
    """A Compose service's settings, in the flat form in which they are compared."""
    facts: dict[str, Any] = {
        "image": service["image"],
        "command": service.get("command") or (image or {}).get("command"),
        "user": service["user"],
        "read_only": service["read_only"],
        "init": service["init"],
        "cap_drop": sorted(service["cap_drop"]),
        "security_opt": sorted(service["security_opt"]),
        "cpus": float(service["cpus"]),
        "mem_limit": service["mem_limit"],
        "pids_limit": service["pids_limit"],
        "restart": service["restart"],
        "stop_grace_period": service["stop_grace_period"],
        "networks": sorted(f"{project}_{network}" for network in service["networks"]),
        "tmpfs": sorted(service["tmpfs"]),
        "secrets": sorted(s if isinstance(s, str) else s["target"] for s in service.get("secrets", [])),
        "volumes": sorted(f"{project}_{volume}" for volume in service.get("volumes", [])),
        "ports": sorted(service.get("ports", [])),
        "logging": {"driver": service["logging"]["driver"], **service["logging"]["options"]},
        "secrets digest": service["labels"][_SECRETS_LABEL],
        "component": service["labels"][COMPONENT_LABEL],
        "healthcheck": _seconds_in(service.get("healthcheck")),
    }
    environment = {**_environment(image), **service["environment"]}
    return facts | {f"environment.{name}": value for name, value in environment.items()}


def live_facts(container: Mapping[str, Any]) -> dict[str, Any]:
    """The same form of what `docker inspect` says about a container."""
    config, host = container["Config"], container["HostConfig"]
    labels = config["Labels"]
    ports = [
        f"{binding['HostIp'] or '0.0.0.0'}:{binding['HostPort']}:{port.removesuffix('/tcp')}"  # noqa: S104 - Docker's own default, for display
        for port, bindings in (host.get("PortBindings") or {}).items()
        for binding in bindings or []
    ]
    mounts = container["Mounts"]
    facts: dict[str, Any] = {
        "image": config["Image"],
        "command": config["Cmd"],
        "user": config["User"],
        "read_only": host["ReadonlyRootfs"],
        "init": bool(host.get("Init")),
        "cap_drop": sorted(host.get("CapDrop") or []),
        "security_opt": sorted(host.get("SecurityOpt") or []),
        "cpus": (host.get("NanoCpus") or 0) / 1e9,
        "mem_limit": host["Memory"],
        "pids_limit": host.get("PidsLimit"),
        "restart": host["RestartPolicy"]["Name"] or "no",
        "stop_grace_period": f"{config.get('StopTimeout')}s",
        "networks": sorted(container["NetworkSettings"]["Networks"]),
        "tmpfs": sorted(f"{path}:{options}" for path, options in (host.get("Tmpfs") or {}).items()),
        "secrets": sorted(m["Destination"].removeprefix("/run/secrets/") for m in mounts if m["Type"] == "bind"),
        "volumes": sorted(f"{m['Name']}:{m['Destination']}" for m in mounts if m["Type"] == "volume"),
        "ports": sorted(ports),
        "logging": {"driver": host["LogConfig"]["Type"], **(host["LogConfig"]["Config"] or {})},
        "secrets digest": labels.get(_SECRETS_LABEL),
        "component": labels.get(COMPONENT_LABEL),
        "healthcheck": _live_check(config.get("Healthcheck")),
    }
    return facts | {f"environment.{name}": value for name, value in _environment({"env": config["Env"]}).items()}


def _environment(image: Mapping[str, Any] | None) -> dict[str, str]:
    """The environment that an image sets, by name."""
    pairs = (pair.partition("=") for pair in (image or {}).get("env") or [])
    return {name: value for name, _, value in pairs}


def _seconds_in(check: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not check:
        return None
    return {"test": check["test"], "retries": check["retries"]} | {
        key: int(re.sub("s$", "", str(check[key]))) for key in ("interval", "timeout", "start_period")
    }


def _live_check(check: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not check or not check.get("Test"):
        return None
    return {"test": check["Test"], "retries": check.get("Retries", 0)} | {
        key: check.get(name, 0) // 10**9
        for key, name in (("interval", "Interval"), ("timeout", "Timeout"), ("start_period", "StartPeriod"))
    }


def show(plan: Plan) -> str:
    """The plan as the text that an operator reads: per service its action, and each field that differs."""
    return plan_text.show(plan, "service", _VERBS)


def summary(plan: Plan) -> str:
    """The plan in one line: what would be created, replaced, started, removed."""
    return plan_text.summary(plan, "service", _WORDS)
