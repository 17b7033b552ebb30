"""The stages before the model, each allowed less than the one before it."""

from todo_chatbot.acts import Act, Complete, Context, Create, Delete, Interpretation, Show, Update
from todo_chatbot.asking.guess import guess
from todo_chatbot.asking.questions import about, question
from todo_chatbot.rules.stage import declined, ready, understand

# Where the classifier is so sure of something else, an order that a rule has found is asked about first.
_DOUBT = 0.9
_ACTIONS: dict[type, tuple[str, ...]] = {
    Create: ("create",),
    Show: ("list",),
    Complete: ("complete", "delete"),
    Delete: ("complete", "delete"),
    Update: ("update",),
}


class RulesStage:
    """Understands the common sentences, and doubts what reads like something else."""

    name = "rules"

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:
        """The meaning of `sentence` if a rule is sure of it."""
        return by_rules(sentence, context)


class AskStage:
    """Asks where the rules do not know but the list may be meant. It never acts."""

    name = "ask"

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:  # noqa: ARG002 - the interface
        """A question about `sentence`, or None."""
        return by_guess(sentence)


def by_rules(sentence: str, context: Context) -> Interpretation | None:
    """What the rules make of `sentence`, None when they do not know."""
    act = understand(sentence, context)
    return doubted(act, ready(sentence)) if act else None


def by_guess(sentence: str) -> Interpretation | None:
    """What to ask about `sentence`, None when it is most likely about something else."""
    text = ready(sentence)
    found = None if declined(text) else question(text)
    return Interpretation(found) if found else None


def doubted(act: Act, text: str) -> Interpretation:
    """The meaning of the plain sentence `text` by the rules, to be asked about if the classifier is sure of another."""
    expected = _ACTIONS.get(type(act))
    target = getattr(act, "target", None)
    # What is not sure needs a todo of that very title as it is.
    if expected is None or '"' in text or (target and not target.sure):
        return Interpretation(act)
    found = guess(text)
    if found.none >= _DOUBT:
        # Other changes touch nothing but a todo that was found by its name.
        return Interpretation(act, ask=isinstance(act, Create))
    if found.action not in expected and found.likely >= _DOUBT:
        return Interpretation(about(found.action, text))
    return Interpretation(act)
