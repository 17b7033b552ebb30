"""Write a Kubernetes object that was rendered with symbols as a Helm template.

Every value goes through toJson: `quote` and `printf "%v"` print 1000000 as 1e+06.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.markers import CONDITIONS, REMOVED
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import SENTINEL
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import is_plain, plain, quoted

_VERBS = {"int": ("%d", "int64 {}"), "bool": ("%t", "{}"), "str": ("%s", "{}"), "path": ("%s", "{}")}
_SCALARS = {"$digest_of", "$image", "$secret", "$registry_login"}  # markers that become one text


def emit(tree: Mapping[str, Any]) -> str:
    """Return the template text of one object; wrapped whole in its condition where it has one, "" when it never stands."""
    tree = _settled(tree)
    if tree is REMOVED:
        return ""
    condition, body = _split(tree)
    lines = list(_block(body, 0))
    if condition:
        lines = [f"{{{{- if {condition} }}}}", *lines, "{{- end }}"]
    return "\n".join(lines) + "\n"


def _settled(tree: Any) -> Any:
    """The tree without the markers that a description has settled by itself, with true, {} and the like for an option."""
    if isinstance(tree, list):
        items = [kept for item in tree if (kept := _settled(item)) is not REMOVED]
        return items if items or not tree else REMOVED
    if not _is_block(tree):
        return tree
    for key, keep in CONDITIONS:
        if key in tree:
            rest = {k: v for k, v in tree.items() if k != key}
            holds = _constant(tree[key])
            value = REMOVED if holds is (not keep) else _settled(rest.get("$value", rest))
            return value if value is REMOVED or holds is not None else {key: tree[key], "$value": value}
    if "$named" in tree:
        return tree
    added = tree.get("$more")
    entries = {k: kept for k, v in tree.items() if k != "$more" and (kept := _settled(v)) is not REMOVED}
    entries |= added if isinstance(added, Mapping) else {"$more": added} if "$more" in tree else {}
    return entries or REMOVED


def _constant(condition: Any) -> bool | None:
    """What a condition is for ever; None when an option or the cluster decides."""
    if isinstance(condition, Mapping) and "$filled" in condition:
        option = condition["$filled"]
        return None if isinstance(option, str) and SENTINEL.fullmatch(option) else bool(option)
    return condition if isinstance(condition, bool) else None


def _split(value: Any) -> tuple[str, Any]:
    """Part a value from the condition it stands under: ('', value) when it always stands."""
    conditions = []
    while isinstance(value, Mapping) and (found := [(key, keep) for key, keep in CONDITIONS if key in value]):
        key, keep = found[0]
        expression = _condition(value[key])
        conditions.append(expression if keep else f"not {_nested(expression)}")
        rest = {k: v for k, v in value.items() if k != key}
        value = rest.get("$value", rest)
    if _is_block(value):
        inner = [condition for condition, _body in _entries(value, overrides=False)]
        if all(inner):
            conditions.append(_join("or", sorted(set(inner))))
    return _join("and", conditions), value


def _entries(value: Any, *, overrides: bool = True) -> Iterator[tuple[str, Any]]:
    """The condition and the body of each entry of a block.

    :param overrides: whether an entry gives way to the same one of `more`; the block as a whole stands either way.
    """
    if isinstance(value, list):
        for item in value:
            yield (_expression(item["$named"]), item) if _is_named(item) else _split(item)
        return
    added = _expression(value["$more"]) if "$more" in value else ""
    for key, item in value.items():
        if key == "$more":
            yield added, item
            continue
        condition, body = _split(item)
        if added and overrides:  # what the option says goes before
            condition = _join("and", [f"not (hasKey {added} {quoted(key)})", *([condition] if condition else [])])
        yield condition, body


def _join(operator: str, conditions: list[str]) -> str:
    if len(conditions) < 2:
        return "".join(conditions)
    return f"{operator} " + " ".join(f"({condition})" for condition in conditions)


def _nested(expression: str) -> str:
    return f"({expression})" if " " in expression else expression


def _is_named(value: Any) -> bool:
    return isinstance(value, Mapping) and "$named" in value


def _is_block(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and not _SCALARS & value.keys()
    return isinstance(value, list) and bool(value)


def _block(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    keys = list(value) if isinstance(value, Mapping) else [None] * len(value)
    open_condition = ""  # neighbours under the same condition share it
    for key, (condition, body) in zip(keys, _entries(value), strict=True):
        is_range = key == "$more" or _is_named(body)
        if open_condition and (is_range or condition != open_condition):
            yield "{{- end }}"
        if not is_range and condition and condition != open_condition:
            yield f"{{{{- if {condition} }}}}"
        open_condition = "" if is_range else condition
        if key == "$more":
            yield f"{{{{- range $key, $value := {_expression(body)} }}}}"
            yield f"{pad}{{{{ $key | toJson }}}}: {{{{ $value | toJson }}}}"
            yield "{{- end }}"
            continue
        if _is_named(body):
            yield f"{{{{- range {_expression(body['$named'])} }}}}"
            yield f"{pad}- name: {{{{ . | toJson }}}}"
            yield "{{- end }}"
            continue
        head = f"{pad}-" if key is None else f"{pad}{_key(key)}:"
        if _is_block(body):
            first, *others = _block(body, indent + 2)
            # An element's first key stands beside its dash, as people write it, unless it stands under a condition.
            yield from (f"{head} {first.lstrip()}",) if key is None and first.startswith(" ") else (head, first)
            yield from others
        else:
            yield f"{head} {_scalar(body)}"
    if open_condition:
        yield "{{- end }}"


def _key(key: str) -> str:
    if SENTINEL.search(key) or "{{" in key:
        raise DeployError(f"the key {key!r} holds an option or template code; only values may")
    return key if is_plain(key) else quoted(key)


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
    if isinstance(value, Mapping) and "$secret" in value:
        return f"{{{{ {_secret(value['$secret'])} | b64enc | toJson }}}}"
    if isinstance(value, Mapping) and "$registry_login" in value:
        login = value["$registry_login"]
        host, user, password = (_argument(login[key]) for key in ("host", "username", "password"))
        account = f'dict "username" {user} "password" {password} "auth" (printf "%s:%s" {user} {password} | b64enc)'
        return f'{{{{ dict "auths" (dict {host} ({account})) | toJson | b64enc | toJson }}}}'
    if not isinstance(value, str):
        return quoted(value)
    whole = SENTINEL.fullmatch(value)
    if whole and (whole["form"] == "v" or whole["kind"] in ("str", "path")):
        return f"{{{{ {_expression(value)} | toJson }}}}"
    if whole and whole["form"] == "j":
        return f"{{{{ {_joined(whole)} | toJson }}}}"
    if SENTINEL.search(value):
        return f"{{{{ {_printf(value)} | toJson }}}}"
    if "{{" in value or "}}" in value:
        return f"{{{{ {quoted(value)} | toJson }}}}"
    return plain(value)


def _secret(name: str) -> str:
    """The place of a secret's value. (Where the chart says that one is missing, it says so here.)"""
    return f".Values.secrets.{name}"


