"""Markers: the closed set of things that a template may leave to an option, resolved here for both renderings.

A marker is a map with a `$` key in the parsed tree. `resolve` puts real options in; chart.py writes the same meaning
as Helm template code. Whatever is added here must be added there, and to the parity test.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

REMOVED = object()
CONDITIONS = (("$only_if", True), ("$unless", False))

Digest = Callable[[Mapping[str, Any]], str]


def only_if(value: Any, condition: Any) -> dict[str, Any]:
    """Keep `value` (or the map, list element or object that it stands for) where the condition holds.

    :param condition: a boolean option, or what `api` or `filled` gives.
    """
    return {"$only_if": condition, "$value": value}


def unless(value: Any, condition: Any) -> dict[str, Any]:
    """Keep `value` where the condition does not hold."""
    return {"$unless": condition, "$value": value}


def api(group_version: str) -> dict[str, Any]:
    """The condition that the cluster serves an API, such as route.openshift.io/v1."""
    return {"$api": group_version}


def filled(option: Any) -> dict[str, Any]:
    """The condition that an option is not empty: no "", [] or {}."""
    return {"$filled": option}


def if_filled(option: Any) -> dict[str, Any]:
    """The option's value where it is not empty: "" for a storage class, say, means another thing than none."""
    return only_if(option, filled(option))


def more(entries: Mapping[str, Any], option: Any) -> dict[str, Any]:
    """A map of `entries` and of what the option (a map) adds; what the option says goes before."""
    return {**entries, "$more": option}


def named(option: Any) -> dict[str, Any]:
    """Inside a list: one element {name: TEXT} for each text of the option (a list)."""
    return {"$named": option}


def digest_of(parts: Mapping[str, Any]) -> dict[str, Any]:
    """A hash over `parts` (name -> content): put on a pod, it rolls the pod when one of them changes."""
    return {"$digest_of": dict(parts)}


def image(reference: Any) -> dict[str, Any]:
    """An image reference of {repository, tag, digest}: by digest where there is one, else by tag."""
    return {"$image": {key: reference[key] for key in ("repository", "tag", "digest")}}


def secret(name: str) -> dict[str, Any]:
    """A secret's value inside a Secret object's `data`."""
    return {"$secret": name}


def registry_login(registry: Any) -> dict[str, Any]:
    """What a Secret for pulling images from a registry ({host, username, password}) holds."""
    return {"$registry_login": {key: registry[key] for key in ("host", "username", "password")}}


def canonical_json(value: Any) -> str:
    """The bytes that Helm's toJson gives (sorted keys, HTML characters escaped), so that both sides hash the same."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def sha256_digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of `parts`."""
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def image_reference(reference: Mapping[str, str]) -> str:
    """`repository@digest` where a digest is known, else `repository:tag`."""
    if reference["digest"]:
        return f"{reference['repository']}@{reference['digest']}"
    return f"{reference['repository']}:{reference['tag']}"


def login_text(login: Mapping[str, Any], secrets: Mapping[str, str]) -> str:
    """The text of a Secret of type kubernetes.io/dockerconfigjson; the password may be a `secret`."""
    user, password = login["username"], login["password"]
    if isinstance(password, Mapping):
        password = secrets[password["$secret"]]
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    return canonical_json({"auths": {login["host"]: {"username": user, "password": password, "auth": auth}}})


def resolve(
    tree: Any,
    digest: Digest | None = sha256_digest,
    apis: Collection[str] | None = (),
    secrets: Mapping[str, str] | None = None,
) -> Any:
    """Return the tree with every marker replaced by what the (real) options make of it.

    A map or list that held something and lost all of it to markers goes as well, since the chart leaves out its key too.
    Returns REMOVED where nothing is left of the tree itself.

    :param digest: how `digest_of` hashes its parts; None leaves it as it is, for who knows the parts later.
    :param apis: the group/versions that the cluster serves; None leaves the conditions on them as they are.
    :param secrets: the secrets' values; None leaves `secret` and `registry_login` as they are.
    """

    def inner(tree: Any) -> Any:
        if isinstance(tree, list):
            items = [value for item in tree for value in elements(item) if value is not REMOVED]
            return items if items or not tree else REMOVED
        if not isinstance(tree, Mapping):
            return tree
        for key, keep in CONDITIONS:
            if key in tree:
                rest = {k: v for k, v in tree.items() if k != key}
                value = rest.get("$value", rest)
                if apis is None and _asks_cluster(tree[key]):
                    kept = inner(value)
                    return kept if kept is REMOVED else {key: tree[key], "$value": kept}
                return inner(value) if _holds(tree[key], apis or ()) is keep else REMOVED
        if "$digest_of" in tree:
            return digest(tree["$digest_of"]) if digest else tree
        if "$image" in tree:
            return image_reference(tree["$image"])
        if "$secret" in tree:
            return tree if secrets is None else _base64(secrets[tree["$secret"]])
        if "$registry_login" in tree:
            return tree if secrets is None else _base64(login_text(tree["$registry_login"], secrets))
        entries = {key: kept for key, value in tree.items() if key != "$more" and (kept := inner(value)) is not REMOVED}
        entries |= tree.get("$more", {})
        return entries if entries or not tree else REMOVED

    def elements(item: Any) -> list[Any]:
        if isinstance(item, Mapping) and "$named" in item:
            return [{"name": text} for text in item["$named"]]
        return [inner(item)]

    return inner(tree)


def _asks_cluster(condition: Any) -> bool:
    return isinstance(condition, Mapping) and "$api" in condition


def _holds(condition: Any, apis: Collection[str]) -> bool | None:
    """Whether a condition holds; None for what is none, which keeps neither what is wanted only if, nor unless."""
    if _asks_cluster(condition):
        return condition["$api"] in apis
    if isinstance(condition, Mapping) and "$filled" in condition:
        return bool(condition["$filled"])
    return condition if isinstance(condition, bool) else None


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
