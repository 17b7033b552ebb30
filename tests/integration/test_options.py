"""Wrong options stop a run before it looks at anything, all of them at once, each with a sentence."""

from __future__ import annotations

import pytest
from stack import Stack


@pytest.mark.parametrize("verb", ["deploy", "build", "health", "teardown", "render"])
def test_a_misspelt_option_stops_every_verb(stack: Stack, verb: str) -> None:
    before = stack.identities()
    # Docker is not even asked: this engine would not answer.
    ran = stack.fails(verb, env={"DOCKER_HOST": "unix:///nobody.sock"}, backend_replica=3)
    ran.says(
        "the options are wrong; nothing was changed",
        r"- backend_replica is not an option; did you mean backend_replicas\?",
    )
    assert stack.identities() == before


def test_everything_that_is_wrong_is_said_at_once(stack: Stack) -> None:
    wrong = {
        "todo_publish_adress": "127.0.0.1",
        "frontend_published_port": "lots",
        "chatbot_published_port": 70000,
        "backend_resources": {"limits": {"cpus": "1"}},
        "backend_log_level": "loud",
        "backend_refuse_common_passwords": "perhaps",
        "ollama_models": "qwen3:1.7b",
    }
    ran = stack.fails("deploy", **wrong)
    ran.says(
        r"- todo_publish_adress is not an option; did you mean todo_publish_address\?",
        r"- frontend_published_port is 'lots'; it needs a whole number, such as 3000",
        r"- chatbot_published_port is 70000; it must be from 0 to 65535",
        r"- backend_resources\.limits\.cpus is not an option; did you mean cpu\?",
        r"- backend_log_level is 'loud'; known: debug, error, info, warning",
        r"- backend_refuse_common_passwords is 'perhaps'; it needs true or false",
        r"- ollama_models is 'qwen3:1\.7b'; it needs a list",
    )


def test_a_misspelt_secret_is_named_and_not_shown(stack: Stack) -> None:
    ran = stack.fails("deploy", todo_secrets={"postgres_pasword": "a-password-that-is-not-shown-9876"})
    ran.says(r"- todo_secrets\.postgres_pasword is no secret of any component; did you mean postgres_password\?")
    assert "not-shown-9876" not in ran.out


@pytest.mark.parametrize(
    ("components", "sentence"),
    [
        (["postgres", "bakend"], r"todo_components names bakend, and there is no such role; did you mean backend\?"),
        (["backend"], r"backend needs postgres, which todo_components does not name"),
        ("postgres", r"todo_components is 'postgres'; it needs a list of role names"),
    ],
)
def test_components_that_do_not_fit(stack: Stack, components: object, sentence: str) -> None:
    stack.fails("deploy", todo_components=components).says(sentence)
