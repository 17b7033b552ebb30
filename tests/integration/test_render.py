"""The rendered Compose file works alone: no Ansible, no state directory, only images and filled-in secrets."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import free_ports
from stack import Stack, ask, docker


@pytest.fixture
def name(stack: Stack) -> str:
    return f"{stack.name}-rendered"


def test_the_rendered_file_works_alone(stack: Stack, name: str, tmp_path: Path) -> None:
    ports = free_ports()
    ran = stack.ok("render", todo_dist_dir=str(tmp_path), **{f"{c}_published_port": p for c, p in ports.items()})
    folder = tmp_path / "compose"
    ran.says(
        rf"{folder}/compose\.yaml",
        rf"fill in secrets/chatbot_key, secrets/jwt_key, secrets/postgres_password, then: docker compose --project-directory {folder} up -d",
    )
    assert stack.ok(
        "render", todo_dist_dir=str(tmp_path), **{f"{c}_published_port": p for c, p in ports.items()}
    ).out.count("changed=0")
    for file in (folder / "secrets").iterdir():
        assert file.read_bytes() == b""
        file.write_text(secrets.token_hex(24))
    compose = [
        str(Path(sys.executable).parent / "docker-compose"),
        "--project-name",
        name,
        "--project-directory",
        str(folder),
    ]
    try:
        up = subprocess.run(
            [*compose, "up", "--detach", "--wait"], capture_output=True, text=True, check=False, timeout=300
        )
        assert up.returncode == 0, up.stderr
        assert ask(ports["frontend"], "GET", "/health/ready").status == 200
        account = {"email": "alone@example.com", "password": "password123", "name": "Alone"}
        assert ask(ports["backend"], "POST", "/api/auth/signup", account).status == 201
    finally:
        subprocess.run([*compose, "down", "--volumes", "--timeout", "5"], capture_output=True, check=False, timeout=120)
    assert not docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={name}")
