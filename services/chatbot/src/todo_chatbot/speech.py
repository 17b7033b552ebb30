"""The model's words as they are passed on: whole sentences, and none that claims what it cannot have done."""

import re
from collections.abc import AsyncIterator

MAX_REPLY = 1200
_SENTENCE_CHARS = 300  # a sentence that never ends is passed on in pieces of this size

_VERBS = (
    r"(?:added|created|deleted|removed|completed|marked|updated|renamed|reopened|scheduled|set|changed|moved|cleared|noted"
    r"|saved|put|checked|ticked|crossed|finished|reminded|booked|placed)"
)
_CLAIM = re.compile(
    rf"\b(?:i|we)(?:'ve| have|'ll| will| had|'m| am)?(?: just| now| already| successfully| also| gone ahead and){{0,3}}"
    rf" {_VERBS}\b"
    rf"|\b(?:has|have|was|were|is|are|been)(?: now| just| already| successfully| been){{0,3}} {_VERBS}\b"
    r"|\b(?:i'll|i will|let me) (?:add|create|delete|remove|mark|update|rename|remind|schedule|set|put)\b"
    rf"|\bsuccessfully {_VERBS}\b"
    r"|\b(?:here(?:'s| is) (?:your|the) (?:updated |new )?(?:to[ -]?do )?list)\b"
    r"|^(?:all )?done[.!]",
    re.IGNORECASE,
)
NOTE = "I have changed nothing on your list."


class ModelUnavailableError(Exception):
    """The model did not answer, or not with anything that can be shown."""


def claims_an_action(sentence: str) -> bool:
    """Whether a sentence of the model's says that something was or will be done to the list."""
    return bool(_CLAIM.search(sentence.replace("\u2019", "'")))


async def spoken(words: AsyncIterator[str]) -> AsyncIterator[str]:
    """The model's words in whole sentences, without those that claim a change. Raises ModelUnavailableError if none."""
    said = 0
    withheld = False
    async for part in _sentences(words):
        if claims_an_action(part):
            withheld = True
            continue
        said += len(part)
        yield part
    if withheld:
        yield NOTE if not said else f" {NOTE}"
    elif not said:
        raise ModelUnavailableError("the model said nothing")


async def _sentences(stream: AsyncIterator[str]) -> AsyncIterator[str]:
    pending, total = "", 0
    async for words in stream:
        pending += _printable(words)
        while (end := _sentence_end(pending)) and total < MAX_REPLY:
            part, pending = pending[:end], pending[end:]
            total += len(part)
            yield part if total > len(part) else part.lstrip()
        if total >= MAX_REPLY:
            return
    if pending.strip():
        yield pending.rstrip() if total else pending.strip()


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable() or char in "\n ")


def _sentence_end(text: str) -> int:
    """Where the first finished sentence of `text` ends, 0 when none is finished."""
    for position, char in enumerate(text[:-1], 1):
        if char in ".!?\n" and text[position].isspace():
            return position
    return _SENTENCE_CHARS if len(text) > _SENTENCE_CHARS else 0
