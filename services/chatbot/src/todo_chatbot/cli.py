"""The command `chatbot`."""

import argparse
import sys

from pydantic import ValidationError

from todo_chatbot import logs
from todo_chatbot.settings import BadSecretError, Settings

BAD_CONFIGURATION = 78  # EX_CONFIG


def main() -> None:
    """Run the command line. A bad setting or secret ends it with a sentence and exit code 78."""
    parser = argparse.ArgumentParser(prog="chatbot", description="The assistant of the todo application.")
    parser.add_subparsers(dest="command", required=True).add_parser("serve", help="answer requests until stopped")
    parser.parse_args()
    try:
        settings = Settings()
        logs.set_up(settings.log_level)
        _serve(settings)
    except ValidationError as error:
        said = "; ".join(f"{one['loc'][0]!s}".upper() + f": {one['msg']}" for one in error.errors())
        sys.exit(_bad(f"read the settings: {said}"))
    except BadSecretError as error:
        sys.exit(_bad(str(error)))


def _bad(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return BAD_CONFIGURATION


def _serve(settings: Settings) -> None:
    # Late, so that a bad setting is told at once and not after a second of imports.
    import uvicorn

    from todo_chatbot.app import make_app

    uvicorn.run(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=12,
    )
