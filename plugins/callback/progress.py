"""What an operator sees: phases, components and durations as they happen; a failure as its explanation."""

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: stdout
short_description: Phases, components and durations
description:
  - Prints one line for each thing that was done, as it is done, in the words that the collection's modules say.
  - With -v or more, prints what Ansible's default callback prints.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback.default import CallbackModule as Default
from ansible.utils.color import stringc

_WIDTH = 11


class CallbackModule(Default):
    """Quiet about tasks that only prepare; every result with `said` is a line (or several)."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "todoapp.stack.progress"

    def __init__(self) -> None:
        super().__init__()
        self._begun = self._since = time.monotonic()
        self._verb = ""
        self._waiting = ""
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    # Ansible calls these. Each leaves to the default callback what -v asks for.

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self._verbose():
            super().v2_playbook_on_play_start(play)
            return
        self._play = play
        self._verb = play.get_name().strip()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if self._verbose():
            super().v2_playbook_on_task_start(task, is_conditional)
            return
        self._since = time.monotonic()
        self._wait_for(task.get_name().rpartition(" : ")[2])

    def v2_runner_on_ok(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_on_ok(result)
            return
        if "results" not in result.result:
            self._tell(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_item_on_ok(result)
            return
        self._tell(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if self._verbose():
            super().v2_runner_on_failed(result, ignore_errors)
            return
        if ignore_errors or (
            "results" in result.result and any(item.get("failed") for item in result.result["results"])
        ):
            return  # the failed item has been shown
        self._fail(result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_item_on_failed(result)
            return
        self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_on_unreachable(result)
            return
        self._fail(result, f"{result.host.get_name()} cannot be reached: {result.result.get('msg', '')}")

    def v2_runner_on_skipped(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_on_skipped(result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        if self._verbose():
            super().v2_runner_item_on_skipped(result)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if self._verbose():
            super().v2_playbook_on_include(included_file)

    def v2_on_file_diff(self, result: Any) -> None:
        if self._verbose():
            super().v2_on_file_diff(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self._verbose():
            super().v2_playbook_on_stats(stats)
            return
        self._clear()
        took = f"{time.monotonic() - self._begun:.1f} s"
        for host in sorted(stats.processed):
            summary = stats.summarize(host)
            bad = summary["failures"] or summary["unreachable"]
            words = "failed" if bad else f"ok, changed={summary['changed']}"
            color = constants.COLOR_ERROR if bad else constants.COLOR_OK
            self._line(self._verb.lower(), f"{host}: {words}, {took}", color)

    # What is printed

    def _tell(self, result: Any) -> None:
        said = result.result.get("said")
        lines = [said] if isinstance(said, str) and said else list(said or [])
        if (
            not lines
            and result.is_changed()
            and result.task.action.rpartition(".")[2] not in ("set_fact", "include_role")
        ):
            lines = [f"{result.task.get_name().rpartition(' : ')[2]}{self._item(result)}"]
        self._clear()
        took = result.result.get("seconds", time.monotonic() - self._since)
        phase = result.result.get("phase") or self._phase(result.task)
        for number, line in enumerate(lines):
            color = constants.COLOR_CHANGED if result.is_changed() else None
            last = number == len(lines) - 1
            self._line(
                phase if number == 0 else "", f"{line}{f'  {took:.1f} s' if last and took >= 0.1 else ''}", color
            )
        self._since = time.monotonic()

    def _fail(self, result: Any, message: str = "") -> None:
        self._clear()
        if result.task.action.endswith("deploy_failed"):
            # The cause was shown where it happened.
            self._line("now", result.result["ends"], constants.COLOR_ERROR)
            return
        message = message or result.result.get("msg") or result.result.get("stderr") or "failed, without a message"
        self._line(
            "FAILED", f"{result.task.get_name().rpartition(' : ')[2]}{self._item(result)}", constants.COLOR_ERROR
        )
        for line in str(message).splitlines():
            self._line("", line, constants.COLOR_ERROR)

    def _line(self, phase: str, text: str, color: str | None = None) -> None:
        for line in text.split("\n"):
            shown = f"{phase:<{_WIDTH}} {line}".rstrip()
            self._display.display(shown, color=color)
            phase = ""

    def _wait_for(self, name: str) -> None:
        if self._terminal:
            self._clear()
            self._waiting = f"{'':<{_WIDTH}} {name} ..."[:100]
            sys.stdout.write(stringc(self._waiting, "bright gray"))
            sys.stdout.flush()

    def _clear(self) -> None:
        if self._waiting:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()
            self._waiting = ""

    def _phase(self, task: Any) -> str:
        """The step that a task belongs to: the file it stands in; a role's main file has only its verb."""
        stem = Path((task.get_path() or "").rpartition(":")[0]).stem
        return self._verb.lower() if stem == "main" else stem

    @staticmethod
    def _item(result: Any) -> str:
        label = result.result.get("_ansible_item_label")
        return f" {label}" if label else ""

    def _verbose(self) -> bool:
        return self._display.verbosity > 0
