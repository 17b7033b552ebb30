"""What the connections to the other services trust."""

import ssl

from pydantic import AnyHttpUrl


def context_for(url: AnyHttpUrl) -> ssl.SSLContext:
    """The system's authorities for https; for http a context that trusts nobody.

    Reading the authorities takes a fifth of a second on a quarter of a core, so it is done only where it is needed.
    """
    return ssl.create_default_context() if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
