"""The measuring script counts what it says it counts."""

import json
from pathlib import Path
from typing import Any

import pytest

import score as bench
from score import Said, report, same_title, say, score
from train import EXAMPLES, examples

OWN = Path(bench.__file__).with_name("sentences.jsonl")


def row(text: str, action: str, domain: str = "lists", **more: str) -> dict[str, Any]:
    return {"text": text, "action": action, "accept": [action], "domain": domain, **more}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("add the milk", Said("acts", "create", "the milk")),
        ("show my list", Said("acts", "list")),
        ("I need to call mom", Said("asks", "create", "call mom")),
        ("delete everything", Said("asks", "delete")),
        ("milk is done", Said("asks", "complete", "milk")),
        ("what is the capital of France", Said("none")),
    ],
)
def test_say(text: str, said: Said) -> None:
    assert say(text) == said


def test_score() -> None:
    counts, took, wrong = score(
        [
            row("add the milk", "create", title="milk"),
            row("add eggs", "create", title="bread"),
            row("add tea", "none", "other"),
            row("I need to call mom", "none", "calendar"),
            row("what is the capital of France", "list"),
        ]
    )
    assert counts["lists"] == {"n": 3, "right": 2, "missed": 1, "title": 2, "exact": 1, "other title": 1}
    assert counts["other"] == {"n": 1, "wrong write": 1}
    assert counts["calendar"] == {"n": 1, "wrong question": 1, "asked": 1}
    assert counts["lists/list"]["missed"] == 1
    assert len(took) == 5
    assert [verdict for verdict, _, _ in wrong] == ["other title", "wrong write", "wrong question", "missed"]
    assert "wrong writes 1 (50.00%), wrong questions 1 (50.00%)" in report("x", counts, took)


def test_same_title() -> None:
    assert same_title("The Milk!", "milk")
    assert not same_title("milk", "oat milk")


def test_our_own_sentences_are_understood() -> None:
    """Written without a look at the rules, and kept out of what the classifier learns from."""
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    learnt = {said for _, said in examples(EXAMPLES.read_text(encoding="utf-8"))}
    counts, took, _ = score(row for row in rows if row["text"] not in learnt)
    assert counts["lists"]["n"] > 400
    assert counts["other"]["n"] > 250
    lists, other = counts["lists"], counts["other"]
    assert lists["right"] / lists["n"] >= 0.95
    assert lists["wrong write"] <= 2
    assert lists["exact"] / lists["title"] >= 0.8
    assert other["wrong write"] <= 2
    assert other["wrong question"] / other["n"] <= 0.04
    assert took[len(took) // 2] < 0.001
