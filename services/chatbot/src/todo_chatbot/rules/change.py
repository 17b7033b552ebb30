"""Sentences that complete, reopen, change or delete todos that are there."""

import re
from typing import Any

from todo_chatbot.acts import Ask, Complete, CompleteMany, Context, Delete, DeleteMany, Target, Update
from todo_chatbot.rules import dates, items, scope
from todo_chatbot.rules.text import cut, cut_end, unquote

Change = Complete | CompleteMany | Update | Delete | DeleteMany | Ask

_DONE = r"(?:as )?(?:done|completed?|finished|checked(?: off)?|ticked(?: off)?|off)"
_UNDONE = (
    r"(?:as )?(?:not (?:done|completed?|finished)|undone|open|incomplete|uncompleted|unfinished|to[ -]?do|pending)"
)
_MARK = re.compile(r"(?:mark|set|tick|check|flag|make|put|cross|strike|turn) ", re.I)
_END_DONE = re.compile(rf" {_DONE}$", re.I)
_END_UNDONE = re.compile(rf" {_UNDONE}$", re.I)
_OFF = re.compile(
    r"(?:mark|tick|check|cross|strike)(?:ed)? off(?: as done)? |mark (?:as )?(?:done|completed?|finished):? ", re.I
)
_COMPLETE = re.compile(
    r"(?:complete|finish|tick|(?:done|finished) with|done:|i(?:'m| am) (?:done|finished) with) ", re.I
)
_DID = re.compile(
    r"(?:i(?:'ve| have)? (?:just |already |now |finally )?(?:done|did|finished|completed)|i(?:'ve| have)|finished|completed) ",
    re.I,
)
_IS_DONE = re.compile(r" (?:is|are|has been|was|got)(?: now| all| already)? (?:done|completed?|finished)$", re.I)
_IS_UNDONE = re.compile(
    r" (?:is|are)(?: still)? (?:not (?:done|completed?|finished)(?: yet)?|undone|open|unfinished)$", re.I
)
_REOPEN = re.compile(
    r"(?:re-?open|un-?complete|un-?tick|un-?check|un-?mark|un-?finish|un-?do|restart|mark as (?:not done|undone|open)) ",
    re.I,
)
_DELETE = re.compile(
    r"(?:delete|remove|erase|get rid of|scratch|trash|discard|bin|wipe|strike|take|eliminate|throw (?:out|away)) ", re.I
)
_DELETE_MAYBE = re.compile(r"(?:drop|cancel|clear|forget(?: about)?|dismiss|ditch|lose|kill|nix) ", re.I)
_END_AWAY = re.compile(r" (?:off|out|away)$", re.I)
_CLEAR_LIST = re.compile(
    rf"(?:clear|empty|wipe|delete|remove|erase|clean|reset)(?: out| up| off)? (?:(?:all|of|my|the|whole|entire) ){{0,3}}{scope.LIST}$",
    re.I,
)
_MANY = re.compile(
    rf"(?:(?:all|every|everything|of|my|the|that|which|is|are|i have|i've) ){{0,6}}"
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
_OPEN_WORDS = ("open", "pending", "unfinished", "undone", "incomplete")

_LEVEL_END = re.compile(
    rf"(?:,? |^)(?:(?:to|as|a|an|at|with|is|=|:) ){{0,3}}(?P<level>{items.LEVEL})(?:[ -]prio(?:rity)?)?$", re.I
)
_PRIORITY_OF = re.compile(
    r"(?:set|change|make|update|give|raise|increase|lower|decrease|reduce|bump)(?: up| down)? (?:the )?prio(?:rity)?(?: level)? (?:of|for|on) ",
    re.I,
)
_RAISE = re.compile(r"(?:raise|increase|bump(?: up)?) (?:the )?prio", re.I)
_LOWER = re.compile(r"(?:lower|decrease|reduce|bump down) (?:the )?prio", re.I)
_PRIORITISE = re.compile(r"(?P<de>de-?)?prioriti[sz]e ", re.I)
_SET = re.compile(r"(?:set|change|make|mark|update|flag|give|turn) ", re.I)
_IS_LEVEL = re.compile(rf" (?:is|are) (?P<level>{items.LEVEL})(?:[ -]priority)?$", re.I)
_SAYS_PRIORITY = re.compile(r"prio(?:rity)?$|urgent$|important$|critical$", re.I)
_PRIORITY_WORD_END = re.compile(r"(?:'s)? prio(?:rity)?$", re.I)

_DUE_OF = re.compile(
    r"(?:set|change|make|update|move|push|put|add|give)(?: back)? (?:the |a )?(?:due date|due|deadline|date|due time) (?:of|for|on|to) ",
    re.I,
)
_NO_DUE = re.compile(
    r"(?:remove|delete|clear|drop|unset) (?:the )?(?:due date|deadline|date|due time) (?:of|for|from|on) ", re.I
)
_MOVE = re.compile(
    r"(?:move|postpone|push|re-?schedule|delay|shift|defer|put off|bring forward|bring|push back|snooze)(?: back)? ",
    re.I,
)
_SET_DUE = re.compile(r"(?:set|make|change|update|schedule) ", re.I)
_IS_DUE = re.compile(r" (?:is|are) (?=due )", re.I)
_DUE_WORD_END = re.compile(r"(?:'s)?(?: due| due date| deadline)?(?: back| off| forward)?(?: to| until| till)?$", re.I)

_RENAME = re.compile(r"(?:rename|re-?title|reword|rephrase) ", re.I)
_TITLE_OF = re.compile(r"(?:change|edit|update|set|correct|fix) (?:the )?(?:title|name|text|wording) (?:of|for) ", re.I)
_CHANGE = re.compile(r"(?:change|edit|update|correct|replace|modify|turn) ", re.I)
_DESCRIPTION_OF = re.compile(
    r"(?:set|change|add|edit|update) (?:the |a )?(?:description|notes?|details?) (?:of|for|to|on) ", re.I
)

_THE_ITEM = re.compile(
    r"(?:(?:the|my|that|this) )?(?:to[ -]?do|task|item|entry|reminder|chore)(?: (?:called|named|titled|about|to|for|saying|that says|:))? ",
    re.I,
)
_ITEM_END = re.compile(r"(?<=\S) (?:to[ -]?do|task|item|entry|reminder|chore)$", re.I)
_ID = re.compile(r" #(?P<id>[0-9a-f]{4,36})$", re.I)
_PRONOUNS = frozenset(("it", "that", "this", "them", "these", "those", "that one", "this one", "the first one", "one"))


def interpret(text: str, context: Context) -> Change | None:
    """What the plain sentence `text` wants changed, None when nothing."""
    for rule in (_update, _reopen, _complete, _delete):
        if (change := rule(text, context)) is not None:
            return change
    return None


def target(words: str, *, sure: bool = True) -> Target | None:
    """The todo that `words` name; None when they name something that no todo list has."""
    listed = cut_end(words, scope.FROM_LIST)
    if listed is not None:
        words, sure = listed, True
    elif scope.foreign_place(words):
        return None
    prefix = ""
    if found := _ID.search(words[-40:]):
        prefix = found["id"].lower()
        words = words[: -len(found.group())]
    words, quoted = unquote(words)
    if not quoted:
        if (said := cut(words, _THE_ITEM)) or (
            (said := cut_end(words, _ITEM_END)) and said.lower() not in ("the", "a", "my")
        ):
            words, sure = unquote(said)[0], True
        elif scope.foreign_head(words):
            sure = False
    return Target(words.strip(), sure or quoted, prefix) if words.strip() else None


def _delete(text: str, _: Context) -> Change | None:
    if _CLEAR_LIST.match(text):
        return DeleteMany(None)
    words = cut(text, _DELETE)
    sure = words is not None
    if words is None and (words := cut(text, _DELETE_MAYBE)) is None:
        return None
    if text[:5].lower() == "take ":
        stripped = cut_end(words, scope.FROM_LIST) or cut_end(words, _END_AWAY)
        if stripped is None:
            return None
        words = stripped
    if (many := _many(words)) is not None:
        return DeleteMany(many[0])
    found = target(words, sure=sure)
    return Delete(found) if found else None


def _many(words: str) -> tuple[bool | None] | None:
    """Which of all todos `words` mean: (True,) the done, (False,) the open, (None,) all; None when not "all …"."""
    if not _SOME_OF_ALL.match(words) or not (found := _MANY.match(words)):
        return None
    state = (found["state"] or found["late"] or "").lower()
    if not state:
        return (None,)
    return (state not in _OPEN_WORDS,)


def _complete(text: str, _: Context) -> Change | None:
    sure = True
    if (words := cut(text, _OFF)) is None:
        words = cut_end(said, _END_DONE) if (said := cut(text, _MARK)) else None
    if words is None:
        words = cut(text, _COMPLETE)
        sure = False
    if words is None and text[-5:].lower() != " list":
        words = cut_end(text, _IS_DONE)
    if words is None:
        words = cut(text, _DID)
    if not words or words.split(" ", 1)[0].lower() in ("how", "what", "why", "when", "where", "who"):
        return None
    if (many := _many(words)) is not None and many[0] is not True:
        return CompleteMany()
    found = target(words, sure=sure)
    return Complete(found) if found else None


def _reopen(text: str, _: Context) -> Change | None:
    if (words := cut(text, _REOPEN)) is None:
        words = cut_end(said, _END_UNDONE) if (said := cut(text, _MARK)) else None
    if words is None:
        words = cut_end(text, _IS_UNDONE)
    found = target(words) if words else None
    return Complete(found, completed=False) if found else None


def _update(text: str, context: Context) -> Change | None:
    for rule in (_no_due, _due, _priority, _title, _description):
        if (change := rule(text, context)) is not None:
            words, fields, sure = change
            found = target(words, sure=sure)
            return Update(found, fields) if found else None
    return None


Fields = tuple[str, dict[str, Any], bool]


def _no_due(text: str, _: Context) -> Fields | None:
    return (words, {"due_at": None}, True) if (words := cut(text, _NO_DUE)) else None


def _due(text: str, context: Context) -> Fields | None:
    said_due = cut(text, _DUE_OF)
    moved = cut(text, _MOVE) if said_due is None else None
    words = said_due or moved
    if words is None and _SET_DUE.match(text):
        words = cut(text, _SET_DUE)
    if words is None:
        words = text if _IS_DUE.search(text[-80:]) else None
    if not words:
        return None
    if said_due or moved:
        # "move rent to the 5th": after "to" a shorter word is a date as well
        for joint in (" to ", " until ", " till ", " for ", " by "):
            name, _, when = words.rpartition(joint)
            if name and (due := dates.whole(when, context)):
                return cut_end(name, _DUE_WORD_END) or name, {"due_at": due}, True
    if not (found := dates.at_end(words, context)) or not found.rest:
        return None
    name = cut_end(found.rest, _DUE_WORD_END) or found.rest
    if name.lower().endswith((" is", " are")):
        name = name.rsplit(" ", 1)[0]
    return name, {"due_at": found.due_at}, said_due is not None or moved is not None or " due" in text.lower()


def _priority(text: str, _: Context) -> Fields | None:
    if found := _PRIORITISE.match(text):
        return text[found.end() :].strip(), {"priority": "low" if found["de"] else "high"}, True
    if (words := cut(text, _PRIORITY_OF)) is not None:
        if (level := _LEVEL_END.search(words[-40:])) and (name := cut_end(words, _LEVEL_END)):
            return name, {"priority": items.level(level["level"])}, True
        if _RAISE.match(text):
            return words, {"priority": "high"}, True
        return (words, {"priority": "low"}, True) if _LOWER.match(text) else None
    words = cut(text, _SET)
    if words is not None and (level := _LEVEL_END.search(words[-40:])) and (name := cut_end(words, _LEVEL_END)):
        sure = bool(_SAYS_PRIORITY.search(words[-12:]) or _PRIORITY_WORD_END.search(name[-12:]))
        return cut_end(name, _PRIORITY_WORD_END) or name, {"priority": items.level(level["level"])}, sure
    if (level := _IS_LEVEL.search(text[-40:])) and (name := cut_end(text, _IS_LEVEL)):
        return name, {"priority": items.level(level["level"])}, False
    return None


def _title(text: str, _: Context) -> Fields | None:
    renamed = cut(text, _RENAME) or cut(text, _TITLE_OF)
    words = renamed or cut(text, _CHANGE)
    if not words:
        return None
    # The first joint that is not inside quotes parts the old title from the new one.
    joints = (" to ", " as ", " into ", " with ") if renamed is None else (" to ", " as ", " into ")
    parts = _parted(words, joints)
    if parts is None or not parts[0] or not parts[1]:
        return None
    new, _quoted = unquote(parts[1])
    return (parts[0], {"title": new}, renamed is not None) if new and len(new) <= items.MAX_TITLE else None


def _parted(words: str, joints: tuple[str, ...]) -> tuple[str, str] | None:
    if words.startswith('"') and (end := words.find('"', 1)) > 0:
        for joint in joints:
            # an id may stand between: "milk" #1a2b to "oat milk"
            before, found, after = words[end + 1 :].partition(joint)
            if found and (not before or _ID.fullmatch(before)):
                return words[: end + 1] + before, after.strip()
        return None
    at = min(((words.find(joint), joint) for joint in joints if joint in words), default=None)
    return (words[: at[0]].strip(), words[at[0] + len(at[1]) :].strip()) if at else None


def _description(text: str, _: Context) -> Fields | None:
    words = cut(text, _DESCRIPTION_OF)
    if not words:
        return None
    parts = _parted(words, (": ", " to ", " as "))
    return (parts[0], {"description": unquote(parts[1])[0]}, True) if parts and parts[0] and parts[1] else None


def is_pronoun(words: str) -> bool:
    """Whether `words` only point at something ("it"), so that the user must be asked."""
    return words.lower() in _PRONOUNS
