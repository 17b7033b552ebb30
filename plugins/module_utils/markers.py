"""Markers: the closed set of things that a template may leave to an option, resolved here for both renderings.

A marker is a map with a `$` key in the parsed tree. `resolve` puts real options in; chart.py writes the same meaning
as Helm template code. Whatever is added here must be added there, and to the parity test.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

REMOVED = object()

Digest = Callable[[Mapping[str, Any]], str]


def only_if(value: Any, option: Any) -> dict[str, Any]:
    """Keep `value` (or the map, list element or object that it stands for) where the option is true."""
    return {"$only_if": option, "$value": value}


def unless(value: Any, option: Any) -> dict[str, Any]:
    """Keep `value` where the option is false."""
    return {"$unless": option, "$value": value}


def digest_of(parts: Mapping[str, Any]) -> dict[str, Any]:
    """A hash over `parts` (name -> content): put on a pod, it rolls the pod when one of them changes."""
    return {"$digest_of": dict(parts)}


def image(reference: Any) -> dict[str, Any]:
    """An image reference of {repository, tag, digest}: by digest where there is one, else by tag."""
    return {"$image": {key: reference[key] for key in ("repository", "tag", "digest")}}


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


def resolve(tree: Any, digest: Digest = sha256_digest) -> Any:
    """Return the tree with every marker replaced by what the (real) options make of it.

    A map or list that held something and lost all of it to markers goes as well, since the chart leaves out its key too.
    Returns REMOVED where nothing is left of the tree itself.
    """
    if isinstance(tree, Mapping):
        for key, keep in (("$only_if", True), ("$unless", False)):
            if key in tree:
                if tree[key] is not keep:
                    return REMOVED
                rest = {k: v for k, v in tree.items() if k != key}
                return resolve(rest.get("$value", rest), digest)
        if "$digest_of" in tree:
            return digest(tree["$digest_of"])
        if "$image" in tree:
            return image_reference(tree["$image"])
        result = {key: value for key, inner in tree.items() if (value := resolve(inner, digest)) is not REMOVED}
        return result if result or not tree else REMOVED
    if isinstance(tree, list):
        items = [value for inner in tree if (value := resolve(inner, digest)) is not REMOVED]
        return items if items or not tree else REMOVED
    return tree
