"""Sentences that tell how a todo is ("milk is done", "rent is due Friday") without asking for anything outright."""

import re
from dataclasses import replace

from todo_chatbot.acts import Complete, Context, Many, Target, Update
from todo_chatbot.rules import dates, items
from todo_chatbot.rules.target import is_pronoun, many, target
from todo_chatbot.rules.text import cut, cut_end

_FINISHED = re.compile(
    r"(?:(?:i'm |i am |i just got |we're )?(?:all )?(?:done|finished|through) with|finish|(?:i|we)(?:'ve| have)? (?:just |already |now |finally |also )?(?:done|did|finished|completed|bought|got|picked up"
    r"|paid(?: for)?|called|phoned|e-?mailed|mailed|sent|cleaned|washed|fixed|booked|returned|watered|walked|fed|took out|ordered"
    r"|mowed|cooked|renewed|filed|submitted|vacuumed|swept|packed|took care of)|finished|completed|already did|bought|picked up|paid) ",
    re.I,
)
_IS_DONE = re.compile(
    r"(?: (?:is|are|has been|have been|was|got)|'s)(?: now| all| already| finally)? (?:done|completed?|finished|taken care of|sorted|dealt with)$",
    re.I,
)
_IS_UNDONE = re.compile(
    r" (?:isn't|aren't|is not|are not) (?:done|completed?|finished)(?: yet)?$| (?:is|are)(?: still)? (?:not (?:done|completed?|finished)(?: yet)?|undone|open|unfinished)$",
    re.I,
)
_UNFINISHED = re.compile(
    r"(?:i|we) (?:haven't|have not|didn't|did not) (?:really |actually )?(?:finish|finished|do|done|complete|completed)(?: with)? ",
    re.I,
)
_IS_LEVEL = re.compile(
    rf" (?:is|are|should be|needs to be|must be|became|has become)(?: now| really| very)? (?P<level>{items.LEVEL})(?:[ -]priority)?$",
    re.I,
)
_IS_DUE = re.compile(
    r" (?:is|are|should be|needs to be|must be|has to be|have to be)(?: now)? (?:done )?(?P<when>(?:due|by) .+)$", re.I
)
# What is "it" the last answer tells, or nobody.
_IT_IS = re.compile(r"(?:it|that|this)(?:'s| is) (?:now |already |all )?(?:done|completed?|finished)$", re.I)
_ASKING = (
    "how",
    "what",
    "why",
    "when",
    "where",
    "who",
    "which",
    "whose",
    "if",
    "it",
    "that",
    "this",
    "there",
    "he",
    "she",
)


def interpret(text: str, context: Context) -> Complete | Update | Many | None:
    """The change that the plain sentence `text` implies for the todo that it names, None when none.

    Its target is never sure: unless a todo has that very title, the user is asked first.
    """
    if text.split(" ", 1)[0].lower() in _ASKING and not (context.history and _IT_IS.match(text)):
        return None
    if words := cut(text, _FINISHED) or cut_end(text, _IS_DONE):
        if " list" in words and (which := many(words, context)):
            return Many("complete", replace(which, completed=False))
        return Complete(found) if (found := _named(words)) else None
    if words := cut(text, _UNFINISHED) or cut_end(text, _IS_UNDONE):
        return Complete(found, completed=False) if (found := _named(words)) else None
    if (level := _IS_LEVEL.search(text[-40:])) and (words := cut_end(text, _IS_LEVEL)):
        return Update(found, {"priority": items.level(level["level"])}) if (found := _named(words)) else None
    if (due := _IS_DUE.search(text[-80:])) and (when := dates.whole(due["when"], context)):
        words = cut_end(text, _IS_DUE)
        return Update(found, {"due_at": when}) if words and (found := _named(words)) else None
    return None


def _named(words: str) -> Target | None:
    return Target(words) if is_pronoun(words) else target(words, sure=False)
