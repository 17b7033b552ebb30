"""The `backend` command. Exit codes: README.md."""

import argparse
import json
import logging
import sys
from collections.abc import Callable

from todo_backend import logs, settings
from todo_backend.settings import Configuration

OK, FAILED, UNREACHABLE, REFUSED, INCOMPATIBLE, BAD_SETTINGS = 0, 1, 3, 4, 5, 6

log = logging.getLogger("todo_backend")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="backend", description="The todo application's backend.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer HTTP until SIGTERM").set_defaults(run=serve)
    commands.add_parser("migrate", help="bring the database's schema up to this code").set_defaults(run=migrate)
    commands.add_parser("schema-status", help="print schema and code revisions as JSON").set_defaults(run=status)
    command: Callable[[Configuration], int] = parser.parse_args(arguments).run
    try:
        configuration = settings.load()
    except settings.SettingsError as error:
        return _fail(BAD_SETTINGS, str(error))
    logs.set_up(configuration.settings.log_level)
    return command(configuration)


def serve(configuration: Configuration) -> int:
    from todo_backend.server import serve as run

    run(configuration)
    return OK


def migrate(configuration: Configuration) -> int:
    from sqlalchemy.exc import DBAPIError

    from todo_backend import schema

    try:
        state = schema.migrate(configuration.database_url(), configuration.settings.migrate_wait)
    except schema.DatabaseUnreachable as error:
        return _fail(UNREACHABLE, str(error))
    except schema.DatabaseRefused as error:
        return _fail(REFUSED, str(error))
    except schema.SchemaIncompatible as error:
        return _fail(INCOMPATIBLE, str(error))
    except DBAPIError as error:  # a migration failed, and was rolled back
        return _fail(FAILED, f"migrate: {' '.join(str(error.orig).split())}")
    log.info(state.detail, extra={"fields": state.as_dict()})
    return OK


def status(configuration: Configuration) -> int:
    from todo_backend import schema

    try:
        with schema.connect(configuration.database_url(), 0) as connection:
            state = schema.read_state(connection)
    except schema.DatabaseUnreachable as error:
        return _fail(UNREACHABLE, str(error))
    except schema.DatabaseRefused as error:
        return _fail(REFUSED, str(error))
    print(json.dumps(state.as_dict()))  # noqa: T201  what the command is for
    return OK


def _fail(code: int, sentence: str) -> int:
    print(f"backend: {sentence}", file=sys.stderr)  # noqa: T201
    return code
