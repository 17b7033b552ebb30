"""Carries out writes, tells what became of each, and offers to undo what was done."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from todo_chatbot import words
from todo_chatbot.acts import Context
from todo_chatbot.backend import Backend, RefusedError, Todo
from todo_chatbot.problems import BackendUnavailableError, TokenUsedError
from todo_chatbot.schemas import Action, Tool
from todo_chatbot.settings import Settings
from todo_chatbot.tokens import Signer, Ticket, Write

_AT_ONCE = 4  # deletes under way together, few enough for a backend with a small pool


@dataclass(frozen=True)
class Outcome:
    """What became of one write: the backend's todo, or the reason why not."""

    write: Write
    before: Mapping[str, Any] | None = None
    after: Todo | None = None
    error: RefusedError | BackendUnavailableError | None = None
    replayed: bool = False

    @property
    def done(self) -> bool:
        """Whether this call changed something."""
        return self.error is None and not self.replayed

    def sentence(self, context: Context) -> str:
        """What to tell the user."""
        if isinstance(self.error, RefusedError):
            return words.refused(self.write, self.error)
        if self.error:
            return f"{words.title(self.write.title)}: {self.error.detail}" if self.write.title else self.error.detail
        return words.did(self.write, self.before, self.after, context)


class Writer:
    """Writes for one caller."""

    def __init__(
        self, backend: Backend, signer: Signer, settings: Settings, zone: str, request_key: str | None = None
    ) -> None:
        self._backend, self._signer, self._settings, self._zone = backend, signer, settings, zone
        self._request_key, self._written = request_key, 0

    async def write(self, write: Write, before: Todo | None = None, key: str | None = None) -> Outcome:
        """Carry out one write. Raises only what ends the whole request (401, 429)."""
        try:
            written = await self._backend.write(write, key or self._next_key())
        except (RefusedError, BackendUnavailableError) as error:
            return Outcome(write, before, error=error)
        # The caller's own second try is answered as the first was; a ticket's second use is refused.
        return Outcome(write, before, after=written.todo, replayed=written.replayed and key is not None)

    def _next_key(self) -> str:
        """The key of the next write: the same again when the caller sends the same request again."""
        if not self._request_key:
            return secrets.token_urlsafe(18)
        self._written += 1
        return f"{self._request_key}.{self._written}"

    async def redeem(self, ticket: Ticket) -> list[Outcome]:
        """Carry out a ticket's writes. Raises TokenUsedError when all of them had been carried out before."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(position: int, write: Write) -> Outcome:
            async with gate:
                before = None
                if write.op == "update":
                    try:
                        before = await self._backend.get_todo(write.id)
                    except RefusedError as error:
                        return Outcome(write, error=error)
                return await self.write(write, before, ticket.key(position))

        outcomes = await asyncio.gather(*(one(position, write) for position, write in enumerate(ticket.writes)))
        if any(outcome.replayed for outcome in outcomes) and not any(outcome.done for outcome in outcomes):
            raise TokenUsedError("That has been done before with this very token. Nothing was changed now.")
        return outcomes

    async def action(self, tool: Tool, outcome: Outcome, *, undoable: bool = True) -> Action:
        """The action that tells of one outcome."""
        write = outcome.write
        arguments = {"id": write.id, "title": write.title, **(write.fields or {})}
        arguments = {name: value for name, value in arguments.items() if value != "" or name == "description"}
        if not outcome.done:
            return Action(tool=tool, arguments=arguments, status="failed", result=_reason(outcome))
        undo = await self._undo(tool, [outcome]) if undoable else None
        return Action(tool=tool, arguments=arguments, status="done", result=outcome.after, undo=undo)

    async def bulk_action(self, tool: Tool, outcomes: list[Outcome], *, undoable: bool = True) -> Action:
        """The one action that tells of many outcomes."""
        done = [outcome for outcome in outcomes if outcome.done]
        return Action(
            tool=tool,
            arguments={"ids": [outcome.write.id for outcome in outcomes]},
            status="done" if done else "failed",
            result={"done": len(done), "failed": len(outcomes) - len(done)},
            undo=await self._undo(tool, done) if undoable and done else None,
        )

    async def confirmation(self, tool: Tool, writes: list[Write]) -> str:
        """A token with which the user confirms `writes`."""
        user = await self._backend.user_id()
        return self._signer.sign("confirm", user, tool, writes, self._settings.confirm_lifetime, self._zone)

    async def _undo(self, tool: Tool, outcomes: list[Outcome]) -> str | None:
        inverse = [write for outcome in outcomes if (write := _inverse(outcome))]
        if not inverse:
            return None
        user = await self._backend.user_id()
        return self._signer.sign("undo", user, tool, inverse, self._settings.undo_lifetime, self._zone)


def _inverse(outcome: Outcome) -> Write | None:
    write, before, after = outcome.write, outcome.before, outcome.after
    if write.op == "create" and after:
        return Write("delete", after["title"], after["id"], after["version"])
    if write.op == "delete":
        return Write("restore", write.title, write.id)
    if write.op == "update" and before and after:
        previous = {name: before[name] for name in write.fields or {}}
        return Write("update", after["title"], after["id"], after["version"], previous)
    return None


def _reason(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    if error is None:
        return {"status": 409, "code": "token_used", "detail": "This had been done before."}
    return {"status": error.status, "code": error.code, "detail": error.detail}
