"""The questions about sentences that only seem to be meant for the list, and the words in them that name a todo."""

import re

from todo_chatbot.acts import Ask
from todo_chatbot.asking.guess import Guess, guess
from todo_chatbot.rules import items, scope
from todo_chatbot.rules.clauses import straight
from todo_chatbot.rules.text import cut, cut_end, plain, unquote

# Where the sentence names a list the classifier may be less sure than where it does not.
_LIKELY_OF_LIST = 0.3
_LIKELY = 0.55
_LIKELY_TO_SHOW = 0.8
_LONGEST = 200
_MOST_WORDS = 8

_LEADS = re.compile(
    r"(?:i|we)(?:'m|'re|'ve|'d| am| are| have| would)? (?:(?:really|also|just|still|think i|already|never) )*"
    r"(?:need|have|must|should|ought|gotta|got|had better|must not forget|could use|want|like|out of|low on|ran out of|running low on|almost out of"
    r"|all out of|remembered i need|forgot)(?: to)? "
    r"|(?:tomorrow|today|tonight|(?:on |this |next )?[a-z]{3,6}day|this weekend|next week),? (?=(?:i|we) )"
    r"|(?:ping|nudge|prompt|make) me(?: remember)?(?: to)? |my next (?:task|chore|job|errand) (?:is|will be)(?: to)? "
    r"|(?:do not|don't|never|not)(?: let me)? forget (?:to |that i need |about )?"
    r"|(?:remember|remind me|note|record|keep in mind|jot down|write down)(?: that)?(?: (?:i|we))?(?: (?:need|have|must|should|gotta))?(?: (?:to|about))? "
    r"|(?:be reminded|help me remember|(?:a|another|one) reminder(?: for me)?)(?: (?:to|about))? "
    r"|(?:no need (?:for|to)|no longer need|make sure(?: (?:to|that))?|so|that|to|please|be|my|the|some|any more|more) ",
    re.I,
)
_VERBS = {
    "create": r"(?:add|put|include|place|insert|throw|stick|write(?: down)?|log|enter|append|pop|drop|toss|slip|list|save|register|jot down|keep|have|create|make|schedule|set up|start)",
    "complete": r"(?:mark|check|tick|cross|flag|set|put|complete|finish(?:ed)?|done with|done|close|(?:a )?check(?:mark)? (?:next to|beside|by))(?: off| out)?",
    "delete": r"(?:remove|delete|take|erase|get rid of|scratch|drop|strike|clear|cut|pull|omit|exclude|eliminate|cancel|trash|cross|forget about|never ?mind|leave|keep)(?: off| out)?",
    "update": r"(?:change|edit|update|modify|move|push|postpone|replace|swap|rename|alter|put|switch|set)",
}  # fmt: skip
_STARTS = {action: re.compile(rf"{verbs} ", re.I) for action, verbs in _VERBS.items()}
_THING = re.compile(
    r"(?:(?:a|an|another|the|my|one more) )?(?:new )?(?:task|to[ -]?do|chore|errand|reminder|item|entry)(?: (?:to|for|about|called|named|of|that|saying))?:? ",
    re.I,
)
_ENDS = re.compile(
    r"(?:,? (?:added|put|placed|removed|deleted|gone|taken|on|off|out|down|as|done|completed?|finished|any ?more|any longer|too|as well|is|are|be|has been|been"
    r"|should|can|needs?|to|urgent|important|again|already|now|for me|taken care of))+$",
    re.I,
)
_NO_NAME = re.compile(
    r"(?:nothing|no|not|don't|i'd|did|does|was|were|is|are|has|[a-z]{2,12} says|what|who|when|where|why|how|if|whether|it|that|this|them|those|these|something|anything|everything|all|one|an? (?:item|task|thing|one)|the (?:first|last|second|next|third)|list|i|you|me)(?: |$)",
    re.I,
)
_DUTY = re.compile(r"(?:^| )(?:have|need|got|gotta|must|should|ought|remember|remind) ", re.I)
_VERDICT = re.compile(r" (?:should|is|are|has to|have to|needs to|must) .*", re.I)
_SHOW = ("Show my list", "show my list")


def question(text: str) -> Ask | None:
    """What to ask about the plain sentence `text`, None when it is most likely about something else."""
    if len(text) > _LONGEST or '"' in text:
        return None
    found = guess(text)
    named = scope.names_list(text)
    if found.likely < (_LIKELY_OF_LIST if named else _LIKELY):
        return None
    if not named and not _unnamed(found, text):
        return None
    return about(found.action, text)


def _unnamed(found: Guess, text: str) -> bool:
    """Whether a question is worth it though `text` names no list: not if it may be a calendar's, or names nothing."""
    if scope.other_place(text) or scope.foreign_any(text) or scope.occasion(text) or scope.clock(text):
        return False
    if found.action == "list":
        return found.likely >= _LIKELY_TO_SHOW and not scope.day(text)
    name = named_in(text, found.action)
    if found.action == "create" and scope.day(text) and not _DUTY.search(text) and not items.starts_with_verb(name):
        return False
    return bool(name) and not scope.sums(name)


def about(action: str, text: str) -> Ask:
    """The question whether `action` is what `text` wants."""
    if action == "list":
        return Ask("Shall I show your list?", (("Yes, show it", "show my list"),), about=action)
    name = named_in(text, action)
    if action == "create":
        return adding(name) if name else Ask("What shall I add to your list?", about=action)
    if action == "update":
        example = "Say for example “rename milk to oat milk” or “move rent to Friday”."
        return Ask(f"What shall I change{f' about “{name}”' if name else ''}? {example}", (_SHOW,), about=action)
    verb, said = ("delete", "delete") if action == "delete" else ("complete", "mark as done")
    if not name:
        return Ask(f"Which todo shall I {said}?", (("Choose one", f"{verb} it"), _SHOW), about=action)
    which = f"Shall I {'delete' if action == 'delete' else 'mark'} “{name}”{'' if action == 'delete' else ' as done'}?"
    return Ask(which, ((f"Yes, {said if action == 'delete' else 'mark it'}", f'{verb} "{name}"'), _SHOW), about=action)


def adding(name: str) -> Ask:
    """The question whether to add a todo of this name."""
    return Ask(f"Shall I add “{name}” to your list?", (("Yes, add it", f'add "{name}"'),), about="create")


def named_in(text: str, action: str) -> str:
    """The words of `text` that most likely name the todo, nothing when none do."""
    text = straight(text)
    if action == "update":
        text = _VERDICT.sub("", text)
    for _ in range(2):
        text = cut_end(text, scope.TO_LIST) or text
        text = _ENDS.sub("", text[-60:]) if len(text) <= 60 else text
    for _ in range(4):
        for pattern in (_LEADS, _STARTS[action], _THING):
            text = cut(text, pattern) or text
    text = plain(unquote(text)[0]).strip(" ,.;:")
    unfit = not text or len(text.split()) > _MOST_WORDS or _NO_NAME.match(text) or scope.names_list(text)
    return "" if unfit else text
