"""Keeps the model from claiming what it cannot have done: it talks, it never acts."""

import re

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


def claims_an_action(sentence: str) -> bool:
    """Whether a sentence of the model's says that something was or will be done to the list."""
    return bool(_CLAIM.search(sentence.replace("\u2019", "'")))
