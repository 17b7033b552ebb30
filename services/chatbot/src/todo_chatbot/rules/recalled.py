"""References to what the assistant has just shown: "it", "the second one", "number 3".

Only a name is taken from the history. Whether there is such a todo the backend says, and the user is asked before
anything is written, since both a stored title and a made-up history could choose what "it" is.
"""

import re
from dataclasses import replace

from todo_chatbot.acts import Act, Complete, Context, Delete, Target, Update

_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
    "last": 0, "top": 1, "bottom": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_NTH = "|".join(word for word in _ORDINALS if word[-2:] in ("st", "nd", "rd", "th") or word in ("top", "bottom"))
_CARDINAL = "one|two|three|four|five|six|seven|eight|nine|ten"
_PLACE = re.compile(
    rf"(?:the |my )?(?P<nth>{_NTH})(?: (?:one|item|task|to[ -]?do|entry|thing))?(?: (?:on|in|of|from) (?:(?:the|my) )?list)?"
    rf"|(?:the )?(?:number|no\.?|item|task|to[ -]?do|entry|#) ?(?:number )?(?P<number>\d{{1,2}}|{_CARDINAL})|#(?P<sign>\d{{1,2}})",
    re.I,
)
POINTING = frozenset(("it", "that", "this", "that one", "this one", "the one", "this item", "that item", "the item", "this task",
                      "that task", "the task", "this todo", "that todo"))  # fmt: skip
# "the first two", "both", "all of them"
_FIRST_FEW = re.compile(
    rf"(?:the )?(?P<end>first|top|last|bottom) (?P<many>\d{{1,2}}|{_CARDINAL})(?: (?:ones|items|tasks|to[ -]?dos|things))?",
    re.I,
)
_ALL = re.compile(
    r"(?P<both>both)(?: of (?:them|these|those))?(?: (?:ones|items|tasks))?|(?:all (?:of )?)?(?:them|these|those)(?: all)?",
    re.I,
)
_JOINT = re.compile(r",? and |, ?", re.I)
_MOST = 20
_NUMBERED = re.compile(r"(\d{1,2})\. (.+)")
_DETAILS = re.compile(r"(?: \((?:due [^()]{1,40}|(?:high|low) priority)(?:, (?:high|low) priority)?\))?(?: — done)?$")
_NAMED = re.compile(r"“([^“”]{1,500})”")


def is_place(words: str) -> bool:
    """Whether `words` only say where on a list something is ("the second one", "the first two")."""
    few = _FIRST_FEW.fullmatch(words) or _ALL.fullmatch(words)
    return bool(few) or all(_PLACE.fullmatch(part) for part in _JOINT.split(words[:100]))


def recall(act: Act, context: Context) -> Act:
    """`act` with its reference replaced by the title that the last answer gave it; unchanged when there is none."""
    if not isinstance(act, Complete | Update | Delete) or act.target.id_end:
        return act
    said = next((text for role, text in reversed(context.history) if role == "assistant"), "")
    if not said:
        return act
    shown = {int(found[1]): _bare(found[2]) for line in said.splitlines() if (found := _NUMBERED.fullmatch(line))}
    words = act.target.words
    if title := _title(words, said, shown):
        return replace(act, target=Target(title, recalled=True))
    titles = _titles(words, said, shown)
    return replace(act, target=Target(words, recalled=True, titles=titles)) if 1 < len(titles) <= _MOST else act


def _titles(words: str, said: str, shown: dict[int, str]) -> tuple[str, ...]:
    every = tuple(shown.values()) or tuple(dict.fromkeys(_NAMED.findall(said)))
    if everything := _ALL.fullmatch(words):
        return every if not everything["both"] or len(every) == 2 else ()
    if few := _FIRST_FEW.fullmatch(words):
        many = int(few["many"]) if few["many"].isdigit() else _ORDINALS[few["many"].lower()]
        return (
            ()
            if not 1 < many <= len(every)
            else every[:many]
            if few["end"].lower() in ("first", "top")
            else every[-many:]
        )
    each = [_title(part, said, shown) for part in _JOINT.split(words[:100]) if _PLACE.fullmatch(part)]
    return tuple(title for title in each if title) if all(each) else ()


def _title(words: str, said: str, shown: dict[int, str]) -> str | None:
    if place := _PLACE.fullmatch(words):
        word = (place["nth"] or place["number"] or place["sign"]).lower()
        number = int(word) if word.isdigit() else _ORDINALS[word]
        return shown.get(number or max(shown, default=0))
    if words.lower() not in POINTING:
        return None
    if shown:
        return shown[1] if len(shown) == 1 and 1 in shown else None
    named = set(_NAMED.findall(said))
    return named.pop() if len(named) == 1 else None


def _bare(line: str) -> str:
    tail = line[-80:]
    found = _DETAILS.search(tail)
    return line[: len(line) - len(tail) + found.start()] if found else line
