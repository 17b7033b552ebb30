#!/usr/bin/env python3
"""Score the rules and the ask stage on a JSONL file of sentences: `PYTHONPATH=src python3 bench/score.py FILE…`.

A line has `text`, `action` (create, list, complete, update, delete, none), `accept` (the actions that count as right),
`domain` (`lists`: a todo list's; any other: not) and maybe `title`. Nothing is read but the files, and nothing written.
"""

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from todo_chatbot.acts import (
    Act,
    Ask,
    Complete,
    Context,
    Create,
    Delete,
    Interpretation,
    Many,
    Say,
    Show,
    Update,
)
from todo_chatbot.rules.stage import understand
from todo_chatbot.rules.target import is_pronoun
from todo_chatbot.stages import by_guess, by_rules

Row = dict[str, Any]
WRITES = ("create", "complete", "update", "delete")
NOW = Context(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
_ARTICLES = re.compile(r"^(?:(?:an?|the|my|some|to) )+(?=\w)")


@dataclass(frozen=True)
class Said:
    """What the assistant made of a sentence: `how` it took it, which action, of what title."""

    how: str  # "acts", "asks", "if there" (acts only where a todo has such a title), "none"
    action: str = "none"
    title: str = ""


def say(text: str, context: Context = NOW) -> Said:
    """What the stages before the model make of `text`."""
    meaning = by_rules(text, context)
    known = _said(meaning, context)
    if known.how in ("acts", "asks") or (meaning and isinstance(meaning.act, Say)):
        return known
    # A todo that is not there leaves the sentence to the next stage.
    asked = _said(by_guess(text), context)
    return asked if asked.how == "asks" else known


def _said(meaning: Interpretation | None, context: Context) -> Said:
    act = meaning.act if meaning else None
    if isinstance(act, Ask):
        # A question stands for what its first answer would do to the todo that it names.
        yes = understand(act.choices[0][1], context) if act.choices else None
        return Said("asks", act.about, _action(yes)[1])
    action, title = _action(act)
    if action == "none":
        return Said("none")
    if isinstance(act, Many):
        return Said("asks", action)
    target = getattr(act, "target", None)
    if target and is_pronoun(target.words):
        return Said("asks", action)
    if target and not target.sure:
        return Said("if there", action, title)
    return Said("asks" if meaning and meaning.ask else "acts", action, title)


def _action(act: Act | None) -> tuple[str, str]:
    match act:
        case Create():
            return "create", ", ".join(item.title for item in act.items)
        case Show():
            return "list", act.words
        case Complete() | Update() | Delete():
            return type(act).__name__.lower(), act.target.words
        case Many():
            return "delete" if act.action == "delete" else "complete", ""
        case _:
            return "none", ""


def same_title(one: str, other: str) -> bool:
    """Whether two titles are the same but for case, punctuation and leading articles."""
    return _bare(one) == _bare(other)


def _bare(title: str) -> str:
    words = " ".join(re.sub(r"[^\w\s']", " ", title.lower()).split())
    return _ARTICLES.sub("", words)


def score(rows: Iterable[Row]) -> tuple[dict[str, Counter[str]], list[float], list[tuple[str, Row, Said]]]:
    """Counts by domain and by a list's action, the processor's seconds per sentence, sorted, and what was wrong."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    wrong: list[tuple[str, Row, Said]] = []
    for row in rows:
        started = time.process_time()
        said = say(row["text"])
        took.append(time.process_time() - started)
        verdicts = _verdicts(row, said)
        for group in [row["domain"]] + ([f"lists/{row['action']}"] if row["domain"] == "lists" else []):
            counts[group].update(["n", *verdicts])
        wrong += [(one, row, said) for one in verdicts if one.startswith("wrong") or one in ("missed", "other title")]
    return counts, sorted(took), wrong


def _verdicts(row: Row, said: Said) -> list[str]:
    accepted, given = row["accept"], said.action if said.how in ("acts", "asks") else "none"
    verdicts = ["right"] if given in accepted else []
    if given not in accepted:
        if given == "none":
            verdicts.append("missed")
        elif said.how == "asks":
            verdicts.append("wrong question")
        else:
            verdicts.append("wrong write" if given in WRITES else "wrong list")
    if said.how == "if there":
        verdicts.append("if there")
    if said.how == "asks":
        verdicts.append("asked")
    if row.get("title") and row["action"] in WRITES:
        verdicts += ["title", "exact" if same_title(said.title, row["title"]) else "other title"]
    return verdicts


def report(name: str, counts: dict[str, Counter[str]], took: list[float]) -> str:
    """The table of one file."""
    lines = [f"== {name}: p50 {_at(took, 0.5):.3f} ms, p95 {_at(took, 0.95):.3f} ms, most {_at(took, 1):.3f} ms"]
    for group, count in sorted(counts.items()):
        number = count["n"]
        parts = [f"{group:16s} n={number:6d} right {count['right'] / number:7.2%}"]
        parts += [
            f"{what} {count[what]} ({count[what] / number:.2%})"
            for what in ("wrong write", "wrong question", "wrong list", "missed", "asked", "if there")
            if count[what]
        ]
        if count["title"]:
            parts.append(f"exact titles {count['exact']}/{count['title']}")
        lines.append(", ".join(parts))
    foreign = [count for group, count in counts.items() if not group.startswith("lists")]
    if number := sum(count["n"] for count in foreign):
        said = [f"{what}s {_share(foreign, what, number)}" for what in ("wrong write", "wrong question", "wrong list")]
        lines.append(f"everything else   n={number:6d} {', '.join(said)}")
    return "\n".join(lines)


def _share(counts: list[Counter[str]], what: str, number: int) -> str:
    found = sum(count[what] for count in counts)
    return f"{found} ({found / number:.2%})"


def _at(took: list[float], share: float) -> float:
    return 1000 * took[min(len(took) - 1, int(len(took) * share))]


def main() -> None:
    """Score each file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--errors", action="store_true", help="print each sentence that went wrong")
    options = parser.parse_args()
    for file in options.files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if not rows:
            raise SystemExit(f"There is no sentence in {file}.")
        counts, took, wrong = score(rows)
        print(report(file.name, counts, took))
        for verdict, row, said in wrong if options.errors else []:
            print(" | ".join((verdict, row["domain"], row["action"], said.how, said.action, said.title, row["text"])))


if __name__ == "__main__":
    main()
