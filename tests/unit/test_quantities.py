"""Kubernetes quantities in Docker's units."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError
from ansible_collections.todoapp.stack.plugins.module_utils.quantities import cpus, memory_bytes


@pytest.mark.parametrize(
    ("text", "cores"),
    [("250m", 0.25), ("10m", 0.01), ("1", 1.0), ("0.5", 0.5), (2, 2.0), (0.5, 0.5), ("1000m", 1.0), ("12.75", 12.75)],
)
def test_cpus(text, cores):
    assert cpus(text) == cores


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("256Mi", 256 * 2**20),
        ("1Gi", 2**30),
        ("4Ti", 4 * 2**40),
        ("6144Ki", 6 * 2**20),
        ("500M", 500 * 10**6),
        ("2G", 2 * 10**9),
        ("3T", 3 * 10**12),
        ("7000k", 7 * 10**6),
        ("10000000", 10**7),
        (10000000, 10**7),
    ],
)
def test_memory(text, size):
    assert memory_bytes(text) == size


@pytest.mark.parametrize(
    "text", ["", "lots", "-1", "1 ", "1e3", "1Mi", "250M", "m", ".5", "1.", "0x1", "250m\n", "٣", None, True, [], "1,5"]
)
def test_no_amount_of_cpu(text):
    with pytest.raises(OptionError, match=r"is no amount of CPU; write 250m or 0\.5"):
        cpus(text)


@pytest.mark.parametrize(
    "text",
    ["", "lots", "-1Mi", "1.5Gi", "1mi", "1KI", "1ki", "1K", "256 Mi", "256MB", "1e9", "Mi", "٣Mi", None, True, {}],
)
def test_no_amount_of_memory(text):
    with pytest.raises(OptionError, match="is no amount of memory; write 256Mi or 1Gi"):
        memory_bytes(text)


@pytest.mark.parametrize("text", ["0", "0m", "9m", "0.001"])
def test_too_little_cpu(text):
    with pytest.raises(OptionError, match=rf"'{text}' is less CPU than a container can be limited to \(10m\)"):
        cpus(text)


@pytest.mark.parametrize("text", ["0", "0Gi", "1", "5Mi", "256"])
def test_too_little_memory(text):
    with pytest.raises(OptionError, match=rf"'{text}' is less memory than a container can be limited to \(6Mi\)"):
        memory_bytes(text)
