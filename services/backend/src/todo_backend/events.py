"""Changes, from the transaction that makes them to the streams that show them, across replicas.

NOTIFY is part of the transaction: nothing is told before it is committed, nor if it is rolled back.
"""

import asyncio
import json
import logging
import os
import select
from collections import defaultdict
from typing import Any

import anyio.to_thread
import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import URL, Connection, text

from todo_backend.database import CONNECT_ARGS
from todo_backend.problems import Problem, Unavailable

log = logging.getLogger(__name__)

CHANNEL = "todo_events"
# A browser opens a stream per tab. More than this is a leak, and each costs memory.
STREAMS_PER_ACCOUNT = 20
STREAMS = 2000
BACKLOG = 100
_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :payload)")


class TooManyStreams(Problem):
    status, code = 429, "too_many_streams"


def publish(transaction: Connection, account_id: str, kind: str, todo_id: str, version: int) -> None:
    """Tell of a change, when the transaction commits."""
    payload = {"account": account_id, "type": kind, "id": todo_id, "version": version}
    transaction.execute(_NOTIFY, {"payload": json.dumps(payload)})


def publish_end(transaction: Connection, account_id: str, session_id: str | None) -> None:
    """End the streams of one session, or of the whole account, when the transaction commits."""
    payload = {"account": account_id, "end": session_id or "all"}
    transaction.execute(_NOTIFY, {"payload": json.dumps(payload)})


class Stream:
    """One client's changes; `next` returns None when there will be no more."""

    def __init__(self, account_id: str, session_id: str) -> None:
        self.account_id = account_id
        self.session_id = session_id
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(BACKLOG)

    async def next(self) -> bytes | None:
        return await self._queue.get()

    def put(self, event: bytes) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.end()  # it does not read; when it comes back it will load the list anew

    def end(self) -> None:
        while self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)


class Hub:
    """The streams of this process, and what reaches them. Lives in the event loop's thread."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = defaultdict(set)
        self.listening = asyncio.Event()
        self._closing = False

    def count(self) -> int:
        return sum(map(len, self._streams.values()))

    def open(self, account_id: str, session_id: str) -> Stream:
        """Return a stream that must be given to `leave` later.

        Raises TooManyStreams, or Unavailable when the process is about to stop.
        """
        if self._closing:
            raise Unavailable("This server is stopping; connect again.", headers={"Retry-After": "1"})
        if len(self._streams.get(account_id, ())) >= STREAMS_PER_ACCOUNT or self.count() >= STREAMS:
            raise TooManyStreams("Too many open event streams; close one.", headers={"Retry-After": "10"})
        stream = Stream(account_id, session_id)
        self._streams[account_id].add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        streams = self._streams.get(stream.account_id, set())
        streams.discard(stream)
        if not streams:
            self._streams.pop(stream.account_id, None)

    def deliver(self, payload: str) -> None:
        message: dict[str, Any] = json.loads(payload)
        streams = list(self._streams.get(message.pop("account"), ()))
        end = message.get("end")
        event = b"event: todo\ndata: " + json.dumps(message, separators=(",", ":")).encode() + b"\n\n"
        for stream in streams:
            if end is None:
                stream.put(event)
            elif end in {"all", stream.session_id}:
                stream.end()

    def end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    def close(self) -> None:
        """End all streams and take no new ones."""
        self._closing = True
        self.end_all()


async def listen(hub: Hub, url: URL) -> None:
    """Bring what PostgreSQL notifies to the hub, for ever; reconnects when the connection is lost.

    What was notified meanwhile is lost with it, so all streams end: their clients reconnect and load anew.
    """
    wait = 0.5
    while True:
        try:
            source = await anyio.to_thread.run_sync(_connect, url)
        except psycopg2.Error as error:
            log.warning("listen for events: %s", str(error).strip())
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)
            continue
        wait = 0.5
        try:
            await _drain(hub, source)
        except psycopg2.Error as error:
            log.warning("the event connection was lost: %s", str(error).strip())
        finally:
            hub.listening.clear()
            hub.end_all()
            source.close()


def _connect(url: URL) -> connection:
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    made: connection = psycopg2.connect(dsn, application_name="todo-backend events", **CONNECT_ARGS)
    made.autocommit = True
    with made.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return made


async def _drain(hub: Hub, source: connection) -> None:
    """Deliver notifications until the connection breaks, which raises psycopg2.Error."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    # A copy of the descriptor: libpq closes its own when the connection breaks, and the loop would keep watching a
    # number that may soon belong to something else.
    watched = os.dup(source.fileno())
    loop.add_reader(watched, readable.set)
    try:
        hub.listening.set()
        while True:
            source.poll()
            while source.notifies:
                hub.deliver(source.notifies.pop(0).payload)
            readable.clear()
            # Data may have come between poll and clear, and then nothing would set it again.
            if not select.select([source], [], [], 0)[0]:
                await readable.wait()
    finally:
        loop.remove_reader(watched)
        os.close(watched)
