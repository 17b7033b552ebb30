"""Options: gathered, spell-checked, coerced and range-checked once, before anything runs.

The specification is a role's `meta/argument_specs.yml` (Ansible's own format). Ansible checks types but neither
refuses unknown variables, nor writes coerced values back, nor merges maps; Helm does merge maps, so we do too.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError, did_you_mean

Spec = Mapping[str, Any]

_TRUE = {"yes", "on", "true", "1", "y", "t"}
_FALSE = {"no", "off", "false", "0", "n", "f"}
_RANGE = re.compile(r"\(from (\d+) to (\d+)\)")


@dataclass(frozen=True)
class OptionPath:
    """Where an option lives in the chart's values: `backend_replicas` is ("backend", "replicas")."""

    role: str
    rest: str

    @classmethod
    def of(cls, name: str, roles: Iterable[str]) -> OptionPath:
        """Split an option's name at its role (`todo` for the release's own).

        Raises ValueError when the name starts with none of the roles.
        """
        for role in sorted(roles, key=len, reverse=True):
            if name.startswith(f"{role}_"):
                return cls(role, name[len(role) + 1 :])
        raise ValueError(f"the option {name} belongs to none of the roles {', '.join(sorted(roles))}")

    @property
    def values_path(self) -> tuple[str, ...]:
        """The path in values.yaml; the release's own options stand at the top level."""
        return (self.rest,) if self.role == "todo" else (self.role, self.rest)


def resolve(specs: Mapping[str, Spec], given: Mapping[str, Any], roles: Iterable[str]) -> dict[str, Any]:
    """Return every option's final value.

    :param specs: option name -> its argument spec (type, default, choices, options, elements).
    :param given: variables that the user set, of any prefix; those without one of the roles' prefixes are not ours.
    :param roles: the role names whose prefixes are ours, `todo` included.
    :raises OptionError: with one sentence per problem; nothing is returned half done.
    """
    problems: list[str] = []
    for name in sorted(given):
        if name in specs or not any(name.startswith(f"{role}_") for role in roles):
            continue
        problems.append(f"{name} is not an option{did_you_mean(name, specs)}")
    values = {}
    for name, spec in specs.items():
        default = spec.get("default")
        try:
            value = merge(default, given[name]) if name in given else default
            values[name] = _coerce(name, spec, value)
        except OptionError as error:
            problems.extend(error.problems)
    if problems:
        raise OptionError(problems)
    return values


def public(specs: Mapping[str, Spec], values: Mapping[str, Any]) -> dict[str, Any]:
    """The options' values without those that nobody may see (no_log), alone or as keys of a map."""
    shown = {name: value for name, value in values.items() if not specs.get(name, {}).get("no_log")}
    for name, value in shown.items():
        inner = specs.get(name, {}).get("options")
        if inner and isinstance(value, Mapping):
            shown[name] = public(inner, value)
    return shown


def merge(default: Any, given: Any) -> Any:
    """Lay a given map over the default one, key by key and deep, as Helm does; anything else replaces it."""
    if isinstance(default, Mapping) and isinstance(given, Mapping):
        return {**default, **{key: merge(default.get(key), value) for key, value in given.items()}}
    return given


def _coerce(name: str, spec: Spec, value: Any) -> Any:
    kind = spec.get("type", "str")
    if spec.get("no_log"):
        return _secrets(name, value) if kind == "dict" else _secret(name, value)
    if value is None:
        if spec.get("required") or "default" in spec:
            raise OptionError([f"{name} is empty; it needs {_article(kind)}{_example(spec)}"])
        return None
    value = _COERCIONS[kind](name, spec, value)
    choices = spec.get("choices")
    if choices and value not in choices:
        raise OptionError([f"{name} is {value!r}{did_you_mean(str(value), map(str, choices))}"])
    bounds = _RANGE.search(_text(spec.get("description", "")))
    if bounds and kind == "int" and not int(bounds[1]) <= value <= int(bounds[2]):
        raise OptionError([f"{name} is {value}; it must be from {bounds[1]} to {bounds[2]}"])
    return value


