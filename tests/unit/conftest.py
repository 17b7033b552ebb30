"""Make this clone importable as the collection that it is, whatever the working directory."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ansible" / "collections"))


@pytest.fixture(scope="session")
def helm() -> str:
    """The Helm binary, as scripts/setup.sh fetched it."""
    return subprocess.run(
        [ROOT / "scripts" / "tool.sh", "helm"], check=True, capture_output=True, text=True
    ).stdout.strip()
