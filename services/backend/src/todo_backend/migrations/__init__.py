"""Alembic migrations; the revision ids are four-digit numbers and so have an order.

Expand, then contract: a migration leaves the schema usable for the code before it, unless it says otherwise by
`set_oldest_compatible`.
"""

from sqlalchemy import text

# The newest revision, known without reading the scripts; a test compares.
HEAD = "0001"


def set_oldest_compatible(revision: str) -> None:
    """Note in the database which code, at the oldest, can use it from this migration on."""
    from alembic import op  # here, because HEAD is read by processes that do not migrate

    statement = text(
        "INSERT INTO schema_compatibility (only_row, oldest_revision) VALUES (true, :revision) "
        "ON CONFLICT (only_row) DO UPDATE SET oldest_revision = excluded.oldest_revision"
    )
    op.execute(statement.bindparams(revision=revision))
