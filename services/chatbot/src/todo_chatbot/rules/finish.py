"""Sentences that complete and reopen todos."""

import re
from dataclasses import replace

from todo_chatbot.acts import Complete, Context, Many
from todo_chatbot.rules import scope
from todo_chatbot.rules.target import many, target
from todo_chatbot.rules.text import cut, cut_end

_DONE = r"(?:as |to )?(?:done|completed?|finished|checked(?: off)?|ticked(?: off)?)"
_UNDONE = (
    r"(?:as |to )?(?:not (?:done|completed?|finished)|undone|open|incomplete|uncompleted|unfinished|to[ -]?do|pending)"
)
_MARK = re.compile(r"(?:mark|set|tick|check|flag|make|put|cross|strike|turn) ", re.I)
_END_DONE = re.compile(rf" {_DONE}$", re.I)
_STRIKE = re.compile(r"(?:mark|tick|check|cross|strike|scratch) ", re.I)
_END_OFF = re.compile(rf" (?:off|out)(?: (?:{scope.OWNER} )?{scope.LIST})?(?: {_DONE})?$", re.I)
_OFF_LIST = re.compile(r" (?:off|from|out of|off of) (?:[\w'-]{1,20} ){1,4}lists?$", re.I)
_END_UNDONE = re.compile(rf" {_UNDONE}$", re.I)
_OFF = re.compile(
    r"(?:mark|tick|check|cross|strike|scratch|crossing|ticking|checking)(?:ed)? (?:off|out)(?: as done)? |mark (?:as )?(?:done|completed?|finished):? ",
    re.I,
)
_COMPLETE = re.compile(r"(?:complete|tick|done:) ", re.I)
_REOPEN = re.compile(
    r"(?:re-?open|un-?complete|un-?tick|un-?check|un-?mark|un-?finish|un-?do(?! adding)|mark as (?:not done|undone|open)) ",
    re.I,
)


def interpret(text: str, context: Context) -> Complete | Many | None:
    """What the plain sentence `text` wants completed or reopened, None when nothing."""
    if reopened := _reopened(text):
        if (which := many(reopened, context)) is not None:
            return Many("reopen", replace(which, completed=True))
        found = target(reopened)
        return Complete(found, completed=False) if found else None
    if not (words := _completed(text)):
        return None
    if (which := many(words, context)) is not None and which.completed is not True:
        return Many("complete", replace(which, completed=False))
    found = target(words)
    return Complete(found) if found else None


def _reopened(text: str) -> str | None:
    if (words := cut(text, _REOPEN)) is not None:
        return words
    # "check the list and tell me what is open" only asks; "put eggs on my list to do" makes something.
    said = None if text[:6].lower() == "check " else cut(text, _MARK)
    return cut_end(said, _END_UNDONE) if said and not cut_end(said, scope.TO_LIST) else None


def _completed(text: str) -> str | None:
    if (words := cut(text, _OFF)) is not None:
        return words
    if struck := cut(text, _STRIKE):
        # "cross bread off of my list" as well as "cross the bread off"
        listed = cut_end(struck, scope.TO_LIST)
        if listed and (text[:5].lower() in ("cross", "strik", "scrat", "tick ") or _OFF_LIST.search(struck[-60:])):
            return listed
        if words := cut_end(struck, _END_OFF):
            return words
    if (words := cut(text, _COMPLETE)) is not None:
        return words
    said = cut(text, _MARK)
    return cut_end(cut_end(said, scope.TO_LIST) or said, _END_DONE) if said else None
