"""Words and their edges. After `tidy` there are only single spaces, so that no pattern here can backtrack far."""

import re

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u2018": "'", "\u2019": "'"})

_NAMES = r"olly|alexa|siri|google|cortana|bixby|jarvis|computer|assistant|bot"
_POLITE_START = re.compile(
    r"(?:hey|hi|hello|ok|okay|so|well|and|also|then|now|alright|right|please|pls|plz|kindly|just|um|uh|erm|hmm|yo|go ahead and|quickly"
    r"|(?:can|could|would|will) (?:you|u)(?: please| kindly| just| also)?|would you mind"
    r"|i(?:'d| would) like (?:you )?to|i want (?:you )?to|i need you to|i wanna|let's|lets|help me(?: to)?"
    r"|assistant|computer|bot|i(?:'d| would) (?:love|appreciate it)(?: for you)?(?: if you (?:could|would|can))?(?: to)?"
    r"|would it be possible to|i was (?:wondering|hoping) (?:if )?you could|do me a favor and|be a dear and|if you (?:could|would|can)(?: please)?),? "
    rf"|(?:hey |ok |okay |hi )?(?:{_NAMES}),? |(?:hey|hi|hello|ok|okay) [a-z]{{2,12}}, "
    r"|i (?:really |just )?(?:need|have|got) to (?=(?:add|append|delete|remove|erase|see|show|rename) )"
    r"|(?:i want|you can|you may|you need to|you should|i wish to|is it possible to|can i|could i|can we|could we|may i|let me|are you able to|do you mind|i expect you to) "
    r"(?=(?:add|append|delete|remove|erase|cross|check|tick|show|see|read|view|hear|look at|put|create|make|start|have"
    r"|take|get|mark|cancel|clear|complete|rename|open|know|move|postpone|push|change|set|get|reschedule|delay|swap|replace|edit) )",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?:, ?| )(?:please|pls|plz|thanks|thank you|thx|thank you (?:very|so) much|thanks a lot|cheers|for me|right now"
    r"|if you can|would you|will you|can you|ok|okay|olly|alexa|siri|google|cortana|assistant)$",
    re.IGNORECASE,
)
_END = " \t.!?,;"


def tidy(sentence: str) -> str:
    """One line with single spaces and plain quotes; a new line becomes a semicolon, as in a pasted list."""
    lines = (line.strip(" \t-*•") for line in sentence.translate(_QUOTES).splitlines())
    text = " ; ".join(" ".join(line.split()) for line in lines if line)
    return text.replace(": ; ", ": ")


def plain(text: str) -> str:
    """A tidy sentence without greetings, politeness and the final punctuation."""
    text = text.strip(_END)
    for _ in range(5):
        if not (polite := _POLITE_START.match(text)):
            break
        text = text[polite.end() :].lstrip(" ,")
    for _ in range(3):
        # A search anchored at the end looks at a short tail only, or its time would grow with the sentence.
        tail = text[-40:]
        if not (polite := _POLITE_END.search(tail)):
            break
        text = text[: len(text) - len(tail) + polite.start()].rstrip(_END)
    return text


def unquote(text: str) -> tuple[str, bool]:
    """The words without the quotes around all of them, and whether there were any."""
    text = text.strip()
    for quote in ('"', "'", "`", "*"):
        if len(text) > 2 and text[0] == text[-1] == quote and quote not in text[1:-1]:
            return text[1:-1].strip(), True
    return text, False


def cut(text: str, pattern: re.Pattern[str]) -> str | None:
    """What follows `pattern` at the start of `text`, or None."""
    return text[found.end() :].strip() if (found := pattern.match(text)) else None


def cut_end(text: str, pattern: re.Pattern[str], reach: int = 80) -> str | None:
    """What precedes `pattern` at the end of `text`, or None. Only the last `reach` characters are looked at."""
    tail = text[-reach:]
    if found := pattern.search(tail):
        return text[: len(text) - len(tail) + found.start()].rstrip(" ,")
    return None
