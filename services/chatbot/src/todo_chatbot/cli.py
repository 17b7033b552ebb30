"""The command `chatbot`."""

import argparse
import sys

from pydantic import ValidationError

from todo_chatbot import logs
from todo_chatbot.settings import BadSecretError, Settings

BAD_CONFIGURATION = 78  # EX_CONFIG


def main() -> None:
    """Run the command line. A bad setting or secret ends it with a sentence and exit code 78.

    An exam that was held ends with 0, passed or not; one that could not be held with a sentence and 1.
    """
    parser = argparse.ArgumentParser(prog="chatbot", description="The assistant of the todo application.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer requests until stopped")
    commands.add_parser(
        "exam", help="see whether the model may suggest changes, and print the result as one line of JSON"
    )
    command = parser.parse_args().command
    try:
        settings = Settings()
        if command == "exam":
            sys.exit(_exam(settings))
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


def _exam(settings: Settings) -> int:
    import asyncio

    from todo_chatbot import exam

    try:
        result = asyncio.run(exam.examine(settings))
    except exam.NotExaminedError as error:
        sys.stderr.write(f"examine the model: {error}\n")
        return 1
    sys.stdout.write(result.model_dump_json() + "\n")
    return 0


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
