"""Sentences that make todos."""

import re

from todo_chatbot.acts import Ask, Context, Create, NewTodo
from todo_chatbot.rules import dates, items, scope
from todo_chatbot.rules.text import cut, cut_end

_GRADE = r"(?:(?P<grade>high|low|normal|urgent|important)(?:[ -]priority)? )"
_MAKE = (
    r"(?:add|create|make|new|set|set up|schedule|put|enter|insert|write|start|note|give|get|have|i have|i've got|i need|i want"
    r"|i'd like|there is|here's)"
)
# "add a task to …", "new todo: …", "make me a high priority to-do called …"
_NAMED = re.compile(
    rf"(?:{_MAKE}(?: me| down| in| up)?,? )?"
    rf"(?:(?:a|an|another|the|one) )?(?:new |another )?{_GRADE}?(?:to[ -]?do|task|reminder|chore|errand)(?! lists?(?: |$))"
    r"(?: (?:item|entry|note|task))?(?: (?:for|on|to|in) (?:my|the|our) (?:[\w-]{1,12} ){0,2}list)?"
    r"(?:(?: (?:to|for|of|that|about|called|named|titled|saying|which says|that says|with the title)(?: me| i (?:need|have|must|should))?(?: to)?)?:? |:|, )",
    re.I,
)
_NEW_WORD = re.compile(
    rf"{_MAKE}\b|[^:]{{0,40}}:",
    re.I,
)
_REMIND = re.compile(
    r"(?:remind me|don't forget|do not forget|don't let me forget|make sure i(?: don't forget)?|make a note(?= to )|note to self:?)(?: |$)",
    re.I,
)
_REMIND_JOIN = re.compile(r"(?:to|that i (?:need|have|must)(?: to)?|that|about|of) ", re.I)
_ADD = re.compile(r"(?:re[ -]?add|add|append|jot down|note down|write down|put down|jot):? ", re.I)
_PUT = re.compile(
    r"(?:put|place|include|insert|enter|write|note|stick|pop|get|throw|have(?! (?:i|we) )|i need|i want|i'd like|we need|need|want|give|save|slap|chuck|log|track|register|record|list|type|attach|drop|copy|keep|remember|set|make|bring)(?: down)? ",
    re.I,
)
_TRAILING_TASK = re.compile(r" (?:as|for) (?:a |an )?(?:new )?(?:to[ -]?do|task|reminder|item|entry)(?: item)?$", re.I)
_ITEM_WORD = re.compile(
    r"(?:(?:a|an|the|another|new|following) ){0,2}(?:items?|entry|entries)(?: called| named)?:? (?=[^ ])(?!to |on |in |for |from )",
    re.I,
)
_THAT_I = re.compile(r"that (?:i|we) (?:must|need to|have to|should|ought to|want to|gotta) ", re.I)
_AS_WELL = re.compile(r",? (?:too|as well|also|on there)$", re.I)
# "add something", "add one more item"
_LEAVES_OPEN = re.compile(
    r"(?:(?:an?|the|this|that|these|those|another|some|one|new|extra|more)(?: |$)){0,3}(?:items?|entry|entries|things?|to[ -]?do|task|stuff|ones?)?"
    r"|something|anything|it|them|later|again|soon|tomorrow",
    re.I,
)
# "remind me of your name"
_NO_TODO = re.compile(r"(?:your|who|what|where|when|why|how|if|whether) ", re.I)
_NOT_REMINDED = re.compile(
    r"(?:the|all|my|any|of the|of my|if|every) (?:[\w'-]{1,20} ){0,2}(?:reminders?|events?)|at |on |in ", re.I
)
_DUE = re.compile(r"[ ,(-]*(?:due|by|before|until|till|no later) ", re.I)
_THING_WORDS = 2
_NOTE = re.compile(r"(?:an? |new |another )?notes? (?:to|that|for|about|on|in)(?: |$)", re.I)
_TO_DO = re.compile(r"to ", re.I)
_MEET = re.compile(r"(?:meet|attend) ", re.I)
_ASKING = ("when", "if", "what", "who", "where", "how", "why")
WHAT = Ask("What shall I add?")


def interpret(text: str, context: Context) -> Create | Ask | None:
    """The todos that the plain sentence `text` wants, None when it wants none."""
    if (reminder := cut(text, _REMIND)) is not None:
        # "don't forget about the meeting at six" may be said to a calendar; "remind me" is always ours.
        if (
            text[:6].lower() != "remind"
            and not _TO_DO.match(reminder)
            and (scope.occasion(reminder) or scope.foreign_any(reminder) or scope.clock(reminder))
        ):
            return None
        return _remind(reminder, context)
    if (what := _what(text, context)) is None:
        return None
    body, fields = what
    return _make(body, fields, context)


