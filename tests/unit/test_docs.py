"""The documents say what is there: the options' table, every link, every command, and messages that the code really says."""

import re
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import options

DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
README = ROOT / "README.md"
PATH = re.compile(
    r"`((?:playbooks|scripts|docs|bench|roles|plugins|tests|services|inventories|molecule)/[\w./-]+|\.ci/\w+)"
)


def test_the_options_table_is_up_to_date():
    text = README.read_text()
    assert text == options.with_options(text), "run: python3 docs/options.py"


def test_a_readme_without_markers_is_refused():
    with pytest.raises(ValueError, match="lacks the line"):
        options.with_options("nothing")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_links_lead_somewhere(document):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"(?m)^#+ (.+)$", file.read_text())
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}, target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_paths_exist(document):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for path in PATH.findall(text):
        if "notes" not in path:  # the example component
            assert (ROOT / path).exists(), path


def test_every_verb_and_script_is_in_the_readme():
    text = README.read_text()
    for playbook in ROOT.glob("playbooks/*.yml"):
        assert f"playbooks/{playbook.name}" in text
    for script in ROOT.glob("scripts/*.sh"):
        assert f"scripts/{script.name}" in text or script.name in ("setup.sh", "tool.sh")


def messages():
    texts = [README.read_text(), (ROOT / "docs" / "kubernetes.md").read_text()]
    sections = [text.partition("## When something goes wrong")[2].partition("\n## ")[0] for text in texts]
    return re.findall(r"(?m)^\| `([^`]+)`", "\n".join(sections))


def test_there_are_messages_to_look_for():
    assert len(messages()) > 10


@pytest.mark.parametrize("message", messages())
def test_the_code_says_what_troubleshooting_quotes(message):
    sources = [
        p
        for part in ("plugins", "roles", "scripts")
        for p in (ROOT / part).rglob("*")
        if p.suffix in (".py", ".yml", ".sh")
    ]
    # Sentences may be broken over two literals.
    text = "".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text()) for path in sources)
    assert message in text


def test_the_example_component_is_one():
    """The role in docs/architecture.md is parsed as the release would parse it."""
    import yaml
    from ansible_collections.todoapp.stack.plugins.module_utils import description
    from ansible_collections.todoapp.stack.plugins.module_utils import options as rules

    blocks = re.findall(
        r"```yaml\n# roles/notes/(\S+)\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text(), flags=re.DOTALL
    )
    files = {name: yaml.safe_load(text) for name, text in blocks}
    specs = files["meta/argument_specs.yml"]["argument_specs"]["main"]["options"]
    values = rules.resolve(specs, {}, ["notes"])
    assert values == files["defaults/main.yml"]
    component = description.parse(
        description.evaluate(files["vars/main.yml"]["_notes_description"], values, "notes"), "notes"
    )
    assert component.published_port == 8080
    assert sum(len(text.splitlines()) for _, text in blocks) <= 70
