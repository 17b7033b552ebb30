"""Sentences that delete todos."""

import re

from todo_chatbot.acts import Context, Delete, Many, Show, Target
from todo_chatbot.rules import scope
from todo_chatbot.rules.target import many, target
from todo_chatbot.rules.text import cut, cut_end

_DELETE = re.compile(
    r"(?:delete|remove|erase|get rid of|scratch(?: out| off)?|trash|discard|bin|wipe|take(?: off)?|eliminate|throw (?:out|away)|cut) ",
    re.I,
)
_DELETE_MAYBE = re.compile(
    r"(?:drop|cancel|clear|forget(?: about)?|dismiss|ditch|lose|kill|nix|scrap|never ?mind) ", re.I
)
_END_AWAY = re.compile(r" (?:off|out|away)$", re.I)
_TAKE = re.compile(r"(?:take|cut|abolish) ", re.I)
CLEAR_LIST = re.compile(
    rf"(?:clear|empty|wipe|delete|remove|erase|clean|reset)(?: out| up| off)? (?:(?:all|of|my|the|whole|entire) ){{0,3}}{scope.LIST}$",
    re.I,
)


# "I already have milk, take it off", "we don't need milk anymore"
_NOT_NEEDED = re.compile(
    r"(?:i|we) (?:(?:do not|don't|no longer|never) (?:need|want)(?: to)?|(?:already )?(?:have|got|bought)(?: enough| already)?) (?P<what>.{1,80}?)"
    r"(?:,? (?:any ?more|any longer))?(?:,? (?:so|and|please|just)){0,2},? (?:please )?(?:delete|remove|take|cross|scratch|drop) (?:it|that|them)(?: off| out| from| of| my| the| list| to[ -]do| shopping| grocery){0,6}$"
    r"|(?:i|we) (?:(?:do not|don't) (?:need|want)(?: to)? (?P<late>.{1,80}) (?:any ?more|any longer)|no longer (?:need|want|have)(?: to)? (?P<more>.{1,80}))$",
    re.I,
)
_NO_LONGER = 200  # characters; longer sentences are searched by no pattern with a gap
_ASKED = re.compile(r"(?:what|which|who|when|is|are|was|were|did|do|have|has|how|if|why|should|i) ", re.I)
_GET_OFF = re.compile(
    rf"(?:get(?! rid )|have|want|i want) (?P<what>.{{1,80}}?) (?:off|out of|from|off of) (?:{scope.OWNER} )?{scope.LIST}$",
    re.I,
)
_REMOVED = re.compile(
    rf"(?:i(?:'d like| want| would like| need) )?(?P<what>.{{1,80}}?) (?:should be |must be |to be |needs to be |has to be )?"
    rf"(?:removed|deleted|erased|taken|crossed|gone|scratched)(?: off| out)? (?:from|off|of|off of) (?:(?:my|the|our) )?{scope.LIST}$",
    re.I,
)


def interpret(text: str, context: Context) -> Delete | Many | None:
    """What the plain sentence `text` wants deleted, None when nothing."""
    if len(text) <= _NO_LONGER and (unwanted := _unwanted(text)):
        return Delete(unwanted)
    if CLEAR_LIST.match(text):
        return Many("delete", Show(None))
    words = cut(text, _DELETE)
    sure = words is not None
    if words is None and (words := cut(text, _DELETE_MAYBE)) is None:
        return None
    if _TAKE.match(text):
        # These need the list, or they are about the world: "take the bins out", "cut the grass".
        stripped = cut_end(words, scope.TO_LIST)
        if stripped and not scope.AWAY.match(words, len(stripped)):
            return None  # "take the cake to my list"
        if stripped is None:
            sure = False
            stripped = None if text[:3].lower() == "cut" else cut_end(words, _END_AWAY)
        if stripped is None:
            return None
        words = stripped
    if (which := many(words, context)) is not None:
        return Many("delete", which)
    found = target(words, sure=sure, strict=True)
    return Delete(found) if found else None


def _unwanted(text: str) -> Target | None:
    """The todo that `text` says should go without asking for it outright."""
    if found := _NOT_NEEDED.match(text):
        return target(found["what"] or found["late"] or found["more"], sure=False, strict=True)
    if (found := _REMOVED.match(text)) and not _ASKED.match(found["what"] + " "):
        return target(found["what"], strict=True)
    if found := _GET_OFF.match(text):
        return target(found["what"], strict=True)
    return None
