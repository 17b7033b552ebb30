"""The parts that requests share, made once per process."""

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Request

from todo_backend.auth.passwords import Hasher
from todo_backend.auth.tokens import Tokens
from todo_backend.database import Database
from todo_backend.events import Hub
from todo_backend.settings import Configuration


class Service:
    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.settings = configuration.settings
        self.database = Database(configuration.database_url(), self.settings.database_pool_size)
        self.tokens = Tokens(configuration.jwt_key, self.settings.token_lifetime)
        self.hasher = Hasher()
        self.hub = Hub()
        # A key of its own for another purpose, from the one secret.
        self.fingerprint_key = hmac.digest(configuration.jwt_key.encode(), b"idempotency", hashlib.sha256)


async def service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


ServiceDep = Annotated[Service, Depends(service)]
