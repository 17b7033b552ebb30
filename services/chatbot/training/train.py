#!/usr/bin/env python3
"""Train the ask stage's classifier: `PYTHONPATH=src python3 training/train.py`, which writes src/…/asking/weights.json.

It learns from nothing but the sentences that `examples.txt` makes, in the order of one seed, so that the same sentences
give the same file. Without a package for it, since a minute of plain Python is enough.
"""

import json
import math
import random
import re
import sys
from pathlib import Path

from todo_chatbot.asking.guess import BUCKETS, CLASSES, WEIGHTS, digest, encoded, features

EXAMPLES = Path(__file__).with_name("examples.txt")
_SEED = 7
_EACH = 30  # sentences of one template; what it makes twice counts once
_EPOCHS = 6
_RATE = 1.0
_DECAY = 1e-5
_LARGEST = 127
_PART = re.compile(r"\{(\w+)\}|\(([^()]*)\)")

Sentence = tuple[str, str]  # a class and its sentence


def examples(text: str) -> list[Sentence]:
    """The sentences that the grammar `text` makes, the same ones every time. Raises ValueError for an unknown slot."""
    rng = random.Random(_SEED)  # noqa: S311 - it has to repeat itself
    slots, templates = _read(text)
    made: dict[str, str] = {}
    for kind, template in templates:
        for _ in range(_EACH):
            made.setdefault(" ".join(_expand(template, slots, rng).split()), kind)
    return [(kind, sentence) for sentence, kind in made.items()]


def _read(text: str) -> tuple[dict[str, list[str]], list[Sentence]]:
    slots: dict[str, list[str]] = {}
    templates: list[Sentence] = []
    slot = kind = ""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            slot = line.strip("[]")
        elif line.startswith("= "):
            kind, slot = line.removeprefix("= "), ""
        elif slot:
            slots.setdefault(slot, []).extend(_choices(line))
        else:
            templates.append((kind, line))
    return slots, templates


def _choices(line: str) -> list[str]:
    """The parts of `line` between the bars outside parentheses."""
    parts, depth = [""], 0
    for char in line:
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _expand(template: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    # The innermost parentheses first, so that alternatives may hold alternatives.
    while found := _PART.search(template):
        name, inner = found.groups()
        if name and name not in slots:
            raise ValueError(f"there is no slot {name}")
        chosen = rng.choice(slots[name] if name else inner.split("|"))
        template = template[: found.start()] + chosen + template[found.end() :]
    return template


def train(sentences: list[Sentence]) -> list[list[float]]:
    """The weights of each bucket by class, by logistic regression."""
    rng = random.Random(_SEED)  # noqa: S311
    rows = [(CLASSES.index(kind), features(sentence)) for kind, sentence in sentences]
    weights = [[0.0] * len(CLASSES) for _ in range(BUCKETS)]
    for epoch in range(_EPOCHS):
        rng.shuffle(rows)
        rate = _RATE / (1 + epoch)
        for right, found in rows:
            _step(weights, right, found, rate)
    return weights


def _step(weights: list[list[float]], right: int, found: list[int], rate: float) -> None:
    scale = len(found) ** -0.5
    scores = [sum(column) * scale for column in zip(*(weights[bucket] for bucket in found), strict=True)]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    steps = [rate * scale * ((position == right) - power / total) for position, power in enumerate(powers)]
    for bucket in found:
        weights[bucket] = [weight * (1 - _DECAY) + step for weight, step in zip(weights[bucket], steps, strict=True)]


def main() -> None:
    """Write the weights and say how many of the sentences they get right."""
    text = EXAMPLES.read_text(encoding="utf-8")
    sentences = examples(text)
    weights = train(sentences)
    unit = max(abs(weight) for row in weights for weight in row) / _LARGEST
    small = [[round(weight / unit) for weight in row] for row in weights]
    WEIGHTS.write_text(json.dumps({"examples": digest(text), "unit": unit, "weights": encoded(small)}) + "\n")
    sys.stdout.write(f"{len(sentences)} sentences, {WEIGHTS.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    main()
