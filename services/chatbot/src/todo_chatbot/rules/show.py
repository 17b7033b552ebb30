"""Sentences that ask what is on the list."""

import re
from dataclasses import replace
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from todo_chatbot.acts import Context, Show
from todo_chatbot.rules import scope

_ADJECTIVE = (
    r"(?:open|pending|unfinished|undone|remaining|outstanding|incomplete|uncompleted|active|current|upcoming|left"
    r"|done|completed|complete|finished|closed|ticked|checked"
    r"|high|low|normal|urgent|important|top|priority|prio|high-priority|low-priority|overdue|late|due"
    r"|today's|tomorrow's|this|week's|weekly|daily|existing|latest|whole|entire|full|other|personal)"
)
# "things" and "ones" alone may be anything's
_ITEMS = r"(?:to[ -]?dos?|tasks?|items|chores?|errands?|reminders?)"
_OWNED = r"(?:(?:all|any|every|of|my|the|our|me|to) ){0,4}"
_THING = rf"{_OWNED}(?:{_ADJECTIVE},? (?:and )?){{0,4}}(?:{scope.LIST}|{_ITEMS})"
_TAIL_WORD = (
    r"(?:today|tomorrow|tonight|now|currently|this|next|week|weekend|month|due|for|on|in|by|my|the|list|lists|todo|to-do"
    r"|to|do|task|tasks|that|which|are|is|is|still|left|open|done|completed|finished|overdue|with|high|low|normal|priority"
    r"|have|i|not|yet|remaining|pending|there|it|so|far|again|urgent|important|shopping|grocery|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|please|of|mine|been|all|from)"
)
_TAIL = re.compile(rf"(?: {_TAIL_WORD}){{0,12}}$", re.I)
_ASKED = re.compile(
    rf"(?:(?:show|list|display|see|view|read|open|tell|give|get|check|print|pull up|bring up|go over|go through|read out"
    rf"|look at|let me see|run through|review)(?: (?:me|us|out|off|back))? (?:what(?:'s| is| are) (?:on|in) )?{_THING}"
    rf"|what(?:'s|s| is| are| was| were)? (?:there )?(?:still )?(?:left )?(?:(?:on|in) )?{_THING}"
    rf"|(?:what|which|how many|do i have|have i|have i got|are there|is there)(?: (?:of|else))? ?(?:any |anything |a )?{_THING}"
    rf"|what(?:'s| is) (?:left|due|overdue|open|pending|still open|still to do|to do|on my plate)"
    r"|what (?:else )?(?:do|must|did) i (?:still )?(?:have|need)?(?: got)?(?: left)? ?(?:to (?:do|get done)|do|get done)"
    r"|what have i (?:got )?to do|what do i have (?:due|open|left)"
    r"|(?:is|are|do i have)? ?(?:there )?anything (?:due|overdue|left|open|on my list|on my to[ -]?do list)"
    rf"|(?:all |all of )?my {_ADJECTIVE}? ?{scope.LIST}|(?:open|done|completed|pending|overdue|all) {scope.ITEMS})",
    re.I,
)
_BARE = frozenset((
    "list", "check list", "lists", "my lists", "to do list", "to-do list", "shopping list", "grocery list", "groceries list", "list check", "list out", "todos", "to-dos", "to dos", "tasks", "my list", "show", "show all", "list all", "show list", "todo",
    "todo list", "show me", "show everything", "list everything", "show me everything", "overdue", "list them",
))  # fmt: skip
_STATES = re.compile(
    r"(?:show|list|display)(?: me)?(?: the| all| my)? (?:open|done|completed?|finished|pending|overdue|urgent|important|(?:high|low)[ -]priority)(?: ones)?$"
    r"|(?:is there )?anything (?:urgent|important|overdue)(?: (?:today|left|for today|to do))?$",
    re.I,
)
_FIND = re.compile(
    rf"(?:find|search(?: for)?|look for|look up) (?P<words>.{{1,100}}) (?:on|in) (?:my |the )?{scope.LIST}$", re.I
)
_IS_ON = re.compile(
    rf"(?:is|are|do (?:i|we) have|have i got|(?:did|have|had) (?:i|we) (?:already )?(?:remember(?:ed)? to |forget to )?(?:add|added|put|include|included|got|get|write|written|placed?)"
    rf"|has|have(?= .* been )) (?P<words>.{{1,100}}?)(?: (?:been |already |still |down ){{0,2}}(?:added|put|placed|included|listed|written)?)? (?:on|in|to) (?:my |the |our )?{scope.LIST}(?: already| yet| now)?$",
    re.I,
)
_HAS = re.compile(
    rf"(?:do|does|did) (?:my |the |our )?{scope.LIST} (?:already |still |currently )?(?:have|include|contain|say|show|mention|list) (?P<words>.{{1,100}}?)(?: (?:on|in) it)?(?: already| yet| now)?$",
    re.I,
)
_CHECK_FOR = re.compile(
    rf"(?:check|search|scan|look (?:at|in|on|through)|see) (?:my |the |our )?{scope.LIST} (?:for|to see if) (?P<words>.{{1,100}})$",
    re.I,
)
_WHETHER = re.compile(
    rf"(?:.{{0,60}} )?(?:if|whether) (?:i (?:put|have|added|got) (?P<words>.{{1,100}}?)|(?P<what>.{{1,100}}?) (?:is|are|was|were)(?: already| still)?) (?:on|in|to) (?:my |the |our )?{scope.LIST}$",
    re.I,
)
_OVERVIEW = re.compile(
    rf"(?:(?:i|we) (?:need|want|would like)|i'd like|give (?:me|us)|get me|what(?:'s| is))(?: to (?:see|have|hear))? (?:an? |the )?(?:(?:update|overview|rundown|recap|summary|status|report) (?:on|of|about|for) )?(?:{scope.OWNER} )?(?:whole |full )?{scope.LIST}$",
    re.I,
)
# "check soap off" is no look at the list.
_STRUCK = re.compile(r"check (?:off |.{1,80} off(?: |$))", re.I)
_SPOKEN = re.compile(
    r"(?:remind (?:me|us) (?:of )?(?:what|which)|am|(?:give|get|bring|have)(?= (?:me|us|my|the list|all|back|up))|show|list|display|see|view|read|open|tell|check|print|pull|provide|talk|list's|retrieve|access|scan|repeat|describe|summari[sz]e|announce|recall|report|fetch|load|find|search|present|inform|state|take me|go (?:over|through|to|back)|contents?|review|say|speak"
    r"|recite|hear|know|look|count|mention|name|what|what's|whats|which|how|is|are|any|anything|do|does|did|where|where's"
    r"|there|i want|i have|i need to|on|the|my|in|available|existing|run|walk|let|put up|lists|all|current)(?: |$)",
    re.I,
)
# "what I put on my list" writes nothing.
_TOLD = re.compile(
    r" (?:(?:i|we|i've|i have|have i) (?:made|make|put|added|add|saved|save|started|create|created|set up)|got set up|saved|set up|to (?:buy|do|get))(?= |$)",
    re.I,
)
_PLANNED = re.compile(
    r"(?:(?:show|tell|give|list|list out|read|remind)(?: me| us)? )?(?:what|everything|which|all)(?:'s)?(?: all| else| are the| of the)?(?: things| items| jobs| chores| errands| groceries| tasks| stuff)?"
    r"(?: (?:am|are|do|did|must|should|have|had|was|were))?(?: there)?(?: (?:i|we))?(?: (?:still|also|supposed|planning|planned|going|need|needed|want|wanted|have|had|got|plan|must|left|to be|am|are))*"
    r"(?: to)? (?:do|get done|be done|be doing|done|buy|get(?= (?:at|from) )|pick up|finish|complete|accomplish|shop for)"
    r"(?: (?:today|tomorrow|this|next|week|weekend|month|at|from|in|the|store|shop|supermarket|grocery|market|still|around|house|so far|already|yet|for|on|by|monday|tuesday|wednesday|thursday|friday|saturday|sunday))*$"
    r"|what (?:do|should) (?:i|we) (?:still )?(?:need|have) (?:from|at)(?: (?:today|tomorrow|at|from|the|store|shop|supermarket|market|grocery)){0,4}$"
    r"|what groceries (?:do|are) (?:i|we) (?:need|out of|low on|getting)$"
    r"|what (?:did|have|haven't) (?:i|we) (?:not |already |yet )?(?:finish|finished|complete|completed|done)(?: (?:so far|today|already|yet))*$"
    r"|which (?:ones|of them|todos|tasks|chores) (?:are|have i|did i) (?:still )?(?:already )?(?:done|open|finish|finished|complete|completed|left|pending|overdue|urgent)$"
    r"|what did (?:i|we) (?:say|think|tell you) (?:that )?(?:i|we) (?:needed|wanted|had|have|need) to (?:do|buy|get)$"
    r"|(?:is there|do i have) (?:something|anything|stuff) (?:that )?(?:i (?:have|need) )?to (?:do|buy|get|finish)(?: (?:today|tomorrow|this week|still|at the store))*$",
    re.I,
)
_WRITES = re.compile(
    r"(?:^| )(?:add|adding|added|delete|deleted|remove|removed|erase|cancel|mark|rename|create|make|put|play|send|email|call|move|start"
    r"|edit|update|change|set|should|take|clear|room|extra|include|needs?|lacks|want|save|go on|no longer|don't|not)(?: |$)",
    re.I,
)
_LONGEST = 200
_WORD = re.compile(r"[\w'-]+")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


