"""The things to make todos of: how many there are in a sentence, and each one's title, priority and due date."""

import re
from typing import Any

from todo_chatbot.acts import Context, NewTodo
from todo_chatbot.rules import dates
from todo_chatbot.rules.text import unquote

MAX_ITEMS = 20
MAX_TITLE = 500

_LEVELS = {
    "high": "high", "highest": "high", "top": "high", "urgent": "high", "important": "high", "critical": "high",
    "asap": "high", "low": "low", "lowest": "low", "minor": "low", "unimportant": "low",
    "normal": "normal", "medium": "normal", "regular": "normal", "default": "normal",
}  # fmt: skip
LEVEL = (
    r"(?:highest|high|top|urgent|important|critical|asap|lowest|low|minor|unimportant|normal|medium|regular|default)"
)
_GRADE = r"(?:high(?:est)?|top|low(?:est)?|normal|medium|regular|urgent|critical)"
_PRIORITY_END = re.compile(
    rf"(?:(?:^|,? |\()(?:(?:with|as|at|of) (?:a )?)?(?P<a>{_GRADE})[ -]prio(?:rity)?\)?"
    rf"|(?:^|,? |\()priority:? (?P<b>{_GRADE})\)?"
    r"|(?:, | \(| - )(?P<c>urgent|important|asap)\)?| (?P<d>asap))$",
    re.IGNORECASE,
)
_PRIORITY_START = re.compile(rf"(?P<a>{_GRADE})[ -]prio(?:rity)?(?: (?:todo|task|item))?[:,]? ", re.IGNORECASE)
_BUY = ("buy ", "get ", "order ", "purchase ", "pick up ")
_VERBS = frozenset((
    "answer", "arrange", "ask", "attend", "bake", "book", "bring", "buy", "call", "cancel", "change", "charge",
    "check", "clean", "collect", "cook", "cut", "defrost", "do", "draft", "drop", "email", "feed", "file",
    "fill", "find", "finish", "fix", "fold", "get", "give", "go", "help", "hire", "hoover", "install", "invite",
    "iron", "learn", "look", "mail", "make", "meet", "message", "mop", "move", "mow", "order", "organise",
    "organize", "pack", "paint", "pay", "phone", "pick", "plan", "plant", "post", "practice", "practise",
    "prepare", "print", "purchase", "put", "read", "record", "register", "renew", "rent", "repair", "replace",
    "reply", "research", "reserve", "return", "review", "ring", "run", "schedule", "sell", "send", "set",
    "sign", "sort", "start", "stop", "study", "submit", "sweep", "take", "talk", "tell", "text", "tidy", "try",
    "turn", "update", "vacuum", "visit", "walk", "wash", "watch", "water", "write",
))  # fmt: skip


def level(word: str) -> str:
    """The priority that a word means."""
    return _LEVELS[word.lower()]


def split(text: str) -> list[str]:
    """The several things that `text` enumerates, or only `text` when it is one thing."""
    bare, quoted = unquote(text)
    if quoted:
        return [bare]
    if " ; " in text:
        return [part.strip() for part in text.split(" ; ") if part.strip()]
    if '"' in text:
        return [unquote(part)[0] for part in enumerated(text)] if text.startswith('"') else [text]
    parts = enumerated(text)
    if len(parts) < 2:
        return [text]
    doing = [part.split(" ", 1)[0].lower() in _VERBS and " " in part for part in parts]
    if all(doing):
        return parts
    if doing[0]:
        # "buy milk, eggs and bread" is three errands; "call John, the plumber" and "buy milk and eggs" are one.
        verb = next((verb for verb in _BUY if parts[0].lower().startswith(verb)), None)
        if verb and "," in text and not any(doing[1:]) and all(_short(part) for part in parts[1:]):
            return [parts[0], *(parts[0][: len(verb)] + part for part in parts[1:])]
        return [text]
    return parts if all(_short(part) for part in parts) else [text]


def enumerated(text: str) -> list[str]:
    """The parts of `text` between commas and "and"."""
    parts = [part.strip() for part in text.removeprefix("both ").split(",")]
    if len(parts) > 1:
        last = parts[-1]
        for word in ("and ", "& "):
            last = last.removeprefix(word)
        parts[-1:] = [last] if last != parts[-1] else _by_and(last)
    else:
        parts = _by_and(parts[0])
    return [part for part in parts if part]


def starts_with_verb(text: str) -> bool:
    """Whether `text` begins with something to do ("call mom")."""
    first, _, rest = text.partition(" ")
    return bool(rest) and first.lower() in _VERBS


def _by_and(text: str) -> list[str]:
    for joint in (" & ", " as well as ", " plus "):
        text = text.replace(joint, " and ")
    return [part.strip() for part in text.split(" and ")]


def _short(part: str) -> bool:
    return len(part.split()) <= 3


def new_todo(text: str, context: Context) -> NewTodo | None:
    """The todo that `text` describes, None when no title is left."""
    fields: dict[str, Any] = {}
    title, quoted = unquote(text)
    if not quoted:
        title = take_fields(title, context, fields)
        title, _ = unquote(title)
    return NewTodo(title, fields) if any(char.isalnum() for char in title) else None


def take_fields(text: str, context: Context, fields: dict[str, Any]) -> str:
    """Cut priority and due date from the edges of `text` into `fields`; what is left is the title."""
    if text.endswith(")") and (opening := text.rfind(" (")) > 0:
        # "(high priority, due Friday)", if all of it is that
        inner: dict[str, Any] = {}
        if not take_fields(f"x, {text[opening + 2 : -1]}", context, inner).removeprefix("x"):
            fields.update(inner)
            text = text[:opening]
    for _ in range(4):
        before = text
        if "priority" not in fields:
            text = _take_priority(text, fields)
        found = None if "due_at" in fields else dates.at_end(text, context) or dates.at_start(text, context)
        # A title that is nothing but a date ("add friday") stays one.
        if found and found.rest:
            text, fields["due_at"] = found.rest, found.due_at
        if text == before:
            break
        text = text.removesuffix(" and").rstrip(" ,")
    return text.strip(" ,;")


def _take_priority(text: str, fields: dict[str, Any]) -> str:
    tail = text[-40:]
    if found := _PRIORITY_END.search(tail):
        rest = text[: len(text) - len(tail) + found.start()].rstrip(" ,(-")
        if rest:
            fields["priority"] = level(next(word for word in found.groups() if word))
            return rest
    if found := _PRIORITY_START.match(text):
        rest = text[found.end() :].strip()
        if rest:
            fields["priority"] = level(found["a"])
            return rest
    if len(text) > 3 and text.endswith("!!"):
        fields["priority"] = "high"
        return text.rstrip("! ")
    return text
