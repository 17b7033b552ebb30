"""Write a Kubernetes object that was rendered with symbols as a Helm template.

Every value goes through toJson: `quote` and `printf "%v"` print 1000000 as 1e+06.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import SENTINEL
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import quoted

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # YAML takes them for something else than texts
_VERBS = {"int": ("%d", "int64 {}"), "bool": ("%t", "{}"), "str": ("%s", "{}"), "path": ("%s", "{}")}


def emit(tree: Mapping[str, Any]) -> str:
    """Return the template text of one object; wrapped whole in its condition where it has one."""
    condition, body = _split(tree)
    lines = list(_block(body, 0))
    if condition:
        lines = [f"{{{{- if {condition} }}}}", *lines, "{{- end }}"]
    return "\n".join(lines) + "\n"


def _split(value: Any) -> tuple[str, Any]:
    """Part a value from the condition it stands under: ('', value) when it always stands."""
    conditions = []
    while isinstance(value, Mapping) and ("$only_if" in value or "$unless" in value):
        key = "$only_if" if "$only_if" in value else "$unless"
        expression = _expression(value[key])
        conditions.append(expression if key == "$only_if" else f"not {expression}")
        rest = {k: v for k, v in value.items() if k != key}
        value = rest.get("$value", rest)
    if _is_block(value):
        inner = [_split(item)[0] for item in (value.values() if isinstance(value, Mapping) else value)]
        if all(inner):
            conditions.append(_join("or", sorted(set(inner))))
    return _join("and", conditions), value


def _join(operator: str, conditions: list[str]) -> str:
    if len(conditions) < 2:
        return "".join(conditions)
    return f"{operator} " + " ".join(f"({condition})" for condition in conditions)


def _is_block(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and not {"$digest_of", "$image"} & value.keys()
    return isinstance(value, list) and bool(value)


def _block(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    pairs: Any = value.items() if isinstance(value, Mapping) else ((None, item) for item in value)
    for key, item in pairs:
        condition, body = _split(item)
        if condition:
            yield f"{{{{- if {condition} }}}}"
        head = f"{pad}-" if key is None else f"{pad}{_key(key)}:"
        if _is_block(body):
            yield head
            yield from _block(body, indent + 2)
        else:
            yield f"{head} {_scalar(body)}"
        if condition:
            yield "{{- end }}"


def _key(key: str) -> str:
    if SENTINEL.search(key) or "{{" in key:
        raise DeployError(f"the key {key!r} holds an option or template code; only values may")
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _WORDS else quoted(key)


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping) and "$digest_of" in value:
        pairs = " ".join(f"{quoted(k)} {_argument(v)}" for k, v in sorted(value["$digest_of"].items()))
        return f"{{{{ dict {pairs} | toJson | sha256sum | toJson }}}}"
    if isinstance(value, Mapping) and "$image" in value:
        parts = value["$image"]
        repository, tag, digest = (_argument(parts[key]) for key in ("repository", "tag", "digest"))
        by_digest, by_tag = f'printf "%s@%s" {repository} {digest}', f'printf "%s:%s" {repository} {tag}'
        return (
            f"{{{{ if {digest} }}}}{{{{ {by_digest} | toJson }}}}{{{{ else }}}}{{{{ {by_tag} | toJson }}}}{{{{ end }}}}"
        )
    if not isinstance(value, str):
        return quoted(value)
    whole = SENTINEL.fullmatch(value)
    if whole and (whole[1] == "v" or whole[2].endswith((":str", ":path"))):
        return f"{{{{ {_expression(value)} | toJson }}}}"
    if SENTINEL.search(value):
        return f"{{{{ {_printf(value)} | toJson }}}}"
    if "{{" in value or "}}" in value:
        return f"{{{{ {quoted(value)} | toJson }}}}"
    return quoted(value)


def _argument(value: Any) -> str:
    """A value as an argument inside a template action."""
    if isinstance(value, str) and not SENTINEL.search(value):
        return quoted(value)
    if isinstance(value, str) and not SENTINEL.fullmatch(value):
        return f"({_printf(value)})"
    return _expression(value)


def _expression(value: Any) -> str:
    """The values path that a whole sentinel stands for."""
    match = SENTINEL.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise DeployError(f"{value!r} stands where only an option may; conditions take options, not computed values")
    path = match[2].rsplit(":", 1)[0]
    return f".{path}" if path.startswith("Release.") else f".Values.{path}"


def _printf(text: str) -> str:
    form, arguments, position = "", [], 0
    for match in SENTINEL.finditer(text):
        path, kind = match[2].rsplit(":", 1)
        if kind not in _VERBS:
            raise DeployError(f"the option {path} is a {kind}; it cannot stand inside a text")
        verb, argument = _VERBS[kind]
        expression = argument.format(_expression(match[0]))
        form += text[position : match.start()].replace("%", "%%") + verb
        arguments.append(f"({expression})" if " " in expression else expression)
        position = match.end()
    form += text[position:].replace("%", "%%")
    return f"printf {quoted(form)} {' '.join(arguments)}"
