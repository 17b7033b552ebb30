"""Sentences that make todos."""

import re

from todo_chatbot.acts import Ask, Context, Create, NewTodo
from todo_chatbot.rules import dates, items, scope
from todo_chatbot.rules.text import cut, cut_end

_GRADE = r"(?:(?P<grade>high|low|normal|urgent|important)(?:[ -]priority)? )"
# "add a task to …", "new todo: …", "make me a high priority to-do called …"
_NAMED = re.compile(
    rf"(?:(?:add|create|make|new|set|set up|put|enter|insert|write|start|note|give)(?: me| down| in)?,? )?"
    rf"(?:(?:a|an|another|the|one) )?(?:new |another )?{_GRADE}?(?:to[ -]?do|task|reminder|chore|errand|list)"
    r"(?: (?:item|entry|note|task))?"
    r"(?:(?: (?:to|for|of|that|about|called|named|titled|saying|which says|that says|with the title)(?: me)?(?: to)?)?:? |:)",
    re.I,
)
_NEW_WORD = re.compile(r"(?:add|create|make|new|set|put|enter|insert|write|start|note|give)\b|[^:]{0,40}:", re.I)
_REMIND = re.compile(
    r"(?:remind me|don't forget|do not forget|don't let me forget|make sure i(?: don't forget)?)(?: |$)", re.I
)
_REMIND_JOIN = re.compile(r"(?:to|that i (?:need|have|must)(?: to)?|that|about|of) ", re.I)
_ADD_TO_LIST = re.compile(
    rf"(?:add|put|place|include|insert|enter|write|note|stick|pop|get)(?: down)? "
    rf"(?:to|on|onto|in|into) (?:(?:my|the|our) )?{scope.LIST}:? ",
    re.I,
)
_ADD = re.compile(r"(?:add|append|jot down|note down|write down|put down|jot):? ", re.I)
_PUT = re.compile(
    r"(?:put|place|include|insert|enter|write|note|stick|pop|get|throw|have|i need|need|want)(?: down)? ", re.I
)
_TRAILING_TASK = re.compile(r" (?:as|for) (?:a |an )?(?:new )?(?:to[ -]?do|task|reminder)(?: item)?$", re.I)
_LEAVES_OPEN = frozenset(
    ("something", "anything", "stuff", "it", "that", "this", "a todo", "a task", "an item", "item", "items", "one")
)
_ASKING = ("when", "if", "what", "who", "where", "how", "why")
_MAYBE = re.compile(
    r"i (?:really )?(?:need to|have to|must|should|ought to|gotta|got to|had better) |remember to ", re.I
)
WHAT = Ask("What shall I add?")


def interpret(text: str, context: Context) -> Create | Ask | None:
    """The todos that the plain sentence `text` wants, None when it wants none."""
    if (reminder := cut(text, _REMIND)) is not None:
        return _remind(reminder, context)
    if (what := _what(text)) is None:
        return None
    body, level = what
    return _make(body, {"priority": items.level(level)} if level else {}, context)


def maybe(text: str) -> Ask | None:
    """A question for a sentence that may want a todo but does not say so ("I need to call mom")."""
    what = cut(text, _MAYBE)
    if not what or len(what) > 100 or '"' in what:
        return None
    return Ask(f"Shall I add “{what}” to your list?", (("Yes, add it", f'add "{what}"'),))


def _what(text: str) -> tuple[str, str | None] | None:
    """The words that say what to add and the priority said before them, None when nothing is to be added."""
    if (body := cut(text, _ADD_TO_LIST)) is not None:
        return body, None
    if text.lower() in ("add", "add a todo", "add a task", "new todo", "new task", "add todo", "create a todo"):
        return "", None
    if (named := _NAMED.match(text)) and _NEW_WORD.match(text):
        # "add task force meeting notes" is not "add a task": an article or a joining word must show it.
        return text[named.end() :].strip(), named["grade"]
    if (body := cut(text, _ADD)) is not None:
        listed = cut_end(body, scope.TO_LIST)
        if listed is None and (scope.foreign_place(body) or scope.foreign_head(body) or scope.sums(body)):
            return None
        return (body if listed is None else listed), None
    if (body := cut(text, _PUT)) is not None and (listed := cut_end(body, scope.TO_LIST)) is not None:
        return listed, None
    return None


def _remind(body: str, context: Context) -> Create | Ask | None:
    fields: dict[str, str] = {}
    # "remind me tomorrow at 5 to call mom"
    if found := dates.at_start(body, context):
        body, fields["due_at"] = found.rest, found.due_at
    if (joined := cut(body, _REMIND_JOIN)) is not None:
        body = joined
    elif not fields and body.split(" ", 1)[0].lower() in _ASKING:
        return None
    return _make(body, fields, context) if body else None


def _make(body: str, fields: dict[str, str], context: Context) -> Create | Ask:
    """The todos that `body` enumerates; what it says of all of them goes before `fields`."""
    if (listed := cut_end(body, scope.TO_LIST)) is not None:
        body = listed
    body = cut_end(body, _TRAILING_TASK) or body
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
