"""Sentences that change a todo's title, priority, due date or description."""

import re
from typing import Any

from todo_chatbot.acts import Context, Later, Update
from todo_chatbot.rules import dates, items, scope
from todo_chatbot.rules.target import ID, target
from todo_chatbot.rules.text import cut, cut_end, unquote

Fields = tuple[str, dict[str, Any], bool]  # the words for the todo, what changes, and whether a todo must be meant

_LEVEL_END = re.compile(
    rf"(?:,? |^)(?:(?:to|as|a|an|at|with|is|=|:) ){{0,3}}(?P<level>{items.LEVEL})(?:[ -]prio(?:rity)?)?(?: (?:task|item|to[ -]?do))?$",
    re.I,
)
_PRIORITY_OF = re.compile(
    r"(?:set|change|make|update|give|raise|increase|lower|decrease|reduce|bump)(?: up| down)? (?:the )?prio(?:rity)?(?: level)? (?:of|for|on) ",
    re.I,
)
_FROM_LEVEL = re.compile(rf" from {items.LEVEL}$", re.I)
_RAISE = re.compile(r"(?:raise|increase|bump(?: up)?) (?:the )?prio", re.I)
_LOWER = re.compile(r"(?:lower|decrease|reduce|bump down) (?:the )?prio", re.I)
# "raise rent's priority"
_PRIORITY_WAY = re.compile(
    r"(?P<way>raise|increase|bump up|bump|lower|decrease|reduce) (?P<words>[^ ].{0,100})'s prio(?:rity)?$", re.I
)
_BUMP = re.compile(r"(?:bump|move) (?P<words>.{1,100}?) (?P<way>up|down)(?: in (?:the )?priority)", re.I)
_PRIORITISE = re.compile(r"(?P<de>de-?)?prioriti[sz]e ", re.I)
_SET = re.compile(r"(?:set|change|make|mark|update|flag|give|turn|bump|raise|lower|upgrade|downgrade|rank|put) ", re.I)
_ON_LIST = re.compile(rf" (?:to|on|onto|in|into) (?:{scope.OWNER} )?{scope.LIST}(?: |$)", re.I)
_SAYS_PRIORITY = re.compile(r"prio(?:rity)?(?: task| item| todo)?$|urgent$|important$|critical$", re.I)
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
_DEADLINE = re.compile(
    r"(?:set|add|put|give) (?:a |the )?(?:due date|deadline) (?:of|to|at|on) (?P<when>.{1,40}?) (?:for|on|to) (?P<what>.{1,100})",
    re.I,
)
_GIVEN = re.compile(r"give (?P<what>.{1,100}?) (?:a |the )?(?:due date|deadline) (?:of|for|on) (?P<when>.{1,40})", re.I)
# "put rent off until Friday"
_PUT_OFF = re.compile(r"(?:put|push|move|bring) (?P<what>.{1,80}?) (?:off|back|forward) (?:to|until|till|for) ", re.I)
# "postpone rent by two days", "push rent back a week"; "bring rent forward by a day" and "move rent up a day" are earlier.
_BY = re.compile(
    r"(?P<verb>postpone|push|delay|defer|move|put|shift|snooze|re-?schedule|extend|bring)(?P<first> (?:back|off|out|forward|up))?"
    r" (?P<what>.{1,100}?)(?P<way> (?:back|off|out|forward|up))?(?P<by> by| for)?"
    rf" (?P<far>{dates.DISTANCE})(?: (?P<sooner>earlier|sooner)| later| more)?$",
    re.I,
)
_LONGEST_BY = 160
_SET_DUE = re.compile(r"(?:set|make|change|update|schedule) (?!up |an? |another |me |sure )", re.I)
_DUE_WORD_END = re.compile(r"(?:'s)?(?: due| due date| deadline)?(?: back| off| forward)?(?: to| until| till)?$", re.I)
_RENAME = re.compile(r"(?:rename|re-?title|reword|rephrase) ", re.I)
_TITLE_OF = re.compile(r"(?:change|edit|update|set|correct|fix) (?:the )?(?:title|text|wording) (?:of|for) ", re.I)
_CHANGE = re.compile(
    r"(?:change|edit|update|correct|replace|modify|turn|swap(?: out)?|switch|substitute|exchange|alter|make(?= .* into )) ",
    re.I,
)
_INSTEAD = re.compile(r"instead of (?P<old>.{1,80}?),? (?:put|write|have|say|add|use) (?P<new>.{1,80}?)", re.I)
_LIST_FIRST = re.compile(rf"(?:{scope.OWNER} )?{scope.LIST}(?: |$)", re.I)
_DESCRIPTION_OF = re.compile(
    r"(?:set|change|add|edit|update) (?:the |a )?(?:description|notes?|details?) (?:of|for|to|on) ", re.I
)


