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
    "del": "delete",
    "rm": "remove",
    "dont": "don't",
    "whats": "what's",
    "wats": "what's",
    "wat": "what",
    "im": "I'm",
    "ive": "I've",
    "gimme": "give me",
    "rember": "remember",
    "remeber": "remember",
}
_MIN_LETTERS = 5
_DAYS = ("tomorrow", "monday", "tuesday", "wednesday", "thursday", "saturday")
_LAST_WORD = re.compile(r"(?<= )[a-z]{6,10}$", re.I)
_TO_LIST = re.compile(
    r" (?:(?P<to>too|2|ot)|(?P<from>frm|form|fom)) (?=(?:my|the|our) (?:[\w-]{1,12} ){0,2}lists?$)", re.I
)
_OFF_LIST = re.compile(r"(?<=[^ ] )(?<!off )(?<!out )of (?=(?:my|the|our) (?:[\w-]{1,12} ){0,2}lists?$)", re.I)
_TOO = re.compile(r"^(remind me) too ", re.I)
_DONE = re.compile(r"^(mark .{1,80}) (?:dne|don|doen|donr)$", re.I)
_SHOPPING = re.compile(r"(?<= )(?:shoping|shpping|shoppping|grocrey|grocey) (?=lists?(?: |$))", re.I)
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
    text = _THE.sub("the ", _TODO.sub("todo ", _LIST.sub("list", text)))
    text = _SHOPPING.sub("shopping ", _DONE.sub(r"\1 done", _TOO.sub(r"\1 to ", text)))
    if text[:5].lower() in ("take ", "cross", "check", "get r"):
        text = _OFF_LIST.sub("off ", text)
    text = _TO_LIST.sub(lambda found: " to " if found["to"] else " from ", text)
    return _LAST_WORD.sub(_day, text)


def _day(found: re.Match[str]) -> str:
    word = found.group()
    if word.lower() in _DAYS or word.lower().endswith("s"):
        return word
    return next((day for day in _DAYS if OSA.distance(word.lower(), day, score_cutoff=1) <= 1), word)


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
