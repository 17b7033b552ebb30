"""Connections to PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError

# A connection that was used a moment ago is there; asking each time would cost a round trip per request.
IDLE_BEFORE_PING = 5.0

# Limits of one statement of the service, in the server, so that a stuck one frees its connection.
# UTC, so that what comes back can be printed with a Z.
SERVER_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
)
CONNECT_ARGS: dict[str, Any] = {
    "connect_timeout": 3,
    # A database whose machine vanished is noticed after 10 s instead of the kernel's quarter of an hour.
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_encoding": "utf8",
}


class Database:
    """A pool of connections.

    A unit of work runs in one thread from checkout to commit, and there are as many threads as
    connections: so nobody ever waits for a connection while holding a thread, which with the usual
    session-per-dependency is a deadlock under load.
    """

    def __init__(self, url: URL, pool_size: int) -> None:
        self.pool_size = pool_size
        self._engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            # The driver would wrap each read into BEGIN and ROLLBACK, three round trips for one, and changing its
            # mode at every checkout takes its locks. So begin() says BEGIN itself.
            isolation_level="AUTOCOMMIT",
            pool_timeout=5,
            pool_reset_on_return=None,  # begin() leaves nothing to reset
            pool_use_lifo=True,  # the few warm connections are used, the others may idle
            connect_args={
                **CONNECT_ARGS,
                "application_name": "todo-backend",
                "options": SERVER_OPTIONS,
            },
        )
        event.listen(self._engine, "checkin", _note_use)
        event.listen(self._engine, "checkout", _ping_when_idle)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: committed at the end, rolled back on any error."""
        with self._begun() as connection:
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise

    def read[T](self, work: Callable[[Connection], T]) -> T:
        """Return what `work` makes of a connection that is for single reading statements.

        When the connection turns out to be dead, as all are after a restart of the database, it is done again.
        """
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self._engine.connect() as connection:
            return work(connection)

    def _begun(self) -> Connection:
        connection = self._engine.connect()
        try:
            connection.exec_driver_sql("BEGIN")
        except DBAPIError as error:
            connection.close()
            if not error.connection_invalidated:
                raise
            # Nothing was done yet, and the pool has thrown all its old connections away.
            connection = self._engine.connect()
            connection.exec_driver_sql("BEGIN")
        return connection

    @staticmethod
    def _roll_back(connection: Connection) -> None:
        try:
            if not connection.invalidated:
                connection.exec_driver_sql("ROLLBACK")
        except SQLAlchemyError:
            connection.invalidate()  # in an unknown state, nobody else may get it

    def in_use(self) -> int:
        return self._engine.pool.checkedout()  # type: ignore[attr-defined, no-any-return]

    def close(self) -> None:
        self._engine.dispose()


def _note_use(_connection: object, record: Any) -> None:  # noqa: ANN401  SQLAlchemy's pool record
    record.info["used"] = time.monotonic()


def _ping_when_idle(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401  a DBAPI connection
    if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE_BEFORE_PING:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        raise DisconnectionError from error  # the pool opens a new one instead
