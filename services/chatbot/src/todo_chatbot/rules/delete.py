"""Sentences that delete todos."""

import re

from todo_chatbot.acts import Delete, DeleteMany
from todo_chatbot.rules import scope
from todo_chatbot.rules.target import many, target
from todo_chatbot.rules.text import cut, cut_end

_DELETE = re.compile(
    r"(?:delete|remove|erase|get rid of|scratch|trash|discard|bin|wipe|take|eliminate|throw (?:out|away)) ", re.I
)
_DELETE_MAYBE = re.compile(r"(?:drop|cancel|clear|forget(?: about)?|dismiss|ditch|lose|kill|nix) ", re.I)
_END_AWAY = re.compile(r" (?:off|out|away)$", re.I)
_CLEAR_LIST = re.compile(
    rf"(?:clear|empty|wipe|delete|remove|erase|clean|reset)(?: out| up| off)? (?:(?:all|of|my|the|whole|entire) ){{0,3}}{scope.LIST}$",
    re.I,
)


def interpret(text: str) -> Delete | DeleteMany | None:
    """What the plain sentence `text` wants deleted, None when nothing."""
    if _CLEAR_LIST.match(text):
        return DeleteMany(None)
    words = cut(text, _DELETE)
    sure = words is not None
    if words is None and (words := cut(text, _DELETE_MAYBE)) is None:
        return None
    if text[:5].lower() == "take ":
        stripped = cut_end(words, scope.TO_LIST) or cut_end(words, _END_AWAY)
        if stripped is None:
            return None
        words = stripped
    if (which := many(words)) is not None:
        return DeleteMany(which[0])
    found = target(words, sure=sure)
    return Delete(found) if found else None