def _what(text: str, context: Context) -> tuple[str, dict[str, str]] | None:
    """The words that say what to add and what was said of it besides, None when nothing is to be added."""
    if text.lower() in ("add", "add a todo", "add a task", "new todo", "new task", "add todo", "create a todo"):
        return "", {}
    if (named := _NAMED.match(text)) and _NEW_WORD.match(text):
        # "add task force meeting notes" is not "add a task": an article or a joining word must show it.
        body = text[named.end() :].strip()
        joined = (
            named.group()
            .rstrip()
            .lower()
            .endswith((":", ",", " to", " for", " of", " that", "called", "named", "titled", "says"))
        )
        if not joined and body and _elsewhere(body, context):
            return None
        return body, {"priority": items.level(named["grade"])} if named["grade"] else {}
    if (added := cut(text, _ADD)) is not None:
        if (listed := _listed(added, context)) is not None:
            return listed
        return None if _elsewhere(added, context) else (added, {})
    put = cut(text, _PUT)
    return _listed(put, context) if put else None


def _listed(body: str, context: Context) -> tuple[str, dict[str, str]] | None:
    """What comes before "… to my list", and the day that is said after it."""
    if (listed := cut_end(body, scope.TO_LIST)) is not None:
        return None if scope.AWAY.match(body, len(listed)) else (listed, {})
    fields: dict[str, str] = {}
    rest = items.take_fields(body, context, fields)
    if fields and (listed := cut_end(rest, scope.TO_LIST)) is not None and body.startswith(listed):
        return None if scope.AWAY.match(body, len(listed)) else (listed, fields)
    return None


def _elsewhere(body: str, context: Context) -> bool:
    """Whether "add …" is more likely said to another assistant: to a calendar, an address book, a player."""
    if scope.foreign_place(body) or scope.foreign_head(body) or scope.sums(body) or _NOTE.match(body):
        return True
    if (items.starts_with_verb(body) and not _MEET.match(body)) or body[:1] in "\"'":
        return False
    if scope.foreign_any(body) or scope.occasion(body) or scope.clock(body) or scope.other_place(body):
        return True
    # "the fair with the neighbours next week": a day and nothing to do, unless it is due then
    day = dates.at_end(body, context)
    return bool(day and not _DUE.match(body, len(day.rest)) and len(day.rest.split()) > _THING_WORDS)


def _remind(body: str, context: Context) -> Create | Ask | None:
    fields: dict[str, str] = {}
    if listed := _listed(body, context):
        body, fields = listed
    # "remind me tomorrow at 5 to call mom"
    if found := dates.at_start(body, context):
        body, fields["due_at"] = found.rest, found.due_at
    if (joined := cut(body, _REMIND_JOIN)) is not None:
        body = joined
        if _NO_TODO.match(body):
            return None
        if scope.occasion(body) and not items.starts_with_verb(body):
            return None
    elif (
        not body
        or scope.somebody(body)
        or _NOT_REMINDED.match(body)
        or (not fields and body.split(" ", 1)[0].lower() in _ASKING)
    ):
        return None
    return _make(body, fields, context) if body else None


def _make(body: str, fields: dict[str, str], context: Context) -> Create | Ask:
    """The todos that `body` enumerates; what it says of all of them goes before `fields`."""
    if listed := _listed(body, context):
        body, more = listed
        fields = fields | more
    body = cut(body, _ITEM_WORD) or body
    body = cut_end(body, _TRAILING_TASK) or body
    body = cut_end(body, _AS_WELL) or body
    body = cut(body, _THAT_I) or body
    if not body or _LEAVES_OPEN.fullmatch(body):
        return WHAT
    said: dict[str, str] = {}
    parts = items.split(body if body[0] == body[-1] == '"' else items.take_fields(body, context, said))
    if len(parts) > items.MAX_ITEMS:
        return Ask(f"That is {len(parts)} things at once; I add at most {items.MAX_ITEMS} in one go.")
    made = [todo for part in parts if (todo := items.new_todo(part, context))]
    if not made:
        return WHAT
    if any(len(todo.title) > items.MAX_TITLE for todo in made):
        return Ask(f"A title has at most {items.MAX_TITLE} characters. Say it shorter, please.")
    return Create(tuple(NewTodo(todo.title, fields | said | todo.fields) for todo in made))
