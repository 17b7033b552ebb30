"""Kubernetes quantities in the units that Docker takes."""

from __future__ import annotations

import re

from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError

_MEMORY = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def cpus(quantity: str) -> float:
    """CPU cores of `250m`, `1` or `0.5`. Raises OptionError on anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(m?)", str(quantity))
    if not match:
        raise OptionError([f"{quantity!r} is no amount of CPU; write 250m or 0.5"])
    return float(match[1]) / (1000 if match[2] else 1)


def memory_bytes(quantity: str) -> int:
    """Bytes of `256Mi`, `1Gi` or `500M`. Raises OptionError on anything else."""
    match = re.fullmatch(r"(\d+)([kMGT]i?|Ki)?", str(quantity))
    if not match or (match[2] or "") not in _MEMORY:
        raise OptionError([f"{quantity!r} is no amount of memory; write 256Mi or 1Gi"])
    return int(match[1]) * _MEMORY[match[2] or ""]
