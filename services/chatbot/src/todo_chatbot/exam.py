"""The tool-calling exam: whether a model may suggest changes. `chatbot exam` sits it, results.py keeps the result."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from todo_chatbot.acts import Context, Target
from todo_chatbot.matching import match, words_of
from todo_chatbot.model import CASES, Model, exam_digest
from todo_chatbot.schemas import ExamResult
from todo_chatbot.settings import Settings
from todo_chatbot.speech import ModelUnavailableError
from todo_chatbot.tools import act_of

NEEDED = 0.9  # of all cases
WRONG_ACTS = 2  # a call where none was asked for, or of another tool or todo: so many fail it whatever else is right
_NOW = Context(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), ZoneInfo("UTC"))
_LOADING = 180  # seconds for the first answer of a model that is not loaded
_SILENT = 3  # times in a row that no answer came in time: it is too slow to be asked at all


class NotExaminedError(Exception):
    """The exam could not be held; the message says why."""


@dataclass(frozen=True)
class Case:
    """What the user says, the todos there are, and the one right call; None where nothing may be called."""

    say: str
    todos: list[str]
    tool: str | None
    arguments: dict[str, Any]


def cases() -> list[Case]:
    """All cases, in an order in which a model that always calls, and one that never does, both fail early."""
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [Case(row["say"], row["todos"], row["tool"], row.get("arguments", {})) for row in rows]


async def examine(settings: Settings) -> ExamResult:
    """The result for the configured model: the one that is known of this model and this exam, else found and noted.

    Raises NotExaminedError when Ollama has no such model or it cannot be loaded.
    """
    model = Model(settings)
    try:
        await model.probe(patience=_LOADING)
        if not model.usable:
            raise NotExaminedError(model.status().detail)
        if model.exam:
            return model.exam
        result = await _sit(model, settings.ollama_model)
        await model.note(result)
        return result
    finally:
        await model.close()


async def _sit(model: Model, name: str) -> ExamResult:
    every = cases()
    needed = round(NEEDED * len(every))
    right = wrong_acts = silent = asked = 0
    detail = ""
    for asked, case in enumerate(every, 1):
        try:
            decision = await model.decide(case.say, (), case.todos)
        except ModelUnavailableError as error:
            silent += 1
            detail = f"no answer to “{case.say}”: {error}"
            if silent == _SILENT:
                break
        else:
            silent = 0
            if (verdict := judge(case, decision.calls)) == "right":
                right += 1
            else:
                detail = f"{verdict} for “{case.say}”"
                wrong_acts += verdict == "a wrong call"
        if wrong_acts >= WRONG_ACTS or right + len(every) - asked < needed:
            break
    passed = right >= needed and wrong_acts < WRONG_ACTS and asked == len(every)
    return ExamResult(
        model=name,
        model_digest=model.digest,
        exam_digest=exam_digest(),
        passed=passed,
        right=right,
        asked=asked,
        cases=len(every),
        needed=needed,
        detail="passed" if passed else f"stopped once it could not pass; last: {detail}",
    )


def judge(case: Case, calls: list[tuple[str, Any]]) -> str:
    """The verdict on what a model called: "right", "no call", "other arguments", or "a wrong call", which does harm."""
    if not calls:
        return "right" if case.tool is None else "no call"
    name, arguments = calls[0]
    if name != case.tool or not isinstance(arguments, dict):
        return "a wrong call"
    if act_of(name, arguments, _NOW) is None:
        return "no call"  # what the service cannot read it does not carry out
    wanted = dict(case.arguments)
    if name not in ("create_todo", "list_todos"):
        # The title need only find the todo, as it does in the service.
        todos = [{"id": title, "title": title} for title in case.todos]
        found = match(Target(str(arguments.get("title"))), todos).todos
        if [todo["title"] for todo in found] != [wanted.pop("title")]:
            return "a wrong call"
    return "right" if all(_same(arguments.get(key), value) for key, value in wanted.items()) else "other arguments"


def _same(given: Any, wanted: Any) -> bool:
    return (
        words_of(given) == words_of(wanted) if isinstance(given, str) and isinstance(wanted, str) else given is wanted
    )
