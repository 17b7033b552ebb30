"""Going back to a recorded release: which one, what stands in the way, and the release that its record describes. Pure.

What a record holds is applied by the same steps as what a deploy renders. So here a record becomes a rendered release
again: what says where and how to deploy is of today, everything that runs is of the record.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

SECRETS = "todoapp.stack/secrets"
"""The label or annotation that holds the digest of a workload's secrets."""
SCHEMA_KEYS = {"revision", "oldest_compatible", "head"}
OF_TODAY = (
    *("todo_name", "todo_target", "todo_state_dir", "todo_kubeconfig", "todo_context", "todo_report"),
    *("todo_gate_seconds", "todo_keep_releases", "todo_min_free_mb", "todo_generate_secrets", "todo_delete_data"),
)
"""The options that say where and how; all others are taken from the record."""

Journal = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Past:
    """A recorded release, as far as its journal tells of it."""

    number: int
    journal: Journal

    @property
    def outcome(self) -> str:
        """How it ended; 'interrupted' when its run ended without saying so."""
        last = self.journal[-1] if self.journal else {}
        return str(last["outcome"]) if last.get("step") == "outcome" else "interrupted"

    @property
    def succeeded(self) -> bool:
        return self.outcome == "succeeded"

    def __str__(self) -> str:
        when = f", {self.journal[0]['time']}" if self.journal else ""
        why = f", {self.journal[0]['why']}" if self.journal and self.journal[0].get("why", "deploy") != "deploy" else ""
        return f"{self.number} ({self.outcome}{when}{why})"


def refused(*why: Diagnosis) -> DeployError:
    """The error that says all of it."""
    return DeployError("\n\n".join(str(one) for one in why), why[0].as_dict())


def choose(past: Sequence[Past], serving: int | None, wanted: int) -> Past:
    """The release to go back to.

    :param past: all recorded releases, oldest first.
    :param serving: the number of the one that serves, None when none does.
    :param wanted: the number asked for; 0 means the last that succeeded before the one that serves.
    :raises DeployError: there is none, or it did not succeed.
    """
    good = [one for one in past if one.succeeded]
    listed = f"recorded are: {', '.join(map(str, past))}" if past else "nothing was deployed here yet"
    choice = f"name one that succeeded: -e todo_release={good[-1].number}" if good else "playbooks/deploy.yml"
    if wanted:
        found = next((one for one in past if one.number == wanted), None)
        if not found:
            raise refused(Diagnosis("release", f"there is no release {wanted}; {listed}", choice))
        if not found.succeeded:
            cause = f"release {wanted} never served ({found.outcome}), so there is nothing to go back to; {listed}"
            raise refused(Diagnosis("release", cause, choice))
        return found
    before = [one for one in good if serving and one.number < serving]
    if not before:
        none = f"no release succeeded before release {serving}" if serving else "no release serves"
        step = choice if serving is None else "deploy another version (playbooks/deploy.yml)"
        raise refused(Diagnosis("release", f"{none}; {listed}", step))
    return before[-1]


# The database's schema


def schema_in(log: str) -> dict[str, str]:
    """What a one-off command says of the schema in the last of its log lines that does; {} where none does.

    It is a line of JSON with `head` (the revision that its code is at), `revision` (the schema's) and `oldest_compatible`
    (the oldest code that can use it), texts in an order.
    """
    for line in reversed(log.splitlines()):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and said.keys() >= SCHEMA_KEYS and all(isinstance(said[k], str) for k in SCHEMA_KEYS):
            return {key: said[key] for key in sorted(SCHEMA_KEYS)}
    return {}


def schemas(one: Past) -> dict[str, Mapping[str, str]]:
    """What a release's one-off commands said of the schema, by component."""
    return {line["component"]: line["schema"] for line in one.journal if line.get("schema") and line.get("component")}


