"""Identifiers."""

import re
import secrets
import time

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)


def new_id() -> str:
    """Return a UUID of version 7 (RFC 9562): it begins with the time, so index pages fill one after the other."""
    value = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_id(text: object) -> bool:
    """Return whether it is a UUID as we write them; PostgreSQL would fail on anything else."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None
