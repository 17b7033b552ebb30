"""Which rule is tried first, and the sentences that no rule may touch."""

import re

from todo_chatbot.acts import Act, Ask, Complete, Context, Say, Show
from todo_chatbot.rules import create, delete, finish, lists, recalled, show, told, update
from todo_chatbot.rules.clauses import straight
from todo_chatbot.rules.text import plain, tidy
from todo_chatbot.rules.typos import mend

HELP = (
    "I keep your todo list. Say for example “add buy milk tomorrow”, “what's on my list?”, “mark buy milk as done”, "
    "“move rent to Friday”, “set priority of rent to high”, “rename milk to oat milk” or “delete milk”."
)
_HELP = frozenset(
    (
        "help",
        "what can you do",
        "what can i say",
        "how does this work",
        "what do you do",
        "commands",
        "usage",
        "help me",
    )
)
_ABOUT_USE = re.compile(
    r"how (?:do|can|would|to|does|should) (?:i |you |one |we )?(?:add|create|delete|remove|complete|use)", re.I
)
UNDO = "Use the undo button beside what I did last: it takes that very change back for an hour."
_UNDO = re.compile(
    r"(?:undo|revert|take back)(?: (?:it|that|this|the last (?:one|change|thing|action)|what you (?:just )?did))?$",
    re.I,
)
_LONGEST_PAIR = 300
_NEXT_ORDER = re.compile(
    r"(?:,| ;)?(?: and then| and also| and| then|(?<=[,;])) (?=(?:add|delete|remove|erase|mark|complete|reopen|rename|move|postpone|tick|check off|cross) )",
    re.I,
)
# Somebody who says not to, or tells of a wish of others, asks for nothing.
_NOT_ASKED = re.compile(r"(?:do not|don't|dont|never|not) (?!forget|let me forget)", re.I)


def ready(sentence: str) -> str:
    """`sentence` as the rules read it: on one line, without politeness, its first word spelt right."""
    return mend(plain(tidy(sentence)))


def declined(text: str) -> bool:
    """Whether the plain sentence `text` says not to do something."""
    return bool(_NOT_ASKED.match(text))


def understand(sentence: str, context: Context) -> Act | None:
    """The act that `sentence` asks for by the rules alone."""
    text = ready(sentence)
    if not text:
        return None
    if text.lower() in _HELP or _ABOUT_USE.match(text):
        return Say(HELP)
    if _UNDO.match(text):
        return Say(UNDO)
    if declined(text):
        return None
    if two := _two_orders(text, context):
        return two
    return _one(straight(text), context)


def _two_orders(text: str, context: Context) -> Ask | None:
    """A question for a sentence that gives two orders ("add milk and delete eggs"), None when it does not."""
    if len(text) > _LONGEST_PAIR or '"' in text or not (joint := _NEXT_ORDER.search(text)):
        return None
    parts = (text[: joint.start()].strip(), text[joint.end() :].strip())
    acts = [_one(part, context) for part in parts]
    if any(act is None or isinstance(act, Ask | Say | Show) for act in acts) or type(acts[0]) is type(acts[1]):
        return None
    return Ask("One change at a time, please. Which one first?", tuple((part, part) for part in parts))


def _one(text: str, context: Context) -> Act | None:
    act = (
        lists.interpret(text)
        or show.interpret(text, context)
        or update.interpret(text, context)
        or finish.interpret(text, context)
        or delete.interpret(text, context)
        or create.interpret(text, context)
    )
    if act:
        return recalled.recall(act, context)
    told_of = told.interpret(text, context)
    hint = recalled.recall(told_of, context) if told_of else None
    # What is only told of "it" is nobody's, unless the last answer named it.
    return None if isinstance(hint, Complete) and hint.target.words.lower() in recalled.POINTING else hint