def schema_problems(past: Sequence[Past], target: Past) -> list[Diagnosis]:
    """A diagnosis for each component whose code of then cannot use the schema of today."""
    now: dict[str, tuple[int, Mapping[str, str]]] = {}
    for one in past:  # the newest that says something counts, whatever became of it: it has migrated
        now |= {component: (one.number, said) for component, said in schemas(one).items()}
    found = []
    for component, then in schemas(target).items():
        number, said = now[component]
        if said["oldest_compatible"] > then["head"]:
            found.append(
                Diagnosis(
                    component,
                    f"its code of release {target.number}, at revision {then['head']}, cannot use the database any more: "
                    f"release {number} brought the schema to revision {said['revision']}, which needs code of revision "
                    f"{said['oldest_compatible']} or later",
                    "deploy forward (repair the newer version and deploy it), or restore the backup made before that "
                    f"migration and go back to release {target.number} then",
                )
            )
    return found


# Secrets and images


def secret_problems(
    names: Iterable[str], digests: Mapping[str, str | None], number: int, where: str
) -> list[Diagnosis]:
    """A diagnosis for each secret of the release that is gone.

    :param digests: of what is there today, None where it is missing.
    :param where: where an operator would put it, with NAME for its name.
    """
    return [
        Diagnosis(
            "secrets",
            f"the secret {name}, which release {number} uses, is gone",
            f"put it back ({where.replace('NAME', name)}), or deploy with todo_secrets.{name}",
        )
        for name in sorted(set(names))
        if digests.get(name) is None
    ]


def secret_changes(then: Mapping[str, str | None], now: Mapping[str, str | None], number: int) -> list[str]:
    """A sentence for each secret that is another today: it stays as it is, as what was rotated must not come back."""
    return [
        f"the secret {name} has changed since release {number}: today's stays"
        for name in sorted(then)
        if then[name] and now.get(name) and then[name] != now[name]
    ]


def image_gone(component: str, image: str, number: int, where: str) -> Diagnosis:
    """That an image of a release is no longer there."""
    return Diagnosis(
        component,
        f"the image of release {number}, {image}, is no longer {where}",
        "go back to another release, or build that one's source (git checkout, playbooks/build.yml) and deploy it",
    )


def pins(
    project: Mapping[str, Any],
    recorded: Mapping[str, Mapping[str, Any] | None],
    present: Mapping[str, Mapping[str, Any] | None],
    number: int,
) -> tuple[dict[str, str], list[Diagnosis]]:
    """On a Compose host: images by their ids where their names mean others by now, and what is there no more.

    :param project: the recorded project.
    :param recorded: the facts of its images as they were recorded, by reference.
    :param present: the facts of today, by reference and by id.
    """
    found: dict[str, str] = {}
    gone: dict[str, Diagnosis] = {}
    for name, service in project["services"].items():
        image = service["image"]
        then = (recorded.get(image) or {}).get("id")
        now = present.get(image)
        if now and then in (None, now["id"]):
            continue
        if then and present.get(then):
            found[image] = then
            continue
        gone.setdefault(image, image_gone(name.removesuffix("-init"), image, number, "on this host as it was"))
    return found, list(gone.values())


def compose_secrets(project: Mapping[str, Any], files: Mapping[str, str]) -> list[str]:
    """The secrets of a recorded project, without the files that are configuration."""
    return sorted(set(project.get("secrets") or {}) - set(files))


def unknown_files(project: Mapping[str, Any], files: Mapping[str, str]) -> list[str]:
    """The files of configuration that a recorded project mounts and its record does not hold."""
    mounted = {
        entry["source"]
        for service in project["services"].values()
        for entry in service.get("secrets") or []
        if isinstance(entry, Mapping)
    }
    return sorted(mounted - set(files))


