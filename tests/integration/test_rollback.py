"""Going back: a release comes back as one unit, and what cannot be gone back to is refused before anything changes."""

from __future__ import annotations

import json

import pytest
from stack import docker

LIFETIME = 4321
CONTRACT = r"""
USER root
RUN cd $(python3 -c "import todo_backend, os; print(os.path.dirname(todo_backend.__file__))")/migrations \
 && rm -rf __pycache__ && sed -i 's/^HEAD = .*/HEAD = "9001"/' __init__.py \
 && last=$(ls versions | grep -E '^[0-9]{4}_' | sort | tail -1 | cut -c1-4) \
 && printf 'from todo_backend.migrations import set_oldest_compatible\nrevision = "9001"\ndown_revision = "%s"\ndef upgrade():\n    set_oldest_compatible("9001")\n' $last > versions/9001_contract.py
USER 10001
"""


def lifetime(stack):
    environment = dict(pair.split("=", 1) for pair in stack.containers()["backend"]["Config"]["Env"])
    return int(environment["TOKEN_LIFETIME"])


@pytest.fixture
def forward(stack):
    """A second release with another configuration, and the number of the one before; afterwards as it was."""
    before, was = stack.current(), lifetime(stack)
    stack.ok("deploy", backend_token_lifetime=LIFETIME)
    assert lifetime(stack) == LIFETIME
    yield before, was
    stack.ok("deploy")


def test_back_and_forth_as_one_unit(stack, forward):
    before, was = forward
    serving, containers = stack.current(), stack.identities()
    looked = stack.ok("rollback", "--check", "--diff")
    looked.says(f"back to release {before}", rf"environment\.TOKEN_LIFETIME: {LIFETIME} -> {was}")
    assert (stack.current(), stack.identities()) == (serving, containers)

    ran = stack.ok("rollback")
    assert ran.report["verb"] == "rollback"
    assert lifetime(stack) == was
    back = stack.current()
    assert back == serving + 1
    journal = stack.journal()
    assert journal[0]["why"] == f"rollback of {serving} to {before}"
    assert journal[-1]["outcome"] == "succeeded"
    record = json.loads((stack.newest() / "record.json").read_text())
    assert (record["why"], record["number"]) == (journal[0]["why"], back)
    assert not (stack.state / "lock").exists()

    containers = stack.identities()
    stack.ok("rollback", todo_release=before).says("nothing to do", "changed=0")
    assert (stack.current(), stack.identities()) == (back, containers)
    stack.ok("deploy", "--check", "--diff", backend_token_lifetime=LIFETIME).says(
        rf"TOKEN_LIFETIME: {was} -> {LIFETIME}"
    )


def test_what_cannot_be_is_refused_and_changes_nothing(stack, forward):
    before, _ = forward
    serving, containers = stack.current(), stack.identities()
    stack.fails("rollback", todo_release=999999).says(
        "there is no release 999999; recorded are: ", rf"{before} \(succeeded"
    )

    secret = stack.state / "secrets" / "chatbot_key"
    content = secret.read_bytes()
    secret.unlink()
    try:
        stack.fails("rollback").says(f"the secret chatbot_key, which release {before} uses, is gone", str(secret))
    finally:
        secret.write_bytes(content)
        secret.chmod(0o444)

    assert (stack.current(), stack.identities()) == (serving, containers)


def test_an_image_that_is_gone_is_refused(stack, variant):
    image = variant("frontend", 'LABEL test="going back"')
    stack.ok("deploy", frontend_image=image)
    number = stack.current()
    stack.ok("deploy")
    docker("image", "rm", "--force", f"{image['repository']}:{image['tag']}")
    gone = stack.fails("rollback", todo_release=number)
    gone.says(f"the image of release {number}, {image['repository']}:{image['tag']}, is no longer on this host")


def test_code_that_cannot_use_the_schema_any_more_is_refused(stack, variant):
    before = stack.current()
    stack.ok("deploy", backend_image=variant("backend", CONTRACT))
    serving, containers = stack.current(), stack.identities()
    try:
        refused = stack.fails("rollback", "--check")
        refused.says(
            "backend: its code of release", "needs code of revision 9001 or later", "next step: deploy forward"
        )
        assert (stack.current(), stack.identities()) == (serving, containers)

        # Where no journal tells of it, the older code's own migrate refuses, and what served serves on.
        journal = stack.newest() / "journal.jsonl"
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(line for line in lines if "9001" not in line))
        failed = stack.fails("rollback", todo_release=before)
        failed.says("needs code of revision 9001 or later", f"release {serving} serves again")
        assert stack.current() == serving
    finally:
        undo = (
            "UPDATE alembic_version SET version_num = '0001'; UPDATE schema_compatibility SET oldest_revision = '0001'"
        )
        docker("exec", stack.container("postgres"), "psql", "-U", "todo", "-d", "todo", "-c", undo)  # the backup
        stack.ok("deploy")
