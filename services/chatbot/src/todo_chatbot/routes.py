"""The HTTP interface."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse

from todo_chatbot import sse
from todo_chatbot.acts import Context, Interpreter
from todo_chatbot.backend import Backend
from todo_chatbot.conversation import Conversation, Emit, ModelStage
from todo_chatbot.problems import UnauthorizedError
from todo_chatbot.schemas import ChatAnswer, ChatRequest, ConfirmRequest, Status, UndoRequest
from todo_chatbot.services import Services
from todo_chatbot.stages import AskStage, RulesStage
from todo_chatbot.writing import Writer

router = APIRouter(prefix="/api/chat")


def caller_token(request: Request) -> str:
    """The caller's bearer token. Raises UnauthorizedError when there is none that a header may carry."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UnauthorizedError
    return token


Token = Annotated[str, Depends(caller_token)]


def services_of(request: Request) -> Services:
    """What the process shares between requests."""
    services: Services = request.app.state.services
    return services


Shared = Annotated[Services, Depends(services_of)]
# The backend takes 200 characters, and each write adds its number.
RequestKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=190)]


@router.post("/")
@router.post("", include_in_schema=False)
async def chat(request: Request, body: ChatRequest, token: Token, services: Shared, key: RequestKey = None) -> Response:
    """Understand a sentence and act on the caller's list; what was done under the same key is not done again."""
    context = _context(body)
    return await _respond(
        request, token, services, lambda talk: talk.answer(body.message, context), body.time_zone, key
    )


@router.post("/confirm/")
@router.post("/confirm", include_in_schema=False)
async def confirm(request: Request, body: ConfirmRequest, token: Token, services: Shared) -> Response:
    """Do what the caller was asked about."""
    return await _respond(request, token, services, lambda talk: talk.confirm(body.token))


@router.post("/undo/")
@router.post("/undo", include_in_schema=False)
async def undo(request: Request, body: UndoRequest, token: Token, services: Shared) -> Response:
    """Undo an action."""
    return await _respond(request, token, services, lambda talk: talk.undo(body.undo))


@router.get("/status/")
@router.get("/status", include_in_schema=False)
async def status(services: Shared) -> Status:
    """Whether the model answers. It says nothing of any user, so it takes no token."""
    model = services.model
    return Status(mode="model" if model.usable else "rules", model=model.status())


async def _respond(
    request: Request,
    token: str,
    services: Services,
    ask: Callable[[Conversation], Awaitable[ChatAnswer]],
    zone: str = "UTC",
    key: str | None = None,
) -> Response:
    def work(emit: Emit) -> Awaitable[ChatAnswer]:
        return ask(_conversation(token, services, zone, emit, key))

    if "text/event-stream" in request.headers.get("Accept", ""):
        return await sse.stream(work)
    return JSONResponse((await work(lambda _event, _data: None)).as_json(), headers={"Cache-Control": "no-store"})


def writer_for(backend: Backend, services: Services, zone: str, key: str | None = None) -> Writer:
    """What writes for one caller, who lives in `zone`, once only under the same `key`."""
    return Writer(backend, services.signer, services.settings, zone, key)


def _conversation(token: str, services: Services, zone: str, emit: Emit, key: str | None) -> Conversation:
    backend = Backend(services.http, token, services.users)
    writer = writer_for(backend, services, zone, key)

    async def titles() -> list[str]:
        todos, _ = await backend.list_todos({"completed": "false", "limit": 10})
        return [todo["title"] for todo in todos]

    stages: list[Interpreter] = [RulesStage(), AskStage(), ModelStage(services.model, titles)]
    return Conversation(backend, writer, services.signer, stages, emit)


def _context(body: ChatRequest) -> Context:
    zone = ZoneInfo(body.time_zone)
    now = body.now or datetime.now(UTC)
    if now.tzinfo is None:
        now = now.replace(tzinfo=zone)
    return Context(now, zone, tuple((turn.role, turn.content) for turn in body.history))
