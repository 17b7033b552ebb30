"""Removing what has had its time, by one replica at a time."""

import asyncio
import logging
import random

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from todo_backend.database import Database
from todo_backend.metrics import PURGED

log = logging.getLogger(__name__)

PERIOD = 600.0
BATCH = 1000  # short transactions: a long one would hold back vacuum, and the statement time-out ends it
PURGE_LOCK = 7_301_002
OVER = {
    "todo": "deleted_at < now() - interval '30 days'",
    "session": "expires_at < now()",
    "idempotency": "created_at < now() - interval '24 hours'",
    "rate_limit": "empty_at < now()",
}


def purge(database: Database) -> dict[str, int]:
    """Delete all rows whose time is over; returns how many of which table, nothing if another is at it."""
    removed: dict[str, int] = {}
    for table, over in OVER.items():
        # The names are this module's own, never anybody's input.
        statement = text(
            f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {over} LIMIT {BATCH}))"  # noqa: S608
            f" AND {over}"
        )
        while True:
            with database.begin() as connection:
                if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": PURGE_LOCK}):
                    return removed
                count = connection.execute(statement).rowcount
            if count == 0:
                break
            removed[table] = removed.get(table, 0) + count
    return removed


async def purge_regularly(database: Database) -> None:
    """Purge for ever; an error is logged, and the next turn is another try."""
    while True:
        await asyncio.sleep(PERIOD * random.uniform(0.5, 1.0))  # noqa: S311  so that replicas do not meet
        try:
            removed = await run_in_threadpool(purge, database)
        except SQLAlchemyError as error:
            log.warning("purge: %s", str(error).splitlines()[0])
            continue
        for table, count in removed.items():
            PURGED.labels(table).inc(count)
        if removed:
            log.info("purged", extra={"fields": {"rows": removed}})