_KEY = (
    r"(?:(?P<due>(?:the )?(?:due[ -]?)?(?:dates?|deadlines?)|due|when (?:they are|they're|it's) due)"
    r"|(?P<priority>(?:the )?(?:priority|prio|priorities|importance|urgency)(?: level)?)"
    r"|(?P<title>(?:the )?(?:title|name|alphabet(?:ical order)?)s?)"
    r"|(?P<new>(?:the )?(?:age|creation date|date (?:added|created)|time added)|when i added them))"
)
_FIRST = (
    r"(?:the )?(?:(?P<urgent>(?:most |more )?(?:urgent|important)|(?:highest|high|top)[ -]priority)"
    r"|(?P<newest>newest|latest|most recent|recent)|(?P<oldest>oldest)|(?P<soonest>soonest|earliest|next due)) (?:ones? |items? |tasks? )?first"
)
_ORDERED = re.compile(
    rf"(?:,| and)?(?: (?:sort|sorted|order|ordered|arranged?|organi[sz]ed|ranked|listed|put))?(?: (?:it|them|everything))?(?: in)?"
    rf" (?:(?:by|in order of|order of) {_KEY}(?: order)?|{_FIRST}|(?P<abc>alphabetically|(?:in )?alphabetical(?: order)?))$",
    re.I,
)
_SORT = re.compile(
    rf"(?:sort|order|arrange|organi[sz]e|rank|put|reorder)(?: (?P<what>it|them|these|those|everything|{_THING}))?$",
    re.I,
)
_SORTED_BY = {
    "due": "due_at", "soonest": "due_at", "priority": "-priority", "urgent": "-priority", "title": "title", "abc": "title",
    "new": "-created_at", "newest": "-created_at", "oldest": "created_at",
}  # fmt: skip