def interpret(text: str, context: Context) -> Update | None:
    """What the plain sentence `text` wants changed, None when nothing."""
    for rule in (_no_due, _by, _due, _priority, _title, _description):
        if (change := rule(text, context)) is not None:
            words, fields, sure = change
            found = target(words, sure=sure, strict="due_at" in fields)
            return Update(found, fields) if found else None
    return None


def _no_due(text: str, _: Context) -> Fields | None:
    return (words, {"due_at": None}, True) if (words := cut(text, _NO_DUE)) else None


def _by(text: str, _: Context) -> Fields | None:
    if len(text) > _LONGEST_BY or not (found := _BY.match(text)):
        return None
    verb, way = found["verb"].lower(), (found["way"] or found["first"] or "").strip().lower()
    if verb in ("move", "put", "bring", "push", "shift") and not (way or found["by"] or found["sooner"]):
        return None  # "move the shop two days"
    if way == "forward" and verb != "bring":
        return None  # to some it means sooner, to others later
    if not (away := dates.distance(found["far"])):
        return None
    if found["sooner"] or way == "up" or (verb == "bring" and way != "back"):
        away = Later(-away.days, -away.months)
    return cut_end(found["what"], _DUE_WORD_END) or found["what"], {"due_at": away}, True


def _due(text: str, context: Context) -> Fields | None:
    given = _DEADLINE.fullmatch(text) or _GIVEN.fullmatch(text)
    if given and (due := dates.whole(given["when"], context)):
        return given["what"], {"due_at": due}, True
    said_due = cut(text, _DUE_OF)
    moved = cut(text, _MOVE) if said_due is None else None
    if moved is None and (put := _PUT_OFF.match(text)):
        moved = text[put.end() :] and f"{put['what']} to {text[put.end() :]}"
    words = said_due or moved
    if words is None and _SET_DUE.match(text):
        words = cut(text, _SET_DUE)
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
    return name, {"due_at": found.due_at}, said_due is not None or moved is not None or " due" in text.lower()


def _priority(text: str, _: Context) -> Fields | None:
    if found := _PRIORITISE.match(text):
        return text[found.end() :].strip(), {"priority": "low" if found["de"] else "high"}, True
    if (words := cut(text, _PRIORITY_OF)) is not None:
        if (level := _LEVEL_END.search(words[-40:])) and (name := cut_end(words, _LEVEL_END)):
            return cut_end(name, _FROM_LEVEL) or name, {"priority": items.level(level["level"])}, True
        if _RAISE.match(text):
            return words, {"priority": "high"}, True
        return (words, {"priority": "low"}, True) if _LOWER.match(text) else None
    if found := _BUMP.fullmatch(text):
        return found["words"], {"priority": "high" if found["way"].lower() == "up" else "low"}, True
    if found := _PRIORITY_WAY.match(text):
        return found["words"], {"priority": "high" if found["way"][0].lower() in "rib" else "low"}, True
    words = cut(text, _SET)
    if words and text[:4].lower() == "put " and _ON_LIST.search(words):
        return None  # "put soap on the list asap"
    if words is not None and (level := _LEVEL_END.search(words[-40:])) and (name := cut_end(words, _LEVEL_END)):
        sure = bool(_SAYS_PRIORITY.search(words[-12:]) or _PRIORITY_WORD_END.search(name[-12:]))
        return cut_end(name, _PRIORITY_WORD_END) or name, {"priority": items.level(level["level"])}, sure
    return None


def _title(text: str, _: Context) -> Fields | None:
    renamed = cut(text, _RENAME) or cut(text, _TITLE_OF)
    words = renamed or cut(text, _CHANGE) or (text if _INSTEAD.match(text) else None)
    if not words or _LIST_FIRST.match(words):
        return None
    # The first joint that is not inside quotes parts the old title from the new one.
    listed = cut_end(words, scope.TO_LIST)
    words = listed or words
    joints = (
        (" to say ", " to ", " as ", " into ", " with ", " for ") if renamed is None else (" to ", " as ", " into ")
    )
    words = words.replace(" -> ", " to ")
    if instead := _INSTEAD.fullmatch(words):
        words = f"{instead['old']} to {instead['new']}"
    parts = _parted(words, joints)
    if parts is None or not parts[0] or not parts[1] or scope.list_itself(parts[0]):
        return None
    new, _quoted = unquote(parts[1])
    return (
        (parts[0], {"title": new}, renamed is not None or listed is not None)
        if new and len(new) <= items.MAX_TITLE
        else None
    )


def _parted(words: str, joints: tuple[str, ...]) -> tuple[str, str] | None:
    if words.startswith('"') and (end := words.find('"', 1)) > 0:
        for joint in joints:
            # an id may stand between: "milk" #1a2b to "oat milk"
            before, found, after = words[end + 1 :].partition(joint)
            if found and (not before or ID.fullmatch(before)):
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
