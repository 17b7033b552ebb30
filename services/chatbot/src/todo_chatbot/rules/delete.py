"""Sentences that delete todos."""

import re

from todo_chatbot.acts import Delete, DeleteMany
from todo_chatbot.rules import scope
from todo_chatbot.rules.target import many, target
from todo_chatbot.rules.text import cut, cut_end

_DELETE = re.compile(
    r"(?:delete|remove|erase|get rid of|scratch(?: out| off)?|trash|discard|bin|wipe|take(?: off)?|eliminate|throw (?:out|away)|cut) ",
    re.I,
)
_DELETE_MAYBE = re.compile(r"(?:drop|cancel|clear|forget(?: about)?|dismiss|ditch|lose|kill|nix) ", re.I)
# "find my list and remove apple", "we're out of paint so take painting off the list"
_LEAD_IN = re.compile(
    rf"(?:(?:find|open|go to|pull up|look at|check)(?: up)? (?:{scope.OWNER} )?(?:[\w'-]{{1,20}} ){{0,2}}lists?(?: and| then|,)+ "
    r"|(?:[\w'-]{1,20},? ){1,12}?so (?:please |you can )?)(?=(?:delete|remove|erase|take|scratch|drop|cross) )",
    re.I,
)
_FROM_LIST = re.compile(
    rf"(?:delete|remove|erase|take|take (?:away|off)) (?:from|off|out of) (?:(?:my|the|our) )?{scope.LIST}:? (?=.)",
    re.I,
)
_END_AWAY = re.compile(r" (?:off|out|away)$", re.I)
_TAKE = re.compile(r"(?:take|cut|abolish) ", re.I)
CLEAR_LIST = re.compile(
    rf"(?:clear|empty|wipe|delete|remove|erase|clean|reset)(?: out| up| off)? (?:(?:all|of|my|the|whole|entire) ){{0,3}}{scope.LIST}$",
    re.I,
)


def interpret(text: str) -> Delete | DeleteMany | None:
    """What the plain sentence `text` wants deleted, None when nothing."""
    if CLEAR_LIST.match(text):
        return DeleteMany(None)
    if said := _LEAD_IN.match(text):
        text = text[said.end() :]
    if named := _FROM_LIST.match(text):
        text = f"delete {text[named.end() :]} from my list"
    words = cut(text, _DELETE)
    sure = words is not None
    if words is None and (words := cut(text, _DELETE_MAYBE)) is None:
        return None
    if _TAKE.match(text):
        # These need the list, or they are about the world: "take the bins out", "cut the grass".
        stripped = cut_end(words, scope.TO_LIST) or (None if text[:3].lower() == "cut" else cut_end(words, _END_AWAY))
        if stripped is None:
            return None
        words = stripped
    if (which := many(words)) is not None:
        return DeleteMany(which[0])
    found = target(words, sure=sure, strict=True)
    return Delete(found) if found else None
