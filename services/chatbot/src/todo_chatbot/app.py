"""The application: its parts put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from todo_chatbot import problems, routes, services
from todo_chatbot.middleware import RequestMiddleware
from todo_chatbot.settings import Settings

MAX_BODY = 4 * 1024 * 1024  # a full history in a script of four bytes a character


def make_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The chatbot for `settings`. `transport` replaces the network to the backend. Raises BadSecretError."""
    shared = services.make(settings, transport)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watch = asyncio.create_task(shared.model.watch())
        yield
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await shared.close()

    app = FastAPI(
        title="Todo chatbot",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False},
    )
    app.state.services = shared
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)
    app.add_middleware(RequestMiddleware)
    problems.install(app)
    app.include_router(routes.router)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        """Requests may come. Without a model the rules still work, so the model is not asked."""
        return {"status": "ok", "mode": "model" if shared.model.usable else "rules"}

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """The metrics in Prometheus' format."""
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return app
