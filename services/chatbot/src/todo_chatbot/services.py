"""What the requests of one process share."""

from dataclasses import dataclass

import httpx

from todo_chatbot import tls
from todo_chatbot.backend import UserCache
from todo_chatbot.model import Model
from todo_chatbot.settings import Settings
from todo_chatbot.tokens import Signer

_CONNECT_TIMEOUT = 2.0


@dataclass(frozen=True)
class Services:
    """Connections, keys and caches."""

    settings: Settings
    http: httpx.AsyncClient
    model: Model
    signer: Signer
    users: UserCache

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()
        await self.model.close()


def make(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Services:
    """The services for `settings`; `transport` replaces the network to the backend. Raises BadSecretError."""
    http = httpx.AsyncClient(
        base_url=str(settings.backend_url),
        timeout=httpx.Timeout(settings.backend_timeout, connect=_CONNECT_TIMEOUT),
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=4),
        transport=transport,
        verify=tls.context_for(settings.backend_url),
        trust_env=False,
    )
    return Services(settings, http, Model(settings), Signer(settings.chatbot_key), UserCache())