def cluster_secrets(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """The secrets that recorded objects take from the Secret `credentials`, by key."""
    names = {name for entry in objects for pod in _pods(entry["object"]) for name in _mounted(pod, "credentials")}
    for entry in objects:
        if entry["object"]["kind"] == "Secret":
            names |= {v["$secret"] for v in (entry["object"].get("data") or {}).values() if _is_secret(v)}
    return sorted(names)


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and "$secret" in value


def images_of(objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The images of recorded objects, each with a component that runs it."""
    return {
        container["image"]: entry["component"]
        for entry in objects
        for pod in _pods(entry["object"])
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
    }


def _pods(obj: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    template = (obj.get("spec") or {}).get("template")
    return [template] if isinstance(template, Mapping) and "spec" in template else []


def _mounted(pod: Mapping[str, Any], secret: str) -> list[str]:
    return [
        item["key"]
        for volume in pod["spec"].get("volumes") or []
        if (volume.get("secret") or {}).get("secretName") == secret
        for item in volume["secret"].get("items") or []
    ]


# The release


def release(today: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """What the action `render` would have returned for the recorded release.

    :param today: what `render` returned for the inventory of today.
    :param back: what the target's look at its records returned: record, serving, pins.
    """
    record, serving = back["record"], back["serving"]
    options = {**record["options"], **{name: today["options"][name] for name in OF_TODAY if name in today["options"]}}
    made = {
        "options": options,
        "components": _pinned(record["components"], back.get("pins") or {}),
        "state_dir": today["state_dir"],
        "holder": today["holder"],
        "secret_volumes": {},
        "ports": {},
        "files": record.get("files") or {},
        "back_to": record["number"],
        "why": f"rollback of {serving} to {record['number']}" if serving else f"rollback to {record['number']}",
    }
    if "project" in record:
        made |= _on_compose(record, options, back.get("pins") or {})
    else:
        made |= _on_cluster(record, options)
    return made | {"front_door": options.get("todo_front_door", "").rstrip("/") or made["front_door"]}


def _pinned(components: Iterable[Mapping[str, Any]], ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The components with the images that must be named by their ids named so."""
    made = []
    for component in components:
        pin = ids.get(markers.image_reference(component["image"]))
        image = dict(zip(("repository", "tag", "digest"), (*pin.split(":"), ""), strict=True)) if pin else None
        made.append({**component, "image": image} if image else dict(component))
    return made


def _on_compose(record: Mapping[str, Any], options: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    files = record.get("files") or {}
    project = copy.deepcopy(record["project"])
    for service in project["services"].values():
        service["image"] = ids.get(service["image"], service["image"])
        # The digest is of the secrets of then; the plan hashes those of today in its place.
        parts = {}
        for entry in service.get("secrets") or []:
            name = entry if isinstance(entry, str) else entry["source"]
            key = name if isinstance(entry, str) else f"{name} {markers.sha256_digest({name: files[name]})}"
            parts[key] = name
        service["labels"][SECRETS] = markers.digest_of(parts)
    address = options["todo_publish_address"]
    ports = {c["name"]: [address, c["published_port"]] for c in record["components"] if c["published_port"]}
    return {
        "project": project,
        "secrets": compose_secrets(project, files),
        "images": sorted({service["image"] for service in project["services"].values()}),
        "ports": ports,
        "front_door": f"http://{address}:{ports['frontend'][1]}" if "frontend" in ports else "",
    }


def _on_cluster(record: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    objects = copy.deepcopy(record["objects"])
    for entry in objects:
        for pod in _pods(entry["object"]):
            notes = pod["metadata"].get("annotations") or {}
            if SECRETS in notes:
                notes[SECRETS] = markers.digest_of({name: name for name in _mounted(pod, "credentials")})
    ingress = options["todo_ingress"]
    scheme = "https" if ingress["tls"]["enabled"] else "http"
    return {
        "objects": objects,
        "secrets": cluster_secrets(objects),
        "images": record["images"],
        "front_door": f"{scheme}://{ingress['host']}" if ingress["enabled"] and ingress["host"] else "",
    }


def other_target(record: Mapping[str, Any], target: str) -> list[Diagnosis]:
    """That a release went to another target than the inventory names."""
    then = record["options"]["todo_target"]
    if then == target:
        return []
    cause = f"release {record['number']} was deployed with todo_target {then}, and the inventory says {target}"
    return [Diagnosis("release", cause, f"use the inventory whose target is {then}, or go back to another release")]


def said(record: Mapping[str, Any], serving: int | None, changes: Collection[str]) -> list[str]:
    """What the operator is told before the plan."""
    now = f"release {serving} serves" if serving else "no release serves"
    of = f"of {record['when']} by {record['who']}, version {record['version']}"
    return [f"back to release {record['number']} ({of}); {now}", *changes]
