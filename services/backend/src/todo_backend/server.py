"""Serving HTTP until told to stop."""

import signal
import socket

import uvicorn

from todo_backend.app import create_app
from todo_backend.events import Hub
from todo_backend.settings import Configuration

# Compose and Kubernetes kill after 10 and 30 s.
SECONDS_TO_FINISH = 8
# Longer than a client keeps an idle connection: the one who is about to send must be the one who closes.
KEEP_ALIVE = 75


class Server(uvicorn.Server):
    """Uvicorn takes no new connections on SIGTERM and waits for open requests.

    Event streams never end by themselves, so they are ended first.
    """

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.close()
        await super().shutdown(sockets)


def make_server(configuration: Configuration) -> Server:
    """Return a server that is ready to run."""
    settings = configuration.settings
    app = create_app(configuration)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    return Server(config, app.state.service.hub)


def serve(configuration: Configuration) -> None:
    # Uvicorn raises the signal again when it is done; a stop that was asked for is a success.
    signal.signal(signal.SIGTERM, lambda *_: None)
    make_server(configuration).run()
