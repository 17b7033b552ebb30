"""The tables as the code uses them; the migrations make them (a test compares the two)."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
Identifier = Uuid(as_uuid=False)
Moment = DateTime(timezone=True)
# Sorted by code point in every database, whatever its locale and whatever glibc it moves to.
FoldedText = Text(collation="C")

account = Table(
    "account",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
)

# One row per token that is good. Logout deletes it, and so does the account's end. A list of dead tokens
# would do as well until a backup is restored: then every token that was logged out would live again.
session = Table(
    "session",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("account_id", Identifier, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("expires_at", Moment, nullable=False),
    Index("session_account", "account_id"),
    Index("session_expiry", "expires_at"),
)

todo = Table(
    "todo",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("account_id", Identifier, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 low, 1 normal, 2 high: so that it sorts
    # A date is stored as its midnight in UTC with the flag set: one column to sort and to index.
    Column("due_at", Moment),
    Column("due_is_date", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("updated_at", Moment, nullable=False, server_default=func.now()),
    Column("deleted_at", Moment),
    Column("title_key", FoldedText, nullable=False),
    Column("search_text", FoldedText, nullable=False),
    CheckConstraint("priority BETWEEN 0 AND 2", name="todo_priority"),
)
LIVE = text("deleted_at IS NULL")
_SORT_KEYS: dict[str, Any] = {
    "created": todo.c.created_at,
    "updated": todo.c.updated_at,
    "priority": todo.c.priority,
    "title": todo.c.title_key,
    # Todos without a date come last in both directions, which takes two keys.
    "due": text("COALESCE(due_at, 'infinity'::timestamptz)"),
    "due_reverse": text("COALESCE(due_at, '-infinity'::timestamptz)"),
}
for _name, _key in _SORT_KEYS.items():
    Index(f"todo_by_{_name}", todo.c.account_id, _key, todo.c.id, postgresql_where=LIVE)
# The list that most people look at most: what is still to do.
Index(
    "todo_open_by_created",
    todo.c.account_id,
    todo.c.created_at,
    todo.c.id,
    postgresql_where=text("deleted_at IS NULL AND NOT completed"),
)
Index(
    "todo_search",
    todo.c.search_text,
    postgresql_using="gin",
    postgresql_ops={"search_text": "gin_trgm_ops"},
    postgresql_where=LIVE,
)
Index("todo_deleted", todo.c.deleted_at, postgresql_where=text("deleted_at IS NOT NULL"))

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("status", SmallInteger),
    Column("headers", JSONB(none_as_null=True)),
    Column("body", LargeBinary),
    Index("idempotency_age", "created_at"),
)

rate_limit = Table(
    "rate_limit",
    metadata,
    Column("key", Text, primary_key=True),
    Column("empty_at", Moment, nullable=False),
    Index("rate_limit_age", "empty_at"),
)

schema_compatibility = Table(
    "schema_compatibility",
    metadata,
    Column("only_row", Boolean, primary_key=True, server_default=text("true")),
    Column("oldest_revision", Text, nullable=False),
    CheckConstraint("only_row", name="schema_compatibility_one_row"),
)
