"""Kubernetes quantities in the units that Docker takes."""

from __future__ import annotations

import re

from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError

_MEMORY = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
# Docker refuses less than these, and takes 0 for "no limit".
_LEAST_CPUS, _LEAST_MEMORY = 0.01, 6 * 2**20


def cpus(quantity: str) -> float:
    """CPU cores of `250m`, `1` or `0.5`. Raises OptionError on anything else."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(m?)", str(quantity))
    if not match:
        raise OptionError([f"{quantity!r} is no amount of CPU; write 250m or 0.5"])
    cores = float(match[1]) / (1000 if match[2] else 1)
    if cores < _LEAST_CPUS:
        raise OptionError([f"{quantity!r} is less CPU than a container can be limited to (10m)"])
    return cores


def memory_bytes(quantity: str) -> int:
    """Bytes of `256Mi`, `1Gi` or `500M`. Raises OptionError on anything else."""
    match = re.fullmatch(r"([0-9]+)([kMGT]i?|Ki)?", str(quantity))
    if not match or (match[2] or "") not in _MEMORY:
        raise OptionError([f"{quantity!r} is no amount of memory; write 256Mi or 1Gi"])
    size = int(match[1]) * _MEMORY[match[2] or ""]
    if size < _LEAST_MEMORY:
        raise OptionError([f"{quantity!r} is less memory than a container can be limited to (6Mi)"])
    return size
