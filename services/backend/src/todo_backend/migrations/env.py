"""Alembic's entry: migrate over the connection that schema.py holds the lock on."""

from alembic import context

from todo_backend.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
