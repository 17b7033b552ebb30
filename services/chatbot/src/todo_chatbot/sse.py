"""Server-sent events: a request's progress as a stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

from todo_chatbot import problems
from todo_chatbot.conversation import Emit
from todo_chatbot.schemas import ChatAnswer

# So long an error may still become the response's status; then the stream starts and says that we are thinking.
_PATIENCE = 0.5
_END: tuple[str, dict[str, Any]] = ("", {})


async def stream(work: Callable[[Emit], Awaitable[ChatAnswer]]) -> Response:
    """Run `work` and stream what it emits. Raises what it raises before the stream has begun."""
    events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def run() -> None:
        answer = await work(lambda event, data: events.put_nowait((event, data)))
        events.put_nowait(("done", answer.as_json()))

    task = asyncio.create_task(run())
    task.add_done_callback(lambda _: events.put_nowait(_END))
    try:
        await asyncio.wait([task], timeout=_PATIENCE)
        if task.done() and (error := task.exception()):
            raise error
    except asyncio.CancelledError:
        task.cancel()
        raise
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(task, events), media_type="text/event-stream", headers=headers)


async def _events(task: asyncio.Task[None], events: asyncio.Queue[tuple[str, dict[str, Any]]]) -> AsyncIterator[str]:
    try:
        yield _event("thinking", {})
        while (event := await events.get()) is not _END:
            yield _event(*event)
        if error := task.exception():
            yield _event("error", problems.of(error if isinstance(error, Exception) else RuntimeError(str(error))))
    finally:
        # The client may be gone: then the backend's and the model's work is nobody's any more.
        task.cancel()


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
