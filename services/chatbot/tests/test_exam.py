"""Only a model that passed the exam is offered tools, and what it calls is asked about."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from typing import Any
from unittest.mock import AsyncMock

import pytest

from backend_double import BackendDouble
from conftest import Chat
from ollama_double import OllamaDouble
from todo_chatbot import exam, results
from todo_chatbot.acts import Complete, Context, Create, Delete, NewTodo, Show, Target, Update
from todo_chatbot.model import exam_digest
from todo_chatbot.schemas import ExamResult
from todo_chatbot.settings import Settings
from todo_chatbot.tools import TOOLS, act_of

UNKNOWN = "the capital of France is what"
RIGHT = {case.say: case for case in exam.cases()}


def answer_rightly(ollama: OllamaDouble, *, but: int = 0, wrongly: int = 0) -> None:
    """Let the model know its exam: all but some calls that it leaves out, and some that nobody asked for."""

    def calls(said: str) -> list[dict[str, Any]]:
        nonlocal but, wrongly
        case = RIGHT[said]
        if case.tool is None:
            wrongly -= 1
            return [{"function": {"name": "delete_todo", "arguments": {"title": "rent"}}}] if wrongly >= 0 else []
        but -= 1
        return [] if but >= 0 else [{"function": {"name": case.tool, "arguments": case.arguments}}]

    ollama.calls = calls


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a model that has all the time it may need."""
    settings.model_timeout = 5
    return settings


def passed(**more: Any) -> ExamResult:
    known = {
        "model": "smollm2:135m", "model_digest": "d1", "exam_digest": exam_digest(), "passed": True,
        "right": 100, "asked": 100, "cases": 100, "needed": 90, "detail": "passed",
    }  # fmt: skip
    return ExamResult.model_validate({**known, **more})


def test_the_cases_are_what_they_should_be(context: Context) -> None:
    cases = exam.cases()
    assert len(cases) == len(RIGHT) == 100
    counts = Counter(case.tool for case in cases)
    assert counts[None] >= 40
    assert set(counts) == {None, *(tool["function"]["name"] for tool in TOOLS)}
    assert min(counts.values()) >= 10
    for case in cases:
        calls = [(case.tool, case.arguments)] if case.tool else []
        assert exam.judge(case, calls) == "right", case


@pytest.mark.parametrize(
    ("calls", "verdict"),
    [
        ([], "no call"),
        ([("delete_todo", {"title": "rent"})], "right"),
        ([("delete_todo", {"title": "plumber"})], "a wrong call"),
        ([("complete_todo", {"title": "pay the rent"})], "a wrong call"),
        ([("delete_todo", {"title": 5})], "no call"),
        ([("delete_todo", "pay the rent")], "a wrong call"),
    ],
)
def test_judge(calls: list[tuple[str, Any]], verdict: str) -> None:
    case = exam.Case("", ["pay the rent", "call the plumber"], "delete_todo", {"title": "pay the rent"})
    assert exam.judge(case, calls) == verdict


async def test_ninety_of_a_hundred_pass(settings: Settings, ollama: OllamaDouble) -> None:
    answer_rightly(ollama, but=10, wrongly=1)
    assert not (await exam.examine(settings)).passed
    ollama.notes.clear()
    answer_rightly(ollama, but=9, wrongly=1)
    assert await exam.examine(settings) == passed(right=90)


@pytest.mark.parametrize(("but", "wrongly", "most"), [(100, 0, 13), (0, 2, 2)])
async def test_it_stops_once_it_cannot_be_passed(
    settings: Settings, ollama: OllamaDouble, but: int, wrongly: int, most: int
) -> None:
    answer_rightly(ollama, but=but, wrongly=wrongly)
    result = await exam.examine(settings)
    assert not result.passed
    assert result.asked <= most
    assert len(ollama.chats) == result.asked


async def test_the_default_model_which_never_calls_fails(settings: Settings, ollama: OllamaDouble) -> None:
    assert not (await exam.examine(settings)).passed


async def test_a_model_that_is_too_slow_fails_soon(settings: Settings, ollama: OllamaDouble) -> None:
    settings.model_timeout = 0.05
    ollama.mode = "hang_in_chat"
    result = await exam.examine(settings)
    assert (result.passed, result.asked) == (False, 3)
    assert "took too long" in result.detail


async def test_without_a_model_there_is_no_exam(settings: Settings, ollama: OllamaDouble) -> None:
    ollama.mode = "no_model"
    with pytest.raises(exam.NotExaminedError, match="has no model"):
        await exam.examine(settings)


async def test_a_known_result_is_not_found_anew(settings: Settings, ollama: OllamaDouble) -> None:
    settings.model_exam = passed()
    assert await exam.examine(settings) == passed()
    assert ollama.chats == []
    for other in (passed(model_digest="d2"), passed(exam_digest="old"), passed(model="other:1b")):
        settings.model_exam = other
        ollama.notes.clear()
        assert not (await exam.examine(settings)).passed


async def test_a_result_is_noted_at_ollama_and_found_there(settings: Settings, ollama: OllamaDouble) -> None:
    answer_rightly(ollama)
    first = await exam.examine(settings)
    held = len(ollama.chats)
    assert await exam.examine(settings) == first == passed()
    assert len(ollama.chats) == held == 100
    [(name, line)] = ollama.notes.items()
    ollama.notes[name] = f"The model's own licence\n\n{line}"
    assert await exam.examine(settings) == first
    for other in (
        "no result",
        passed(model_digest="d2").model_dump_json(),
        passed(exam_digest="old").model_dump_json(),
    ):
        ollama.notes[name] = other
        await exam.examine(settings)
        assert ollama.notes[name] == line  # it was held again
    assert len(ollama.chats) == 4 * held


