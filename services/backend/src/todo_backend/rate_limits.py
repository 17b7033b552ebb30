"""How often somebody may try.

In PostgreSQL, because there are several replicas: a counter in each process would allow as many times the
limit as there are replicas, and forget it at each restart. One statement is nothing beside the hash that
each attempt costs.
"""

import math

from sqlalchemy import Connection, text

from todo_backend.problems import Problem

PERIOD = 60.0

# A bucket that leaks one attempt every PERIOD/limit seconds and holds `limit` of them; what is stored is the
# moment at which it will be empty. No row comes back when this attempt does not fit.
_TAKE = text(
    """
    INSERT INTO rate_limit AS r (key, empty_at) VALUES (:key, clock_timestamp() + :step * interval '1 second')
    ON CONFLICT (key) DO UPDATE
        SET empty_at = GREATEST(r.empty_at, clock_timestamp()) + :step * interval '1 second'
        WHERE GREATEST(r.empty_at, clock_timestamp()) + :step * interval '1 second'
              <= clock_timestamp() + :period * interval '1 second'
    RETURNING 1
    """
)
_WAIT = text(
    "SELECT extract(epoch FROM empty_at - clock_timestamp()) + :step - :period FROM rate_limit WHERE key = :key"
)
_GIVE_BACK = text("UPDATE rate_limit SET empty_at = empty_at - :step * interval '1 second' WHERE key = :key")


class TooManyRequests(Problem):
    status, code = 429, "too_many_requests"


def take(connection: Connection, key: str, per_minute: int) -> None:
    """Count one attempt for `key`; 0 per minute means no limit.

    Raises TooManyRequests, which says when to come back.
    """
    if per_minute == 0:
        return
    values = {"key": key, "step": PERIOD / per_minute, "period": PERIOD + 0.001}
    if connection.execute(_TAKE, values).first() is None:
        seconds = max(1, math.ceil(connection.execute(_WAIT, values).scalar() or 0))
        raise TooManyRequests(f"Too many attempts; try again in {seconds} s.", headers={"Retry-After": str(seconds)})


def give_back(connection: Connection, key: str, per_minute: int) -> None:
    """Uncount an attempt that turned out to be legitimate."""
    if per_minute:
        connection.execute(_GIVE_BACK, {"key": key, "step": PERIOD / per_minute})
