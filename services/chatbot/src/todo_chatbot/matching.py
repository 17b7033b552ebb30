"""Which of the user's todos some words name."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from todo_chatbot.acts import Target
from todo_chatbot.backend import Todo

_WORD = re.compile(r"[\w']+")
_SMALL = frozenset(("a", "an", "the", "my", "to", "of", "for", "some", "our", "and", "with", "from"))
_CLOSE = 90  # as sure as a word with one wrong letter
_GUESS = 78  # worth a question
_NEAR = 4  # candidates this near to the best are candidates too


@dataclass(frozen=True)
class Matches:
    """The todos that may be meant. `exact`: by its very words; `guess`: so unlike that the user must be asked."""

    todos: list[Todo]
    exact: bool = False
    guess: bool = False


def match(target: Target, todos: list[Todo]) -> Matches:
    """The todos among `todos` that `target` may name: by id, by title, by words, by likeness, whichever fits first."""
    if target.id_end:
        return Matches([todo for todo in todos if todo["id"].endswith(target.id_end)], exact=True)
    wanted = words_of(target.words)
    named = [(todo, words_of(todo["title"])) for todo in todos]
    if same := [todo for todo, words in named if words == wanted]:
        # "Milk" and "milk": the one written just so wins.
        written = [todo for todo in same if todo["title"] == target.words]
        return Matches(written or same, exact=True)
    telling = _telling(wanted)
    if telling and (holding := [todo for todo, words in named if telling <= _telling(words)]):
        return Matches(holding)
    return _alike(" ".join(wanted), named)


def _alike(wanted: str, named: list[tuple[Todo, list[str]]]) -> Matches:
    if not wanted:
        return Matches([])
    scored = [(_score(wanted, " ".join(words)), todo) for todo, words in named]
    best = max((score for score, _ in scored), default=0)
    if best < _GUESS:
        return Matches([])
    return Matches([todo for score, todo in scored if score >= best - _NEAR], guess=best < _CLOSE)


def _score(wanted: str, title: str) -> float:
    whole = fuzz.ratio(wanted, title)
    if whole >= _CLOSE:
        return whole
    # Each wanted word against its most alike in the title; what the title has besides costs little.
    words, others = wanted.split()[:12], title.split()[:24]
    likeness = [max((fuzz.ratio(word, other) for other in others), default=0.0) for word in words]
    weak = min(likeness, default=0.0)
    by_words = sum(likeness) / len(likeness) if likeness and weak >= 60 else 0.0
    return max(whole, by_words - 1)


def words_of(text: str) -> list[str]:
    """The words of `text` without case, punctuation and a leading article."""
    words = _WORD.findall(text.casefold())
    while len(words) > 1 and words[0] in ("a", "an", "the", "my"):
        words = words[1:]
    return words


def _telling(words: list[str]) -> set[str]:
    kept = {word.removesuffix("'s") for word in words if word not in _SMALL}
    return {word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in kept}
