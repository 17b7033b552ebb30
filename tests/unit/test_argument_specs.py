"""Each option stands twice, in a role's defaults and in its argument specs: they must agree, and say what they mean."""

import pytest
import yaml
from conftest import ROOT

SPECS = sorted(ROOT.glob("roles/*/meta/argument_specs.yml"))
TYPES = {"str", "int", "bool", "list", "dict", "path"}


def load(path):
    return yaml.safe_load(path.read_text())


def role_of(path):
    return path.parents[1].name


def options_of(spec_file):
    return load(spec_file)["argument_specs"]["main"]["options"]


def walk(options, prefix=""):
    """Every option and every key of its map, by its dotted name."""
    for name, spec in options.items():
        yield f"{prefix}{name}", spec
        yield from walk(spec.get("options") or {}, f"{prefix}{name}.")


@pytest.mark.parametrize("spec_file", SPECS, ids=role_of)
def test_defaults_agree_with_the_specs(spec_file):
    documented = {name: spec["default"] for name, spec in options_of(spec_file).items() if "default" in spec}
    defaults_file = spec_file.parents[1] / "defaults" / "main.yml"
    assert (load(defaults_file) if defaults_file.is_file() else {}) == documented


@pytest.mark.parametrize(
    "role", sorted({path.parents[1] for path in ROOT.glob("roles/*/defaults/main.yml")}), ids=lambda p: p.name
)
def test_a_role_with_defaults_documents_them(role):
    assert (role / "meta" / "argument_specs.yml").is_file()


@pytest.mark.parametrize("spec_file", SPECS, ids=role_of)
def test_a_map_s_default_is_made_of_its_keys_defaults(spec_file):
    for name, spec in walk(options_of(spec_file)):
        if spec.get("options") and spec["type"] == "dict":
            assert spec["default"] == {key: inner["default"] for key, inner in spec["options"].items()}, name


@pytest.mark.parametrize("spec_file", SPECS, ids=role_of)
def test_every_option_says_what_it_is(spec_file):
    for name, spec in walk(options_of(spec_file)):
        description = spec.get("description") or ""
        assert isinstance(description, str), name
        assert description.endswith("."), f"{name}: the description {description!r} is no sentence"
        assert spec.get("type") in TYPES, f"{name}: its type is {spec.get('type')!r}"
        assert spec["type"] != "list" or spec.get("elements") in TYPES, f"{name}: a list of what?"
        assert "default" in spec or spec.get("required"), f"{name}: neither default nor required"
        assert spec["type"] != "int" or "(from " in description, (
            f"{name}: which range? (from A to B) in the description is checked"
        )


def test_an_option_is_documented_once():
    names = [name for path in SPECS for name in options_of(path)]
    assert sorted(names) == sorted(set(names))


def test_inventories_set_documented_options_only():
    known = {name for path in SPECS for name in options_of(path)}
    files = sorted(ROOT.glob("inventories/*/group_vars/*.yml"))
    assert files
    for file in files:
        assert set(load(file)) <= known, file
