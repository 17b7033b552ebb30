"""docs/operations.md and docs/INSTALL-WINDOWS.md: each failure has its row, each option, secret, script and message exists."""

import re
import sys

import pytest
import yaml
from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import failures

GUIDES = [ROOT / "docs" / name for name in ("operations.md", "INSTALL-WINDOWS.md", "kubernetes.md")]
SPECS = {
    name: spec
    for path in ROOT.glob("roles/*/meta/argument_specs.yml")
    for name, spec in yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"].items()
}
PREFIXES = "todo|build|docker_engine|local_cluster|postgres|ollama|backend|chatbot|frontend"
SECRETS = {"postgres_password", "jwt_key", "chatbot_key"}


def test_every_failure_has_its_row_and_each_row_is_in_the_code():
    text = failures.DOCUMENT.read_text()
    assert text == failures.with_table(text), "run: python3 docs/failures.py"


def test_a_document_without_markers_is_refused():
    with pytest.raises(ValueError, match="lacks the line"):
        failures.with_table("nothing")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Diagnosis("x", f"the disk of {node} is full", "free space")', [("the disk of <node> is full", "free space")]),
        ('_Rule(r"x", "no node takes it", "add one", 10)', [("no node takes it", "add one")]),
        (
            (
                "def f(a):\n    if a:\n        cause, step = 'it is full', 'empty it'\n    else:\n"
                "        cause, step = f'it is {a} and red', 'paint it'\n    return Reason(cause, step)"
            ),
            [("it is full", "empty it"), ("it is <a> and red", "paint it")],
        ),
        ("Reason(cause=WHY, next_step='ask')\nWHY = 'nobody knows'", [("nobody knows", "ask")]),
        ('Diagnosis("x", error.cause, error.next_step)', []),
    ],
)
def test_causes_are_found_in_code(source, found):
    assert failures.causes(source) == found


def test_the_rules_of_kubernetes_messages_are_all_there():
    """Counted another way than the table is made."""
    from ansible_collections.todoapp.stack.plugins.module_utils import diagnosis, kube_reasons

    rows = {line.split(" | ")[0].lstrip("| ") for line in failures.DOCUMENT.read_text().splitlines()}
    rules = [rule for value in vars(kube_reasons).values() if isinstance(value, tuple) for rule in value]
    assert len(rules) > 30
    for cause in [*(rule.cause for rule in rules), *(sign.cause for sign in diagnosis.SIGNS)]:
        assert failures.cell(cause) in rows


def options_in(text):
    """What a document writes like an option: in code, or as a key of YAML."""
    written = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    written += re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL)
    return {
        name for code in written for name in re.findall(rf"(?<![\w./-])(?:{PREFIXES})_[a-z0-9_]+(?!\w|\.yml)", code)
    }


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_option_exists(guide):
    named = options_in(guide.read_text())
    assert len(named) > 2
    assert named - SPECS.keys() - SECRETS == set()


def test_an_option_that_does_not_exist_is_found():
    assert options_in("`todo_nmae: x` and ```yaml\nbackend_replica: 2\n```") == {"todo_nmae", "backend_replica"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_yaml_in_a_guide_fits_the_options(guide):
    """Maps of options hold only keys that the options have."""
    for block in re.findall(r"```yaml\n(.*?)```", guide.read_text(), flags=re.DOTALL):
        for name, value in (yaml.safe_load(block) or {}).items():
            if name in SPECS and "options" in SPECS[name]:
                assert set(value) <= set(SPECS[name]["options"]), name


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_exists(guide):
    text = guide.read_text()
    for path in re.findall(r"(?:scripts|playbooks|inventories|charts)[/\\][\w./\\-]*\w", text):
        file = ROOT / path.replace("\\", "/")
        assert file.exists() or "/vault" in path or "group_vars/todo/" in path, path


def test_each_front_is_in_the_guide_for_windows():
    text = (ROOT / "docs" / "INSTALL-WINDOWS.md").read_text()
    for front in ROOT.glob("scripts/*.bat"):
        assert f"scripts\\{front.name}" in text


def test_the_guide_for_windows_quotes_what_is_said():
    section = (ROOT / "docs" / "INSTALL-WINDOWS.md").read_text().partition("## When something goes wrong")[2]
    parts = ("plugins", "roles", "scripts")
    files = [p for part in parts for p in (ROOT / part).rglob("*") if p.suffix in (".py", ".sh", ".bat", ".yml")]
    said = "".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text()) for path in files)
    quoted = re.findall(r"(?m)^\| `([^`]+)`(?:| \(a port\)) \|", section)
    assert len(quoted) > 5
    assert [message for message in quoted if message not in said] == []
