"""Exams that were held: those that we measured ourselves come along, others are noted beside the model at Ollama.

A note is a model of Ollama's, of the same weights, with the result as its licence: it costs a few hundred bytes on the
volume that the model is on, goes when that goes, and reaches every replica without a restart.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import ollama
from pydantic import ValidationError

from todo_chatbot.schemas import ExamResult

KNOWN = Path(__file__).with_name("exam_known.jsonl")


@cache
def known() -> tuple[ExamResult, ...]:
    """The results that come along."""
    return tuple(ExamResult.model_validate_json(line) for line in KNOWN.read_text(encoding="utf-8").splitlines())


def fitting(results: Iterable[ExamResult | None], model: str, model_digest: str, exam: str) -> ExamResult | None:
    """The first of `results` that is of this very model and this very exam."""
    seen = (model, model_digest, exam)
    return next((one for one in results if one and (one.model, one.model_digest, one.exam_digest) == seen), None)


def note_name(model_digest: str, exam: str) -> str:
    """What the note of a model's exam is called at Ollama."""
    return f"todo-exam:{hashlib.sha256(f'{model_digest} {exam}'.encode()).hexdigest()[:16]}"


async def read(client: ollama.AsyncClient, name: str) -> ExamResult | None:
    """The result that a note holds, None where it holds none. Raises what the client raises."""
    shown = await client.show(name)
    with suppress(ValidationError, IndexError):
        return ExamResult.model_validate_json((shown.license or "").splitlines()[-1])  # the model's own stands before
    return None


async def note(client: ollama.AsyncClient, result: ExamResult) -> None:
    """Note a result beside its model. Raises what the client raises."""
    name = note_name(result.model_digest, result.exam_digest)
    await client.create(model=name, from_=result.model, license=result.model_dump_json())
