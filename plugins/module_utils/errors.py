"""The errors that the collection raises on purpose; each message is a sentence for an operator."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DeployError(Exception):
    """What an operator can act on: a sentence, and where it is known a diagnosis (see diagnosis.py)."""

    def __init__(self, message: str, diagnosis: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis or {}


class OptionError(DeployError):
    """One or more options are wrong. `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class DescriptionError(DeployError):
    """A component's description is not one: unknown key, wrong type, a need that does not exist."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The clause that names what was probably meant: '; did you mean X?' or the list of what exists."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(known)}" if known else ""