def _argument(value: Any) -> str:
    """A value as an argument inside a template action."""
    if isinstance(value, str) and not SENTINEL.search(value):
        return quoted(value)
    whole = SENTINEL.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, str) and (not whole or whole["form"] == "j"):
        return f"({_printf(value)})"
    return _expression(value)


def _condition(value: Any) -> str:
    if isinstance(value, Mapping) and "$api" in value:
        return f".Capabilities.APIVersions.Has {quoted(value['$api'])}"
    if isinstance(value, Mapping) and "$filled" in value:
        return _expression(value["$filled"])
    return _expression(value)


def _expression(value: Any) -> str:
    """The values path that a whole sentinel stands for."""
    match = SENTINEL.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise DeployError(f"{value!r} stands where only an option may; conditions take options, not computed values")
    path = match["path"]
    return f".{path}" if path.startswith("Release.") else f".Values.{path}"


def _joined(match: re.Match[str]) -> str:
    return f"{_expression(match[0])} | join {quoted(match['separator'])}"


def _printf(text: str) -> str:
    form, arguments, position = "", [], 0
    for match in SENTINEL.finditer(text):
        path, kind = match["path"], match["kind"]
        if match["form"] == "j":
            verb, expression = "%s", _joined(match)
        elif kind in _VERBS:
            verb, argument = _VERBS[kind]
            expression = argument.format(_expression(match[0]))
        else:
            raise DeployError(f"the option {path} is a {kind}; it cannot stand inside a text")
        form += text[position : match.start()].replace("%", "%%") + verb
        arguments.append(_nested(expression))
        position = match.end()
    form += text[position:].replace("%", "%%")
    return f"printf {quoted(form)} {' '.join(arguments)}"
