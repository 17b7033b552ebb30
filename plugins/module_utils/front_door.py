"""The way to a deployment's front door, as a browser finds it."""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import urlsplit

PROBE_SECONDS = 5


def connect(url: str, timeout: float, ca: str = "") -> http.client.HTTPConnection:
    """A connection to a URL's host; nothing has been sent yet.

    Names that end in .localhost are this machine (RFC 6761, as browsers do); resolvers often do not know them.

    :param ca: a file with the authorities that are trusted; "" for the system's.
    :raises OSError: the file cannot be read or holds no certificate.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    if parts.scheme == "https":
        return _Tls(host, port, address, timeout, ssl.create_default_context(cafile=ca or None))
    return _Plain(host, port, address, timeout)


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _Tls(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int, address: str, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise OSError(
                f"its certificate is not trusted: {error.verify_message} (todo_front_door_ca may name who signed it)"
            ) from error
        except OSError:
            plain.close()
            raise


def probe(url: str, ca: str = "") -> int:
    """The HTTP status that a URL answers, 0 when nothing answers within 5 s."""
    parts = urlsplit(url)
    try:
        connection = connect(url, PROBE_SECONDS, ca)
    except (OSError, ValueError):
        return 0
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