async def test_who_serves_learns_of_an_exam_without_a_restart(chat: Chat, ollama: OllamaDouble) -> None:
    async def may_act() -> bool:
        await chat.model.probe()
        return bool((await chat.http.get("/api/chat/status/")).json()["model"]["may_act"])

    assert not await may_act()
    answer_rightly(ollama)
    await exam.examine(chat.app.state.services.settings)
    assert await may_act()


async def test_where_nothing_can_be_noted_the_exam_counts_all_the_same(
    settings: Settings, ollama: OllamaDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("todo_chatbot.results.note", AsyncMock(side_effect=ConnectionError))
    answer_rightly(ollama)
    assert await exam.examine(settings) == passed()
    assert ollama.notes == {}


def test_results_that_come_along_are_of_this_exam() -> None:
    """After a change of the prompt, the tools or the cases: hold them again and put the lines that it prints there."""
    assert [one.model for one in results.known()] == ["smollm2:135m"]
    assert {one.exam_digest for one in results.known()} == {exam_digest()}
    assert not any(one.passed for one in results.known())  # the default model is never asked to act


async def test_a_model_of_a_known_result_is_not_examined(settings: Settings, ollama: OllamaDouble) -> None:
    [known] = results.known()
    assert results.fitting([None, known], known.model, known.model_digest, exam_digest()) is known
    ollama.digest = known.model_digest
    assert await exam.examine(settings) == known
    assert (ollama.chats, ollama.notes) == ([], {})


async def test_only_a_model_that_passed_is_offered_tools(
    chat: Chat, ollama: OllamaDouble, backend: BackendDouble
) -> None:
    backend.add("pay the rent")
    await chat.model.probe()
    ollama.calls = lambda _: [{"function": {"name": "delete_todo", "arguments": {"title": "rent"}}}]
    settings = chat.app.state.services.settings
    for result in (None, passed(passed=False), passed(model_digest="d2"), passed(exam_digest="old")):
        settings.model_exam = result
        answer = await chat.say(UNKNOWN)
        assert "confirm" not in answer
        assert not ollama.chats[-1].get("tools")
        assert not (await chat.http.get("/api/chat/status/")).json()["model"]["may_act"]
    settings.model_exam = passed()
    assert (await chat.http.get("/api/chat/status/")).json()["model"]["may_act"]
    answer = await chat.say(UNKNOWN)
    assert ollama.chats[-1]["tools"]
    assert (answer["confirm"]["summary"], answer["source"]) == ("Delete “pay the rent”?", "model")
    assert backend.writes() == []
    await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert backend.titles() == []


async def test_what_a_model_that_may_act_only_says_is_said(
    chat: Chat, ollama: OllamaDouble, backend: BackendDouble
) -> None:
    chat.app.state.services.settings.model_exam = passed()
    await chat.model.probe()
    assert (await chat.say(UNKNOWN))["reply"] == "Hello there. How are you?"
    ollama.calls = lambda _: [{"function": {"name": "drop_tables", "arguments": {}}}]
    assert (await chat.say(UNKNOWN))["reply"] == "Hello there. How are you?"
    ollama.mode = "refuse"
    assert (await chat.say(UNKNOWN))["source"] == "rules"
    assert backend.writes() == []


@pytest.mark.parametrize(
    ("name", "arguments", "act"),
    [
        (
            "create_todo",
            {"title": " buy\n milk ", "due": "tomorrow", "priority": "high"},
            Create((NewTodo("buy milk", {"priority": "high", "due_at": "2026-11-25"}),)),
        ),
        ("list_todos", {}, Show(False)),
        ("complete_todo", {"title": "milk"}, Complete(Target("milk"))),
        ("delete_todo", {"title": "milk"}, Delete(Target("milk"))),
        ("update_todo", {"title": "milk", "new_title": "oat milk"}, Update(Target("milk"), {"title": "oat milk"})),
        ("update_todo", {"title": "milk"}, None),
        ("delete_todo", {}, None),
        ("delete_todo", {"title": ["a", "b"]}, None),
        ("delete_todo", {"title": "\x00\n"}, None),
        ("create_todo", {"title": "x" * 501}, None),
        ("create_todo", {"title": "milk", "due": "whenever"}, None),
        ("create_todo", {"title": "milk", "priority": "urgent"}, None),
        ("list_todos", {"completed": "yes"}, None),
        ("delete_all", {"title": "milk"}, None),
    ],
)
def test_act_of(name: str, arguments: dict[str, Any], act: object, context: Context) -> None:
    assert act_of(name, arguments, context) == act


async def test_the_command_prints_one_line(ollama: OllamaDouble) -> None:
    url = await ollama.start()
    environment = {"OLLAMA_URL": url, "PYTHONPATH": ":".join(sys.path), "MODEL_TIMEOUT": "5"}
    command = [sys.executable, "-m", "todo_chatbot", "exam"]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["model"], result["passed"], result["cases"]) == ("smollm2:135m", False, 100)
    again = await asyncio.to_thread(
        subprocess.run, command, env={**environment, "MODEL_EXAM": done.stdout}, capture_output=True, text=True
    )
    assert again.stdout == done.stdout
    await ollama.stop()
    gone = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert gone.returncode == 1
    assert "examine the model: Ollama does not answer" in gone.stderr
    bad = await asyncio.to_thread(
        subprocess.run, command, env={**environment, "MODEL_EXAM": "yes"}, capture_output=True, text=True
    )
    assert bad.returncode == 78
    assert "MODEL_EXAM" in bad.stderr
