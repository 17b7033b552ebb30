"""Identifiers."""

import secrets
import time


def new_id() -> str:
    """Return a UUID of version 7 (RFC 9562): it begins with the time, so index pages fill one after the other."""
    value = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