def _secrets(name: str, value: Any) -> dict[str, str]:
    """A map of texts, refused without showing what it holds."""
    if not isinstance(value, Mapping):
        raise OptionError([f"{name} is no map; it needs names with texts (what it holds is not shown)"])
    result, problems = {}, []
    for key, text in value.items():
        try:
            result[_plain_key(name, key)] = _secret(f"{name}.{key}", text)
        except OptionError as error:
            problems.extend(error.problems)
    if problems:
        raise OptionError(problems)
    return result


def _secret(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise OptionError([f"{name} is no text; quote it in YAML"])
    return _str(name, {}, value)


def _str(name: str, spec: Spec, value: Any) -> str:
    if isinstance(value, (bool, Mapping, list)):
        raise OptionError([f"{name} is {value!r}; it needs a text{_example(spec)} (quote it in YAML)"])
    text = str(value)
    if not all(map(_is_text, text)):
        raise OptionError([f"{name} holds a control or private-use character, which no target accepts"])
    return text


def _is_text(char: str) -> bool:
    """Whether YAML, JSON and Helm's template code can all carry a character (and none of ours means something else)."""
    return char in "\n\t" or not (unicodedata.category(char) in ("Cc", "Cs", "Co") or char in "\ufffe\uffff")


def _int(name: str, spec: Spec, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise OptionError([f"{name} is {value!r}; it needs a whole number{_example(spec)}"])


def _bool(name: str, spec: Spec, value: Any) -> bool:  # noqa: ARG001 - one form for all coercions
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if isinstance(value, (str, int)) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise OptionError([f"{name} is {value!r}; it needs true or false"])


def _list(name: str, spec: Spec, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise OptionError([f"{name} is {value!r}; it needs a list{_example(spec)}"])
    element = {"type": spec.get("elements", "str"), "options": spec.get("options", {}), "required": True}
    result, problems = [], []
    for index, item in enumerate(value):
        try:
            result.append(_coerce(f"{name}[{index}]", element, item))
        except OptionError as error:
            problems.extend(error.problems)
    if problems:
        raise OptionError(problems)
    return result


def _dict(name: str, spec: Spec, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise OptionError([f"{name} is {value!r}; it needs a map{_example(spec)}"])
    known = spec.get("options")
    if not known:
        return _plain(name, value)
    keys = [_plain_key(name, key) for key in value]
    problems = [f"{name}.{key} is not an option{did_you_mean(key, known)}" for key in keys if key not in known]
    result = {}
    for key, inner in known.items():
        inner_value = value.get(key, inner.get("default"))
        try:
            result[key] = _coerce(f"{name}.{key}", inner, merge(inner.get("default"), inner_value))
        except OptionError as error:
            problems.extend(error.problems)
    if problems:
        raise OptionError(problems)
    return result


def _plain(name: str, value: Any) -> Any:
    """A free-form tree, rid of Ansible's tagged types so that it can be dumped and compared anywhere."""
    if isinstance(value, Mapping):
        return {_plain_key(name, key): _plain(f"{name}.{key}", inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(f"{name}[{index}]", inner) for index, inner in enumerate(value)]
    if isinstance(value, str):
        return _str(name, {}, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise OptionError([f"{name} is {value}; it needs a number that is finite"])
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise OptionError([f"{name} is {value!r}; it needs a text, a number, true or false, a list or a map"])


def _plain_key(name: str, key: Any) -> str:
    if not isinstance(key, str):
        raise OptionError([f"{name} has the key {key!r}; keys must be texts (quote it in YAML)"])
    return _str(f"a key of {name}", {}, key)


_COERCIONS = {"str": _str, "path": _str, "int": _int, "bool": _bool, "list": _list, "dict": _dict}


def _article(kind: str) -> str:
    return {"int": "a whole number", "bool": "true or false", "list": "a list", "dict": "a map"}.get(kind, "a text")


def _example(spec: Spec) -> str:
    default = spec.get("default")
    return f", such as {default!r}" if default not in (None, "", [], {}) else ""


def _text(description: str | list[str]) -> str:
    return description if isinstance(description, str) else " ".join(description)
