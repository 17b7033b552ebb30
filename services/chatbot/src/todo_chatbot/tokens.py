"""Signed tokens for confirmations and undo. The chatbot keeps no state: all that will be written is in the token."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from todo_chatbot.problems import BadTokenError

Purpose = Literal["confirm", "undo"]
MAX_TOKEN_CHARS = 20_000


@dataclass(frozen=True)
class Write:
    """One change of the backend's data, complete enough to be carried out later."""

    op: Literal["create", "update", "delete", "restore"]
    title: str = ""
    id: str = ""
    version: int = 0  # 0: whatever it is then
    fields: dict[str, Any] | None = None


@dataclass(frozen=True)
class Ticket:
    """What a valid token says. `id` is the Idempotency-Key of its first write, so that a repeat shows."""

    id: str
    tool: str
    writes: tuple[Write, ...]
    zone: str  # the user's, in which the answer says times

    def key(self, position: int) -> str:
        """The Idempotency-Key of the write at `position`."""
        return self.id if position == 0 else f"{self.id}.{position}"


class Signer:
    """Signs and reads tokens with the chatbot's own key."""

    def __init__(self, key: bytes, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._now = now

    def sign(
        self, purpose: Purpose, user: str, tool: str, writes: list[Write], lifetime: int, zone: str = "UTC"
    ) -> str:
        """A token that lets `user` carry out `writes` within `lifetime` seconds."""
        claims = {
            "id": secrets.token_urlsafe(18),
            "user": user,
            "tool": tool,
            "zone": zone,
            "expires": int(self._now()) + lifetime,
            "writes": [{name: value for name, value in asdict(write).items() if value} for write in writes],
        }
        payload = _encode(json.dumps(claims, separators=(",", ":")).encode())
        return f"{payload}.{_encode(self._mac(purpose, payload))}"

    def read(self, purpose: Purpose, user: str, token: str) -> Ticket:
        """What `token` lets `user` do. Raises BadTokenError when it is not ours, not theirs, or too old."""
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(_encode(self._mac(purpose, payload)).encode(), signature.encode()):
            raise BadTokenError("This token was not issued here or has been altered. Nothing was changed.")
        claims = json.loads(_decode(payload))
        if claims["user"] != user:
            raise BadTokenError("This token was issued to somebody else. Nothing was changed.")
        if claims["expires"] < self._now():
            raise BadTokenError("That offer has expired. Nothing was changed; please ask again.")
        writes = tuple(Write(**write) for write in claims["writes"])
        return Ticket(claims["id"], claims["tool"], writes, claims["zone"])

    def _mac(self, purpose: Purpose, payload: str) -> bytes:
        # The purpose is signed too: an undo token is never a confirmation.
        return hmac.digest(self._key, f"todo-chatbot.{purpose}.{payload}".encode(), hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
