"""The first schema."""

from alembic import op

from todo_backend.migrations import set_oldest_compatible

revision = "0001"
down_revision = None

# SQL rather than the tables of the code: those change, and this must not.
STATEMENTS = (
    # Trusted since PostgreSQL 13: the database's owner may.
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """
    CREATE TABLE schema_compatibility (
        only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT schema_compatibility_one_row CHECK (only_row),
        oldest_revision text NOT NULL
    )
    """,
    """
    CREATE TABLE account (
        id uuid PRIMARY KEY,
        email text NOT NULL UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE session (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX session_account ON session (account_id)",
    "CREATE INDEX session_expiry ON session (expires_at)",
    """
    CREATE TABLE todo (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        title text NOT NULL,
        description text NOT NULL,
        completed boolean NOT NULL,
        priority smallint NOT NULL CONSTRAINT todo_priority CHECK (priority BETWEEN 0 AND 2),
        due_at timestamptz,
        due_is_date boolean NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz,
        title_key text COLLATE "C" NOT NULL,
        search_text text COLLATE "C" NOT NULL
    )
    """,
    "CREATE INDEX todo_by_created ON todo (account_id, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX todo_by_updated ON todo (account_id, updated_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX todo_by_priority ON todo (account_id, priority, id) WHERE deleted_at IS NULL",
    "CREATE INDEX todo_by_title ON todo (account_id, title_key, id) WHERE deleted_at IS NULL",
    """
    CREATE INDEX todo_by_due ON todo (account_id, COALESCE(due_at, 'infinity'::timestamptz), id)
    WHERE deleted_at IS NULL
    """,
    """
    CREATE INDEX todo_by_due_reverse ON todo (account_id, COALESCE(due_at, '-infinity'::timestamptz), id)
    WHERE deleted_at IS NULL
    """,
    """
    CREATE INDEX todo_open_by_created ON todo (account_id, created_at, id)
    WHERE deleted_at IS NULL AND NOT completed
    """,
    "CREATE INDEX todo_search ON todo USING gin (search_text gin_trgm_ops) WHERE deleted_at IS NULL",
    "CREATE INDEX todo_deleted ON todo (deleted_at) WHERE deleted_at IS NOT NULL",
    """
    CREATE TABLE idempotency (
        scope text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        status smallint,
        headers jsonb,
        body bytea,
        PRIMARY KEY (scope, key)
    )
    """,
    "CREATE INDEX idempotency_age ON idempotency (created_at)",
    "CREATE TABLE rate_limit (key text PRIMARY KEY, empty_at timestamptz NOT NULL)",
    "CREATE INDEX rate_limit_age ON rate_limit (empty_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    set_oldest_compatible("0001")
