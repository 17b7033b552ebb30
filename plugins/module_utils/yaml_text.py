"""JSON that means the same when it is read as YAML, or as a Go string literal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

# YAML folds these line breaks inside quotes to a space (YAML 1.1, 4.2), and drops the byte order mark.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\x7f\x85\u2028\u2029\ufeff"})

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*|\d+(m|Ki|Mi|Gi|Ti)")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # YAML takes them for something else than texts


def is_plain(value: Any) -> bool:
    """Whether a value is a text that every reader of YAML takes for the same text without quotes."""
    return isinstance(value, str) and bool(_PLAIN.fullmatch(value)) and value.lower() not in _WORDS


def plain(value: Any) -> str:
    """`value` on one line as YAML, with the quotes left out where nobody needs them."""
    return str(value) if is_plain(value) else quoted(value)


def quoted(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """`value` as one line of JSON; astral characters stay, since YAML does not read surrogate pairs."""
    return json.dumps(value, default=default, ensure_ascii=False).translate(_ESCAPED)
