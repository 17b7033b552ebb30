"""The application, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from todo_backend import events, health, metrics, problems, purge
from todo_backend.auth import routes as auth_routes
from todo_backend.middleware import RequestMiddleware
from todo_backend.schemas import ProblemBody
from todo_backend.service import Service
from todo_backend.settings import Configuration
from todo_backend.todos import routes as todo_routes


def create_app(configuration: Configuration) -> FastAPI:
    """Return the application; it connects to the database when it is used, not when it is made."""
    service = Service(configuration)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # As many threads as connections (see Database).
        anyio.to_thread.current_default_thread_limiter().total_tokens = service.database.pool_size
        tasks = [
            asyncio.create_task(events.listen(service.hub, configuration.database_url())),
            asyncio.create_task(purge.purge_regularly(service.database)),
        ]
        yield
        service.hub.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        service.database.close()

    app = FastAPI(
        title="Todo backend",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # those pages load their scripts from elsewhere; the description is at /openapi.json
        redoc_url=None,
        redirect_slashes=False,  # RequestMiddleware knows both forms
        responses={"default": {"model": ProblemBody, "description": "Problem details (RFC 9457)"}},
    )
    app.state.service = service
    problems.register(app)
    metrics.watch(service)
    app.add_middleware(RequestMiddleware)
    app.include_router(auth_routes.router)
    app.include_router(todo_routes.router)
    app.include_router(health.router)
    app.add_api_route("/metrics", metrics.metrics, include_in_schema=False)
    return app
