"""The chart's values: those options that some template reads, as one tree of specs in the shape of values.yaml.

An option that means nothing in a chart (a published port, the state directory) occurs in no template, and so not here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.options import OptionPath, merge
from ansible_collections.todoapp.stack.plugins.module_utils.release import Role
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import plain

Spec = Mapping[str, Any]
Path = tuple[str, ...]

_READ = re.compile(r"\.Values((?:\.\w+)+)")
_TEXTS = re.compile(r"(?:range \$key, \$value :=|nodeSelector: \{\{) \.Values((?:\.\w+)+)")
_EMPTY: dict[str, Any] = {"int": 0, "bool": False, "list": [], "dict": {}}


def read(texts: Iterable[str]) -> set[Path]:
    """The paths of the values that templates read."""
    return {tuple(path[1:].split(".")) for text in texts for path in _READ.findall(text)}


def texts_only(texts: Iterable[str]) -> set[Path]:
    """The paths of the maps that become annotations and node labels, which hold texts and nothing else."""
    return {tuple(path[1:].split(".")) for text in texts for path in _TEXTS.findall(text)}


def tree(roles: list[Role], shared: Mapping[str, Spec], titles: Mapping[str, str], used: set[Path]) -> Spec:
    """The spec of all values: a map of the release's own options and, by component, of the components'.

    :param shared: the specs of the options that begin with todo_ (others are left out).
    :param titles: what each component is.
    :param used: what templates read (see `read`).
    """
    prefixes = ["todo", *(role.name for role in roles)]
    specs = {name: spec for name, spec in shared.items() if name.startswith("todo_")}
    for role in roles:
        specs |= role.specs
    paths = {name: OptionPath.of(name, prefixes).values_path for name in specs}
    words = {name: ".".join(path) for name, path in paths.items()}
    root: dict[str, Any] = {}
    for name, spec in specs.items():
        kept = _kept(paths[name], _in_words(spec, words), used)
        if kept is not None:
            *parents, last = paths[name]
            into = root
            for parent in parents:
                group = {"type": "dict", "description": f"{titles[parent]}.", "options": {}}
                into = into.setdefault(parent, group)["options"]
            into[last] = kept
    return {"type": "dict", "options": root}


def _kept(path: Path, spec: Spec, used: set[Path]) -> Spec | None:
    """The part of an option that templates read; None where they read nothing of it."""
    if any(path[: len(one)] == one for one in used):
        return spec
    below = sorted({one[len(path)] for one in used if one[: len(path)] == path})
    inner = spec.get("options")
    if not inner:  # a free map, of which templates read some keys
        options = {key: {"type": "str", "default": "", "no_log": spec.get("no_log", False)} for key in below}
    else:
        found = {key: _kept((*path, key), one, used) for key, one in inner.items()}
        options = {key: one for key, one in found.items() if one is not None}
    return {**spec, "options": options} if below else None


def _in_words(spec: Spec, words: Mapping[str, str]) -> dict[str, Any]:
    """The spec with the options in its descriptions named as in values.yaml, without what is said of other targets."""
    said = " ".join(str(spec.get("description", "")).split())
    first, *others = re.split(r"(?<=\.) (?=[A-Z])", said)
    said = " ".join([first, *(one for one in others if not re.search("Compose|Ansible", one))])
    said = re.sub(r"\b[a-z]+_\w+", lambda match: words.get(match[0], match[0]), said)
    inner = {key: _in_words(one, words) for key, one in spec.get("options", {}).items()}
    return {**spec, "description": said, **({"options": inner} if inner else {})}


def defaults(spec: Spec) -> Any:
    """The values that stand in values.yaml."""
    inner = spec.get("options")
    given = spec.get("default")
    if not inner:
        return _EMPTY.get(spec.get("type", "str"), "") if given is None else given
    return {key: merge(defaults(one), (given or {}).get(key, defaults(one))) for key, one in inner.items()}


def of_options(spec: Spec, options: Mapping[str, Any], prefixes: Iterable[str]) -> dict[str, Any]:
    """Options as the chart's values, without those that the chart has not.

    :param spec: what `tree` returned.
    :param prefixes: the roles' names and `todo`; options of other names are left out.
    """
    found: dict[str, Any] = {}
    prefixes = list(prefixes)
    ours = {name: value for name, value in options.items() if any(name.startswith(f"{one}_") for one in prefixes)}
    for name, value in ours.items():
        *parents, last = OptionPath.of(name, prefixes).values_path
        into = found
        for key in parents:
            into = into.setdefault(key, {})
        into[last] = value
    return _pruned(spec, found)


def _pruned(spec: Spec, values: Any) -> Any:
    inner = spec.get("options")
    return {key: _pruned(one, values[key]) for key, one in inner.items() if key in values} if inner else values


def difference(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `given` that are not as in `values`."""
    found = {}
    for key, value in given.items():
        there = values.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping) and there:
            if inner := difference(there, value):
                found[key] = inner
        elif value != there:
            found[key] = value
    return found


def text(spec: Spec, values: Mapping[str, Any], *, comments: bool = True) -> str:
    """Values as YAML, each under its option's description."""
    width = 110 if comments else 0
    groups = [
        list(_lines({"options": {key: one}}, values, "", width))
        for key, one in spec["options"].items()
        if key in values
    ]
    return "\n".join("".join(f"{line}\n" for line in group) for group in groups)


def _lines(spec: Spec, values: Mapping[str, Any], pad: str, width: int) -> Iterator[str]:
    for key, one in spec["options"].items():
        if key not in values:
            continue
        for line in textwrap.wrap(one.get("description", ""), width - len(pad)) if width else ():
            yield f"{pad}# {line}"
        if one.get("options"):
            yield f"{pad}{key}:"
            yield from _lines(one, values[key], pad + "  ", width)
        else:
            yield f"{pad}{key}: {plain(values[key])}"
