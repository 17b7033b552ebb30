"""From a sentence to an answer: the stages in their order, then the act that one of them found."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import Counter

from todo_chatbot import words
from todo_chatbot.acting import Actor
from todo_chatbot.acts import Ask, Context, Interpretation, Interpreter, Talk
from todo_chatbot.backend import Backend
from todo_chatbot.finding import NotOursError
from todo_chatbot.model import Model
from todo_chatbot.schemas import Action, ChatAnswer
from todo_chatbot.speech import ModelUnavailableError, spoken
from todo_chatbot.tokens import Purpose, Signer, Ticket
from todo_chatbot.tools import act_of
from todo_chatbot.writing import Outcome, Writer

log = logging.getLogger(__name__)

Emit = Callable[[str, dict[str, Any]], None]
UNDERSTOOD = Counter("chatbot_sentences_total", "Sentences by the stage that understood them", ["stage", "act"])
UNKNOWN_RULES = (
    "I did not understand that, and the language model is not available right now. I can still keep your list: "
    "say for example “add buy milk”, “what's on my list?” or “mark buy milk as done”."
)


class ModelStage:
    """The last stage: the model talks. While it is down, this stage does not know anything either.

    Only a model that passed the exam is offered tools, and what it calls is an act of the source "model": the actor
    asks the user before each of them.
    """

    name = "model"

    def __init__(self, model: Model, titles: Callable[[], Awaitable[list[str]]]) -> None:
        self._model, self._titles = model, titles

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:
        """What the model suggests or says, None while it is not usable. Raises ModelUnavailableError."""
        if not self._model.usable:
            return None
        titles = await self._titles()
        if self._model.may_act:
            return await self._decided(sentence, context, titles)
        return Interpretation(Talk(self._model.talk(sentence, context.history, titles)), "model")

    async def _decided(self, sentence: str, context: Context, titles: list[str]) -> Interpretation:
        decision = await self._model.decide(sentence, context.history, titles)
        # One call at most: whatever else it wants, the user can ask for.
        for name, arguments in decision.calls[:1]:
            if act := act_of(name, arguments, context):
                return Interpretation(act, "model")
        return Interpretation(Talk(spoken(_whole(decision.words))), "model")


async def _whole(words: str) -> AsyncIterator[str]:
    yield words


class Conversation:
    """Answers one caller's request. `emit` is told of each action and of the words of the reply as they come."""

    def __init__(self, backend: Backend, writer: Writer, signer: Signer, stages: list[Interpreter], emit: Emit) -> None:
        self._backend, self._writer, self._signer = backend, writer, signer
        self._stages, self._emit = stages, emit
        self._actor = Actor(backend, writer)

    async def answer(self, sentence: str, context: Context) -> ChatAnswer:
        """The answer to `sentence`."""
        missing = ""
        for stage in self._stages:
            try:
                if (meaning := await stage.interpret(sentence, context)) is None:
                    continue
                answer = await self._carry_out(_known_missing(meaning, missing), context)
            except NotOursError as error:
                missing = error.words
                continue
            except ModelUnavailableError:
                continue
            UNDERSTOOD.labels(stage.name, type(meaning.act).__name__).inc()
            return answer
        UNDERSTOOD.labels("none", "none").inc()
        # Nobody has looked at the caller's token yet.
        await self._backend.user_id(fresh=True)
        return self._say(ChatAnswer(reply=UNKNOWN_RULES))

    async def confirm(self, token: str) -> ChatAnswer:
        """Carry out what the user was asked about. Raises BadTokenError, TokenUsedError."""
        return await self._redeem("confirm", token)

    async def undo(self, token: str) -> ChatAnswer:
        """Undo an action. Raises BadTokenError, TokenUsedError."""
        return await self._redeem("undo", token)

    async def _carry_out(self, meaning: Interpretation, context: Context) -> ChatAnswer:
        if isinstance(meaning.act, Talk):
            parts = []
            async for part in meaning.act.parts:
                parts.append(part)
                self._emit("token", {"text": part})
            return ChatAnswer(reply="".join(parts).strip(), source="model")
        return self._say(await self._actor.act(meaning, context))

    async def _redeem(self, purpose: Purpose, token: str) -> ChatAnswer:
        # Fresh, so that a logged-out caller gets a 401 and not a verdict on the token.
        user = await self._backend.user_id(fresh=True)
        ticket = self._signer.read(purpose, user, token)
        outcomes = await self._writer.redeem(ticket)
        action = await self._told(purpose, ticket, outcomes)
        context = Context(datetime.now(UTC), ZoneInfo(ticket.zone))
        return self._say(ChatAnswer(reply=_summary(outcomes, context), actions=[action]))

    async def _told(self, purpose: Purpose, ticket: Ticket, outcomes: list[Outcome]) -> Action:
        undoable = purpose == "confirm"
        tool: Any = ticket.tool
        if len(outcomes) == 1:
            return await self._writer.action(tool, outcomes[0], undoable=undoable)
        return await self._writer.bulk_action(tool, outcomes, undoable=undoable)

    def _say(self, answer: ChatAnswer) -> ChatAnswer:
        for action in answer.actions:
            self._emit("action", action.model_dump(mode="json", exclude_none=True))
        self._emit("token", {"text": answer.reply})
        return answer


def _known_missing(meaning: Interpretation, missing: str) -> Interpretation:
    """`meaning`, unless it asks whether to change a todo that was looked for and is not there."""
    if not missing or not isinstance(meaning.act, Ask) or meaning.act.about not in ("complete", "delete", "update"):
        return meaning
    said = f"I found no todo like {words.title(missing)} on your list, so I changed nothing."
    return Interpretation(Ask(said, (("Show my list", "show my list"),), meaning.act.about))


def _summary(outcomes: list[Outcome], context: Context) -> str:
    if len(outcomes) == 1:
        return outcomes[0].sentence(context)
    done = [outcome for outcome in outcomes if outcome.done]
    failed = [outcome for outcome in outcomes if outcome.error]
    said = []
    if done:
        did = {"delete": "Deleted", "restore": "Restored", "update": "Changed", "create": "Added"}[done[0].write.op]
        said.append(f"{did} {words.count(len(done))}.")
    if failed:
        first = failed[0].sentence(context)
        said.append(f"{len(failed)} could not be changed. {first}")
    return " ".join(said)
