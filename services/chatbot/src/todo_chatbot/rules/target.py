"""Which todos the words of a sentence point at."""

import re

from todo_chatbot.acts import Context, Show, Target
from todo_chatbot.rules import scope, show
from todo_chatbot.rules.recalled import is_place
from todo_chatbot.rules.text import cut, cut_end, unquote

_THE_ITEM = re.compile(
    r"(?:(?:the|my|that|this) )?(?:to[ -]?do|task|item|entry|reminder|chore)(?: (?:called|named|titled|about|to|for|saying|that says|:))? ",
    re.I,
)
_AS_ITEM = re.compile(r" as an? (?:item|task|entry|to[ -]?do)$", re.I)
_ITEM_END = re.compile(r"(?<=\S) (?:to[ -]?do|task|item|entry|reminder|chore)$", re.I)
ID = re.compile(r" #(?P<id>[0-9a-f]{4,36})$", re.I)
_PRONOUNS = re.compile(
    r"it|them|one|something|(?:this|that|these|those)|(?:(?:an?|the|this|that|these|those) )?(?:items?|task|to[ -]?do|entry|thing|one)",
    re.I,
)
_MANY = re.compile(
    rf"(?:(?:all|every|everything|of|my|the|that|that's|which|is|are|i have|i've) ){{0,6}}"
    rf"(?:(?P<state>done|completed?|finished|ticked|checked|open|pending|unfinished|undone|incomplete) ?)?"
    rf"(?:{scope.ITEMS}|{scope.LIST}|everything|all)?"
    rf"(?: (?:that |which )?(?:are|is|i(?:'ve| have))? ?(?P<late>done|completed?|finished|ticked|checked|open|pending))?"
    rf"(?: (?:(?:from|on|in|off) )?(?:(?:my|the) )?{scope.LIST})?$",
    re.I,
)
_SOME_OF_ALL = re.compile(
    r"(?:all|every|everything|completed?|done|finished|my (?:done|completed|finished)|the (?:done|completed|finished))(?: |$)",
    re.I,
)
# "everything for this month", "what I have to do on Friday"
_UNCLEAR = re.compile(r"(?:all|everything|what|anything|any|every|upcoming) ?", re.I)
_ALL_OF = re.compile(
    rf"(?:everything|(?:all|every)(?: ones)?)(?! (?:[\w-]{{1,12}} ){{0,2}}{scope.ITEMS})(?: that(?:'s| is| are)?)?",
    re.I,
)
_OPEN_WORDS = ("open", "pending", "unfinished", "undone", "incomplete")


def target(words: str, *, sure: bool = True, strict: bool = False) -> Target | None:
    """The todo that `words` name; None when they name something that no todo list has.

    `strict`: a calendar's or another assistant's words anywhere make only a todo with that very title meant.
    """
    listed = cut_end(words, scope.TO_LIST)
    if listed is not None:
        words, sure = _AS_ITEM.sub("", listed), True
    elif scope.foreign_place(words):
        return None
    prefix, only_exact = "", False
    if found := ID.search(words[-40:]):
        prefix = found["id"].lower()
        words = words[: -len(found.group())]
    words, quoted = unquote(words)
    if not quoted and not is_place(words):
        if (said := cut(words, _THE_ITEM)) or (
            (said := cut_end(words, _ITEM_END)) and said.lower() not in ("the", "a", "my")
        ):
            words, sure = unquote(said)[0], True
        elif scope.foreign_head(words) or scope.foreign_end(words):
            sure, only_exact = listed is not None, listed is None
        if strict and listed is None and _others(words):
            sure, only_exact = False, True
    if (not sure and is_pronoun(words)) or (not quoted and scope.somebody(words)):
        return None  # "turn it up": about something else
    return Target(words.strip(), sure or quoted, prefix, only_exact) if words.strip() else None


def _others(words: str) -> bool:
    named = (
        scope.from_elsewhere(words)
        or scope.foreign_any(words)
        or scope.occasion(words)
        or scope.clock(words)
        or scope.day(words)
    )
    return named or bool(_UNCLEAR.match(words))


def many(words: str, context: Context) -> Show | None:
    """Which of all todos `words` mean ("all done ones", "everything due today"), None when not several by a rule."""
    if not _SOME_OF_ALL.match(words) or is_place(words):
        return None
    if found := _MANY.match(words):
        state = (found["state"] or found["late"] or "").lower()
        return Show(None if not state else state not in _OPEN_WORDS)
    return show.filtered(_ALL_OF.sub("all todos", words, count=1), context)


def is_pronoun(words: str) -> bool:
    """Whether `words` only point at something ("it"), so that the user must be asked."""
    return bool(_PRONOUNS.fullmatch(words)) or is_place(words)