def interpret(text: str, context: Context) -> Show | None:
    """The list that the plain sentence `text` asks for, None when it asks for none."""
    if len(text) <= _LONGEST and (ordered := _ORDERED.search(text)):
        said = text[: ordered.start()]
        key = next(_SORTED_BY[name] for name, words in ordered.groupdict().items() if words)
        shown = _filtered(said, context) if _SORT.match(said) else _asked(said, context)
        return replace(shown, sort=key) if shown else None
    return _asked(text, context)


def _asked(text: str, context: Context) -> Show | None:
    if len(text) > _LONGEST or _STRUCK.match(text):
        return None
    if text.lower() in _BARE or _STATES.match(text):
        return _filtered(text, context)
    if not (asked := _ASKED.match(text)):
        return _searched(text) or _spoken(text, context)
    # What follows must be about the list too: "list of restaurants", "show me the tasks of a lawyer" are not ours.
    if _TAIL.fullmatch(text, asked.end()):
        return _filtered(text, context)
    return _searched(text) or _spoken(text, context)


def filtered(text: str, context: Context) -> Show | None:
    """The todos that `text` names by their state, priority or day ("all todos due today"), None when by anything else."""
    asked = _ASKED.match(f"show {text}")
    return _filtered(text, context) if asked and _TAIL.fullmatch(f"show {text}", asked.end()) else None


def _spoken(text: str, context: Context) -> Show | None:
    """A question about the list in any other words ("can you tell me what the items on my list are")."""
    if _PLANNED.match(text) or _OVERVIEW.match(text):
        return _filtered(text, context)
    if _SPOKEN.match(text) and scope.list_noun(text) and not _WRITES.search(_TOLD.sub("", text)):
        return _filtered(text, context)
    return None


def _searched(text: str) -> Show | None:
    for pattern in (_FIND, _IS_ON, _HAS, _CHECK_FOR, _WHETHER):
        if found := pattern.match(text):
            words = found["words"] or found["what"]
            if words.split(" ", 1)[0].lower() not in (
                "there",
                "anything",
                "what",
                "something",
                "any",
                "items",
                "things",
                "room",
            ):
                return Show(completed=None, words=words.strip("\"'"))
    return None


def _filtered(text: str, context: Context) -> Show:
    words = {word.lower() for word in _WORD.findall(text)}
    done = bool(words & {"done", "completed", "complete", "finish", "finished", "closed", "ticked", "checked"})
    if done and words & {"not", "still"}:
        done = False
    open_ = bool(words & {"open", "left", "pending", "remaining"})
    every = words & {"all", "everything", "whole", "entire"} and not open_
    completed = True if done else None if every else False
    high = words & {"urgent", "important", "high", "high-priority", "top"}
    priority = "high" if high else "low" if words & {"low", "low-priority"} else None
    today = context.today
    first = last = None
    if words & {"overdue", "late"}:
        first, last = None, today - timedelta(days=1)
    elif words & {"today", "today's", "tonight", "daily"}:
        first = last = today
        if completed is False and "due" not in words:
            first = None  # what is overdue is today's business too
    elif words & {"tomorrow", "tomorrow's"}:
        first = last = today + timedelta(days=1)
    elif "weekend" in words:
        first = today + timedelta(days=(5 - today.weekday()) % 7 + 7 * ("next" in words))
        last = first + timedelta(days=1)
    elif words & {"week", "week's", "weekly"}:
        monday = today - timedelta(days=today.weekday())
        first = monday + timedelta(days=7) if "next" in words else monday
        last = first + timedelta(days=6)
    elif "month" in words:
        first = today.replace(day=1) + (relativedelta(months=1) if "next" in words else relativedelta())
        last = first + relativedelta(day=31)
    elif day := next((day for day in _DAYS if day in words), None):
        first = last = today + timedelta(days=(_DAYS.index(day) - today.weekday()) % 7)
    return Show(completed, priority, first, last)
