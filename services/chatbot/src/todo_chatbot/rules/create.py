"""Sentences that make todos."""

import re

from todo_chatbot.acts import Ask, Context, Create, NewTodo
from todo_chatbot.rules import dates, items, scope
from todo_chatbot.rules.text import cut, cut_end

_GRADE = r"(?:(?P<grade>high|low|normal|urgent|important)(?:[ -]priority)? )"
# "add a task to …", "new todo: …", "make me a high priority to-do called …"
_NAMED = re.compile(
    rf"(?:(?:add|create|make|new|set|set up|schedule|put|enter|insert|write|start|note|give|get|have|i have|i've got|i need|i want|i'd like|there is|here's)(?: me| down| in| up)?,? )?"
    rf"(?:(?:a|an|another|the|one) )?(?:new |another )?{_GRADE}?(?:to[ -]?do|task|reminder|chore|errand)(?! lists?(?: |$))"
    r"(?: (?:item|entry|note|task))?(?: (?:for|on|to|in) (?:my|the|our) (?:[\w-]{1,12} ){0,2}list)?"
    r"(?:(?: (?:to|for|of|that|about|called|named|titled|saying|which says|that says|with the title)(?: me| i (?:need|have|must|should))?(?: to)?)?:? |:|, )",
    re.I,
)
_NEW_WORD = re.compile(
    r"(?:add|create|make|new|set|schedule|put|enter|insert|write|start|note|give|get|have|i have|i've got|i need|i want|i'd like|there is|here's)\b|[^:]{0,40}:",
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
_LEAVES_OPEN = frozenset(
    (
        "something",
        "anything",
        "stuff",
        "it",
        "that",
        "this",
        "a todo",
        "a task",
        "an item",
        "item",
        "items",
        "one",
        "this item",
        "that item",
        "an item",
        "the item",
        "a new item",
        "new item",
        "new items",
        "an extra item",
        "another item",
        "an entry",
        "entry",
        "a thing",
        "things",
        "some things",
        "some items",
        "these items",
        "these",
        "those",
        "them",
        "extra item",
        "another",
        "later",
        "again",
        "soon",
        "tomorrow",
    )
)
_FEW_WORDS = 4
# "we need milk": a want of few words, asked about
_LACKING = re.compile(
    r"(?:i|we) (?:really |also )?(?:need)(?: to (?:buy|get))? (?:(?:some )?more |some |a new )"
    r"|(?:we|i)(?:'re| are|'m| am| ran) (?:all |almost |nearly )?out of |we need "
    r"|i need (?!to |you |a |an |the |this |that |my |your |it |help|more |some |directions|information|info|advice)",
    re.I,
)
# What one says to another assistant, or to nobody, with "I need to …".
_ANOTHERS = re.compile(
    r"(?:know|see|hear|find|get (?:up|to|going)|wake|set|turn|switch|mute|unmute|listen|play|change|add|delete|remove"
    r"|edit|send|e-?mail|reply|reserve|cancel|be|go|have|keep|figure|check|look|write|search|show|read|order|start|stop"
    r"|increase|decrease|lower|raise|dim|adjust|open|close|save|update|create|make|schedule|arrange|organi[sz]e|plan"
    r"|pick me|fix a|book a|buy (?:a|the|my)? ?(?:train|plane|bus|flight|air)|say|tell|understand|learn|use|convert|sleep"
    r"|admit|confess|ask you|speak|talk|catch|travel|leave|eat|relax|rest)(?: |$)",
    re.I,
)
_NOT_REMINDED = re.compile(
    r"(?:the|all|my|any|of the|of my|if|every) (?:[\w'-]{1,20} ){0,2}(?:reminders?|events?)|at |on |in ", re.I
)
_SHOULD_BE = re.compile(
    rf" (?:should|must|needs? to|has to|have to|ought to) (?:be (?:added|put|placed|listed|included) |be |go )(?:to|on|onto|in|into) (?:my |the )?{scope.LIST}$"
    rf"| (?:should|must) be (?:added|put) (?:to|on|in) (?:my|the) list$",
    re.I,
)
# "update my list with shoes", "the list should contain shoes"
_CONTAIN = re.compile(
    rf"(?:update|extend|expand|supplement|fill|modify|change|edit|amend) (?:(?:my|the|our) )?{scope.LIST} (?:with|to (?:include|add|have|contain)|by adding|so it (?:has|includes)) "
    rf"|(?:my|the|our) {scope.LIST} (?:should|must|needs to|has to) (?:also )?(?:contain|have|include|say) (?=.)|(?:my|the|our) {scope.LIST} needs ",
    re.I,
)
_ON_IT = re.compile(r"(?: added)?(?: (?:on|in|to) (?:it|there)| added)$", re.I)
_COULD_BE = re.compile(
    rf"(?:could|can|may) (?P<what>.{{1,80}}) (?:go|be (?:added|put|placed)) (?:to|on|onto|in|into) (?:(?:my|the|our) )?{scope.LIST}",
    re.I,
)
# "buy milk": what nobody asks a machine to do
_ERRAND = re.compile(
    r"(?:buy|pay|mow|iron|wash|water|feed|repair|renew|return|pick up|drop off|walk the|take out the|fold|bake|paint)"
    r" (?=(?:my|the|our|some|for|up|a)? ?[a-z])",
    re.I,
)
_ERRAND_WORDS = 6
_QUESTION = re.compile(r"(?:^| )(?:is|are|you|your|me|what|how|robot|cleaner|online|tickets?)(?: |$)", re.I)
_DUE = re.compile(r"[ ,(-]*(?:due|by|before|until|till|no later) ", re.I)
_THING_WORDS = 2
_NOTE = re.compile(r"(?:an? |new |another )?notes? (?:to|that|for|about|on|in)(?: |$)", re.I)
_TO_DO = re.compile(r"to ", re.I)
_ONTO = re.compile(r"[ ,]*(?:to|onto) ", re.I)
_MEET = re.compile(r"(?:meet|attend) ", re.I)
_ASKING = ("when", "if", "what", "who", "where", "how", "why")
_MAYBE = re.compile(
    r"i (?:really )?(?:need to|have to|must|should|ought to|gotta|got to|had better) |remember to ", re.I
)
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


def maybe(text: str) -> Ask | None:
    """A question for a sentence that may want a todo but does not say so ("I need to call mom")."""
    what = _wished(text)
    if not what or len(what) > 100 or '"' in what:
        return None
    if scope.foreign_any(what) or scope.occasion(what) or scope.clock(what):
        return None
    return Ask(f"Shall I add “{what}” to your list?", (("Yes, add it", f'add "{what}"'),))


def _wished(text: str) -> str | None:
    if (listed := cut_end(text, scope.TO_LIST)) and _ONTO.match(text, len(listed)):
        asking = listed.split(" ", 1)[0].lower() in _ASKING
        few = len(listed.split()) <= _FEW_WORDS
        return listed if few and not asking and not _ANOTHERS.match(listed) else None  # "milk to my list"
    if what := cut(text, _LACKING):
        return what if len(what.split()) <= _FEW_WORDS else None
    if _ERRAND.match(text):
        return text if len(text.split()) <= _ERRAND_WORDS and not _QUESTION.search(text) else None
    what = cut(text, _MAYBE)
    return what if what and not _ANOTHERS.match(what) else None


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
    if put := cut(text, _PUT):
        return _listed(put, context)
    said = _said_of_list(text)
    return (said, {}) if said else None


def _said_of_list(text: str) -> str | None:
    """What belongs on the list by a sentence that says so without a verb of adding."""
    if found := _CONTAIN.match(text):
        return _ON_IT.sub("", text[found.end() :].strip())
    if found := _COULD_BE.fullmatch(text):
        return str(found["what"])
    if found := _SHOULD_BE.search(text[-80:]):
        return text[: len(text) - len(text[-80:]) + found.start()].strip()
    return None


def _listed(body: str, context: Context) -> tuple[str, dict[str, str]] | None:
    """What comes before "… to my list", and the day that is said after it."""
    if (listed := cut_end(body, scope.TO_LIST)) is not None:
        return None if scope.AWAY.match(body, len(listed)) else (listed, {})
    if (found := dates.at_end(body, context)) and (listed := cut_end(found.rest, scope.TO_LIST)) is not None:
        return None if scope.AWAY.match(body, len(listed)) else (listed, {"due_at": found.due_at})
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
    if not body or body.lower() in _LEAVES_OPEN:
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
