"""The code before each migration can use the schema after it, so that a deploy can be gone back on.

A migration that ends this on purpose, the last step of expand and contract, stands in CONTRACTING with its reason: who
deploys it can go back only with a backup.
"""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import URL, NullPool, create_engine, text

from todo_backend import schema
from todo_backend.schema import SchemaState

CONTRACTING: dict[str, str] = {}
"""Revision -> why the code before it cannot use the schema any more."""


def scripts() -> list[Script]:
    directory = ScriptDirectory.from_config(schema.alembic_config(None))  # type: ignore[arg-type]
    return list(directory.walk_revisions())[::-1]


def states(url: URL) -> Iterator[SchemaState]:
    """Migrate step by step; what the database says after each, to code of that revision."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        for script in scripts():
            with engine.connect() as connection:
                command.upgrade(schema.alembic_config(connection), script.revision)
                connection.commit()
                state = schema.read_state(connection)
                yield SchemaState(state.revision, state.oldest_compatible, head=script.revision)
    finally:
        engine.dispose()


def broken(steps: list[SchemaState], contracting: dict[str, str]) -> list[str]:
    """A sentence for each migration after which one step back does not work, or that says so without need."""
    found = []
    for before, after in pairwise(steps):
        usable = SchemaState(after.revision, after.oldest_compatible, head=before.head).compatible
        if not usable and after.head not in contracting:
            found.append(f"{after.head} shuts out the code of {before.head} and stands not in CONTRACTING")
        if usable and after.head in contracting:
            found.append(f"{after.head} stands in CONTRACTING, and the code of {before.head} can use its schema")
    return found


def test_one_step_back_works_after_every_migration(empty_url: URL) -> None:
    steps = list(states(empty_url))
    assert [step.head for step in steps] == [script.revision for script in scripts()]
    assert all(step.compatible for step in steps)  # each code with its own schema
    assert broken(steps, CONTRACTING) == []
    assert CONTRACTING.keys() <= {step.head for step in steps}


def test_what_the_database_says_only_moves_forward(empty_url: URL) -> None:
    oldest = [step.oldest_compatible or "" for step in states(empty_url)]
    assert oldest == sorted(oldest)


def test_the_code_before_is_not_made_to_migrate(empty_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rolled back, `backend migrate` runs with the older head: it must leave the newer schema as it is."""
    newest = schema.migrate(empty_url, wait=5)
    with create_engine(empty_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": f"{int(newest.head) + 1:04}"})
    monkeypatch.setattr(schema, "_upgrade", lambda _: pytest.fail("the older code migrated"))
    assert schema.migrate(empty_url, wait=5).compatible


@pytest.mark.parametrize(
    ("oldest", "contracting", "wrong"),
    [
        ("0001", {}, 0),
        ("0002", {}, 1),
        ("0002", {"0002": "drops a column that 0001 reads"}, 0),
        ("0001", {"0002": "nothing"}, 1),
    ],
)
def test_a_migration_to_come_is_held_to_it(oldest: str, contracting: dict[str, str], wrong: int) -> None:
    steps = [SchemaState("0001", "0001", head="0001"), SchemaState("0002", oldest, head="0002")]
    assert len(broken(steps, contracting)) == wrong
