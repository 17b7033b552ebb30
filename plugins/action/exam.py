"""Hold a component's exam."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import exam
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/exam.py."""

    SPEC = exam.SPEC
    BLAMED = "exam"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return exam.act(params)
