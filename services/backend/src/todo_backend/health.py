"""Is the process alive; can it serve."""

from fastapi import APIRouter

from todo_backend.problems import Problem
from todo_backend.schema import read_state
from todo_backend.service import ServiceDep

router = APIRouter(prefix="/health", tags=["health"])


class NotReady(Problem):
    status, code = 503, "schema_incompatible"


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer; the database's troubles are no reason to restart this process."""
    return {"status": "alive"}


@router.get("/ready")
def ready(service: ServiceDep) -> dict[str, object]:
    """Answer 200 if the database is reachable and its schema fits, else 503 with the reason."""
    state = service.database.read(read_state)
    if not state.compatible:
        raise NotReady(state.detail)
    return {"status": "ready", "schema": state.as_dict()}
