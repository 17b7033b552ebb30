import base64
import json

import pytest

from todo_chatbot.problems import BadTokenError
from todo_chatbot.tokens import MAX_TOKEN_CHARS, Signer, Write

WRITES = [Write("delete", "milk", "id-1", 3), Write("update", "eggs", "id-2", 1, {"completed": False, "due_at": None})]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signer(clock: Clock) -> Signer:
    return Signer(b"k" * 32, clock)


def test_a_token_carries_all_that_will_be_written(signer: Signer) -> None:
    ticket = signer.read("confirm", "alice", signer.sign("confirm", "alice", "delete_todo", WRITES, 60))
    assert ticket.tool == "delete_todo"
    assert list(ticket.writes) == WRITES
    assert ticket.key(0) == ticket.id
    assert ticket.key(0) != ticket.key(1)


def test_two_tokens_for_the_same_have_two_ids(signer: Signer) -> None:
    tokens = [signer.sign("confirm", "alice", "delete_todo", WRITES, 60) for _ in range(2)]
    assert len({signer.read("confirm", "alice", token).id for token in tokens}) == 2


@pytest.mark.parametrize("position", [0, 5, -1])
def test_an_altered_token_is_refused(signer: Signer, position: int) -> None:
    token = signer.sign("confirm", "alice", "delete_todo", WRITES, 60)
    for at in (position, token.index(".") + 1):
        altered = list(token)
        altered[at] = "A" if altered[at] != "A" else "B"
        with pytest.raises(BadTokenError):
            signer.read("confirm", "alice", "".join(altered))


def test_new_claims_under_an_old_signature_are_refused(signer: Signer) -> None:
    payload, signature = signer.sign("confirm", "alice", "delete_todo", WRITES, 60).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["user"] = "bob"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    with pytest.raises(BadTokenError):
        signer.read("confirm", "bob", f"{forged}.{signature}")


@pytest.mark.parametrize("token", ["", ".", "x.y", "ä.ö", "a" * 100, "....", "e30.e30"])
def test_what_is_no_token_is_refused(signer: Signer, token: str) -> None:
    with pytest.raises(BadTokenError):
        signer.read("confirm", "alice", token)


def test_another_users_other_purposes_and_other_keys_tokens_are_refused(signer: Signer) -> None:
    token = signer.sign("undo", "alice", "delete_todo", WRITES, 60)
    with pytest.raises(BadTokenError, match="somebody else"):
        signer.read("undo", "bob", token)
    with pytest.raises(BadTokenError, match="not issued here"):
        signer.read("confirm", "alice", token)
    with pytest.raises(BadTokenError, match="not issued here"):
        Signer(b"x" * 32).read("undo", "alice", token)


def test_an_old_token_is_refused(signer: Signer, clock: Clock) -> None:
    token = signer.sign("confirm", "alice", "delete_todo", WRITES, 60)
    clock.now += 60
    signer.read("confirm", "alice", token)
    clock.now += 1
    with pytest.raises(BadTokenError, match="expired"):
        signer.read("confirm", "alice", token)


def test_the_largest_token_is_accepted_by_the_interface(signer: Signer) -> None:
    many = [Write("delete", id="12345678-1234-1234-1234-123456789012", version=10**6)] * 100
    assert len(signer.sign("confirm", "a" * 36, "delete_todo", many, 60)) < MAX_TOKEN_CHARS
