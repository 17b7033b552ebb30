"""What the requests of one process share."""

import importlib.util
import sys
from dataclasses import dataclass

import httpx

from todo_chatbot import tls
from todo_chatbot.backend import UserCache
from todo_chatbot.model import Model
from todo_chatbot.settings import Settings
from todo_chatbot.tokens import Signer

_CONNECT_TIMEOUT = 2.0

# httpcore looks for this package with every request, and Python forgets each time that it is not installed: half a
# millisecond of a processor per call of the backend, measured. This is how Python is told to remember.
if "sniffio" not in sys.modules and importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment] # the typeshed leaves out that None is allowed


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
