"""JSON that means the same when it is read as YAML, or as a Go string literal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

# YAML folds these line breaks inside quotes to a space (YAML 1.1, 4.2), and drops the byte order mark.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\x7f\x85\u2028\u2029\ufeff"})


def quoted(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """`value` as one line of JSON; astral characters stay, since YAML does not read surrogate pairs."""
    return json.dumps(value, default=default, ensure_ascii=False).translate(_ESCAPED)
