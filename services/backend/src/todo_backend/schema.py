"""Whether this code and the database's schema fit together, and bringing the schema forward.

Revisions are numbers of four digits, so "older" has a meaning between a code and a database that do not know
each other's. The database stores the oldest code revision that can still use it (schema_compatibility).
"""

import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import psycopg2.errors
from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from todo_backend.database import CONNECT_ARGS
from todo_backend.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

# Any number that nothing else in this database uses for an advisory lock.
MIGRATION_LOCK = 7_301_001
# A statement that waits for a lock makes all later ones on that table wait behind it: give up soon, try again.
LOCK_TIMEOUT, STATEMENT_TIMEOUT, ATTEMPTS = "5s", "15min", 10


class DatabaseUnreachable(Exception):
    """The database did not accept a connection in time."""


class DatabaseRefused(Exception):
    """The database answers, and refuses us for a reason that waiting does not change."""


class SchemaIncompatible(Exception):
    """The schema is of a time that this code cannot work with."""


@dataclass(frozen=True)
class SchemaState:
    """What the database says, and what this code is."""

    revision: str | None
    oldest_compatible: str | None
    head: str = HEAD

    @property
    def newer(self) -> bool:
        return self.revision is not None and self.revision > self.head

    @property
    def compatible(self) -> bool:
        if self.revision is None or self.revision < self.head:
            return False
        return self.oldest_compatible is not None and self.oldest_compatible <= self.head

    @property
    def detail(self) -> str:
        if self.revision is None:
            return f"The database has no schema yet; `backend migrate` makes revision {self.head}."
        if self.revision < self.head:
            return f"The schema is at revision {self.revision} and this code needs {self.head}; run `backend migrate`."
        if self.compatible:
            return f"The schema at revision {self.revision} serves this code, which is at {self.head}."
        return (
            f"The schema at revision {self.revision} needs code of revision {self.oldest_compatible} or later, "
            f"and this is {self.head}: deploy a newer backend, or restore the backup made before the migration."
        )

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "compatible": self.compatible, "detail": self.detail}


_STATE = text("SELECT (SELECT version_num FROM alembic_version), (SELECT oldest_revision FROM schema_compatibility)")


def read_state(connection: Connection) -> SchemaState:
    """Return the state; `connection` is in autocommit, since a missing table is an error to PostgreSQL."""
    try:
        revision, oldest = connection.execute(_STATE).one()
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg2.errors.UndefinedTable):
            return SchemaState(None, None)
        raise
    return SchemaState(revision, oldest)


def connect(url: URL, wait: float) -> Connection:
    """Return a connection in autocommit, waiting up to `wait` seconds for the database to accept one.

    Raises DatabaseUnreachable after that, DatabaseRefused at once for a wrong password or a missing database.
    """
    engine = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={
            **CONNECT_ARGS,
            "application_name": "todo-backend migrate",
            "options": "-c timezone=UTC",
        },
    )
    deadline = time.monotonic() + wait
    where = f"{url.host}:{url.port}"
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            cause = " ".join(str(error.orig).split())
            refusal = _refusal(cause, url)
            if refusal:
                raise DatabaseRefused(refusal) from error
            if time.monotonic() >= deadline:
                raise DatabaseUnreachable(
                    f"connect to the database at {where}: no answer within {wait:.0f} s: {cause}"
                ) from error
            log.info("waiting for the database at %s", where, extra={"fields": {"cause": cause}})
            time.sleep(min(1.0, max(0.05, deadline - time.monotonic())))  # nothing to await: nobody is there yet


def _refusal(cause: str, url: URL) -> str | None:
    if "password authentication failed" in cause:
        return (
            f'password authentication failed for user "{url.username}"; the secret postgres_password does not '
            "match the one that the database was created with"
        )
    if "does not exist" in cause and "FATAL" in cause:
        return f'the database refuses user "{url.username}" on database "{url.database}": {cause}'
    if "no pg_hba.conf entry" in cause:
        return f"the database does not let this host in: {cause}"
    return None


def migrate(url: URL, wait: float) -> SchemaState:
    """Bring the schema to this code's revision; returns the state afterwards.

    One at a time, under an advisory lock. A newer schema that this code can use is left as it is.
    Raises SchemaIncompatible, DatabaseUnreachable or DatabaseRefused.
    """
    with connect(url, wait) as connection:
        connection.execute(text("SELECT set_config('lock_timeout', :ms, false)"), {"ms": f"{int(wait) + 60}s"})
        try:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        except OperationalError as error:
            raise DatabaseUnreachable("migrate: another migration holds the lock and does not end") from error
        state = read_state(connection)
        if state.newer and not state.compatible:
            raise SchemaIncompatible(state.detail)
        if not state.compatible:
            log.info("migrating", extra={"fields": {"from": state.revision, "to": HEAD}})
            _upgrade(connection)
            state = read_state(connection)
    return state


def _upgrade(connection: Connection) -> None:
    from alembic import command  # here, because serving asks for the state only, and Alembic takes 15 MiB

    connection.execute(text("SELECT set_config('lock_timeout', :t, false)"), {"t": LOCK_TIMEOUT})
    connection.execute(text("SELECT set_config('statement_timeout', :t, false)"), {"t": STATEMENT_TIMEOUT})
    connection.commit()
    transactional = connection.execution_options(isolation_level="READ COMMITTED")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            command.upgrade(alembic_config(transactional), "head")
        except OperationalError as error:
            busy = isinstance(error.orig, psycopg2.errors.LockNotAvailable)
            if not busy or attempt == ATTEMPTS:
                raise
            transactional.rollback()
            log.warning("a table is in use; trying again", extra={"fields": {"attempt": attempt}})
            time.sleep(1)  # let the others through that queued behind us
        else:
            break
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT")


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for work over this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "todo_backend:migrations")
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    return config
