"""The stage itself: which rule is tried first, and the sentences that no rule may touch."""

import re

from todo_chatbot.acts import Act, Context, Interpretation, Say
from todo_chatbot.rules import create, delete, finish, lists, recalled, show, told, update
from todo_chatbot.rules.text import plain, tidy

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
# Somebody who says not to, or tells of a wish of others, asks for nothing.
_NOT_ASKED = re.compile(r"(?:do not|don't|dont|never|not) (?!forget|let me forget)", re.I)


class RulesStage:
    """Understands the common sentences."""

    name = "rules"

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:
        """The meaning of `sentence` if a rule is sure of it."""
        act = understand(sentence, context)
        return Interpretation(act) if act else None


class AskStage:
    """Asks where the rules do not know but a todo may be meant. It never acts."""

    name = "ask"

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:  # noqa: ARG002 - the interface
        """A question about `sentence`, or None."""
        question = create.maybe(plain(tidy(sentence)))
        return Interpretation(question) if question else None


def understand(sentence: str, context: Context) -> Act | None:
    """The act that `sentence` asks for by the rules alone."""
    text = plain(tidy(sentence))
    if not text:
        return None
    if text.lower() in _HELP or _ABOUT_USE.match(text):
        return Say(HELP)
    if _NOT_ASKED.match(text):
        return None
    act = (
        lists.interpret(text)
        or show.interpret(text, context)
        or update.interpret(text, context)
        or finish.interpret(text)
        or delete.interpret(text)
        or create.interpret(text, context)
        or told.interpret(text, context)
    )
    return recalled.recall(act, context) if act else None
