"""Misspelt command words. Only the word that says what to do, and "list", are mended: an item's words stay as written."""

import re

from rapidfuzz.distance import OSA

_COMMANDS = (
    "delete",
    "remove",
    "complete",
    "rename",
    "remind",
    "finish",
    "reopen",
    "uncheck",
    "postpone",
    "reschedule",
)
# Words of their own, one letter away from a command.
_WORDS = frozenset(("compete", "rewind", "remand", "remade", "finis", "removal", "remover", "finite"))
_SHORT = {
    "ad": "add",
    "addd": "add",
    "aad": "add",
    "adda": "add a",
    "shwo": "show",
    "shw": "show",
    "makr": "mark",
    "mrk": "mark",
}
_MIN_LETTERS = 5
_LIST = re.compile(r"(?<= )(?:lst|lsit|lits|liist|listt|lisst)(?= |$)", re.I)
_THE = re.compile(r"(?<= )(?:teh|hte|th) (?=(?:[\w-]{1,12} ){0,2}lists?(?: |$))", re.I)
_TODO = re.compile(r"(?<= )(?:todoo|tood|tdo|to-doo|taks|tsaks|taskss) ?(?=lists?(?: |$))", re.I)


def mend(text: str) -> str:
    """`text` with its first word spelt as the command that it almost is."""
    first, space, rest = text.partition(" ")
    word = first.lower()
    if not space or len(first) > len("reschedule") + 1:
        return text
    command = _SHORT.get(word) or _command(word)
    text = f"{command} {rest}" if command else text
    return _THE.sub("the ", _TODO.sub("todo ", _LIST.sub("list", text)))


def _command(word: str) -> str | None:
    if len(word) < _MIN_LETTERS or word in _COMMANDS or word in _WORDS:
        return None
    for command in _COMMANDS:
        # "removed" and "deletes" are no orders.
        if (
            word not in (f"{command}d", f"{command}s", f"{command}r")
            and OSA.distance(word, command, score_cutoff=1) <= 1
        ):
            return command
    return None
