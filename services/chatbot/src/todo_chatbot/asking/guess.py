"""The classifier: which action a sentence most likely asks for. Its weights are made by training/train.py."""

import base64
import hashlib
import json
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from todo_chatbot.rules import scope

CLASSES = ("none", "create", "list", "complete", "delete", "update")
BUCKETS = 1 << 14
WEIGHTS = Path(__file__).with_name("weights.json")
_MOST_WORDS = 40  # a longer sentence is judged by its first words
_LETTERS = 4
_WORD = re.compile(r"[a-z0']+|[,:;?]")
_DIGITS = re.compile(r"\d+")
# One word for every way to name the list, or each way would have to be learnt.
_LIST = re.compile(
    rf"(?:{scope.OWNER} )?(?:(?:{scope.LIST_KIND} |new |whole |entire ){{0,3}}lists?"
    r"(?: of (?:things|tasks|items)(?: to do)?)?"
    r"|(?<=my )(?:to[ -]?do'?s?|tasks|chores|errands))(?![\w-])"
)


@dataclass(frozen=True)
class Guess:
    """The likeliest action but "none", and how likely it and "none" are, from 0 to 1."""

    action: str
    likely: float
    none: float


def guess(sentence: str) -> Guess:
    """What `sentence` most likely asks for."""
    unit, weights = _weights()
    found = features(sentence)
    width, scale = len(CLASSES), unit * len(found) ** -0.5
    scores = [0.0] * width
    for bucket in found:
        for position in range(width):
            scores[position] += weights[bucket * width + position]
    top = max(scores)
    powers = [math.exp((score - top) * scale) for score in scores]
    best = max(range(1, width), key=powers.__getitem__)
    return Guess(CLASSES[best], powers[best] / sum(powers), powers[0] / sum(powers))


def features(sentence: str) -> list[int]:
    """The buckets of the words, the neighbouring words and the parts of words of `sentence`, each once."""
    text = _LIST.sub(" LIST ", _DIGITS.sub("0", sentence.lower()[:400]))
    words = ["^", *_words(text), "$"][: _MOST_WORDS + 2]
    found = {f"{first} {second}" for first, second in pairwise(words)}
    found |= {f"{first} {second} {third}" for first, second, third in zip(words, words[1:], words[2:], strict=False)}
    found |= {f"{first} _ {third}" for first, third in zip(words, words[2:], strict=False)}
    found |= set(words)
    for word in words:
        padded = f"<{word}>"
        found |= {f"~{padded[at : at + _LETTERS]}" for at in range(len(padded) - _LETTERS + 1)}
    return sorted({zlib.crc32(one.encode()) % BUCKETS for one in found})


def _words(text: str) -> list[str]:
    return [word for part in text.split(" ") for word in (["LIST"] if part == "LIST" else _WORD.findall(part))]


def digest(text: str) -> str:
    """The digest of the examples, by which a test sees that the weights are theirs."""
    return hashlib.sha256(text.encode()).hexdigest()


def encoded(weights: Sequence[Sequence[int]]) -> str:
    """Weights from -127 to 127 as text."""
    packed = bytes(weight & 255 for row in weights for weight in row)
    return base64.b64encode(zlib.compress(packed, 9)).decode()


@cache
def _weights() -> tuple[float, Sequence[int]]:
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    packed = zlib.decompress(base64.b64decode(stored["weights"]))
    return stored["unit"], memoryview(packed).cast("b")
