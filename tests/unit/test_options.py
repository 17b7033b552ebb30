"""Options: what is refused and with which sentence, what is coerced, and how maps merge."""

import copy
import datetime as dt

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.errors import OptionError
from ansible_collections.todoapp.stack.plugins.module_utils.options import OptionPath, merge, public, resolve

SPECS = {
    "web_replicas": {"type": "int", "default": 2, "description": "How many (from 1 to 100)."},
    "web_debug": {"type": "bool", "default": False},
    "web_level": {"type": "str", "default": "info", "choices": ["debug", "info"]},
    "web_title": {"type": "str", "default": ""},
    "web_models": {"type": "list", "elements": "str", "default": ["a"]},
    "web_ports": {"type": "list", "elements": "int", "default": []},
    "web_hosts": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"name": {"type": "str", "required": True}, "port": {"type": "int", "default": 80}},
    },
    "web_scaling": {
        "type": "dict",
        "default": {"enabled": False, "limits": {"cpu": "500m", "memory": "1Gi"}},
        "options": {
            "enabled": {"type": "bool", "default": False},
            "most": {"type": "int", "default": 5, "description": ["Most", "(from 1 to 9)."]},
            "limits": {
                "type": "dict",
                "default": {"cpu": "500m", "memory": "1Gi"},
                "options": {"cpu": {"type": "str", "default": "500m"}, "memory": {"type": "str", "default": "1Gi"}},
            },
        },
    },
    "web_labels": {"type": "dict", "default": {"team": "a"}},
    "web_file": {"type": "path"},
    "todo_name": {"type": "str", "default": "todo-app"},
}
ROLES = ("todo", "web", "website")


def values(**given):
    return resolve(SPECS, given, ROLES)


def problems(specs=SPECS, **given):
    with pytest.raises(OptionError) as caught:
        resolve(specs, given, ROLES)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_without_any_given_the_defaults_hold():
    assert values() == {
        **{name: spec.get("default") for name, spec in SPECS.items()},
        "web_scaling": {"enabled": False, "most": 5, "limits": {"cpu": "500m", "memory": "1Gi"}},
    }


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("web_replicas", "7", 7),
        ("web_replicas", " 7 ", 7),
        ("web_replicas", "+7", 7),
        ("web_replicas", 100, 100),
        ("web_replicas", 1, 1),
        *[("web_debug", given, True) for given in (True, "yes", "True", " ON ", "1", 1, "y")],
        *[("web_debug", given, False) for given in (False, "no", "False", "off", "0", 0, "N")],
        ("web_level", "debug", "debug"),
        ("web_title", 5, "5"),
        ("web_title", 0.5, "0.5"),
        ("web_title", dt.date(2026, 1, 2), "2026-01-02"),
        (
            "web_title",
            "two\nlines\tand {{ braces }} ${HOME} é 😀 ' \" \\",
            "two\nlines\tand {{ braces }} ${HOME} é 😀 ' \" \\",
        ),
        ("web_models", [], []),
        ("web_models", ["b", 1], ["b", "1"]),
        ("web_ports", ["80", 81], [80, 81]),
        (
            "web_hosts",
            [{"name": "x", "port": "8"}, {"name": "y"}],
            [{"name": "x", "port": 8}, {"name": "y", "port": 80}],
        ),
        ("web_labels", {"b": [1, {"c": "d"}], "e": 1.5}, {"team": "a", "b": [1, {"c": "d"}], "e": 1.5}),
        ("web_labels", {"team": "b"}, {"team": "b"}),
        ("web_file", "/somewhere", "/somewhere"),
        ("web_file", None, None),  # no default and not required: it may stay empty
    ],
)
def test_a_given_value_is_coerced(name, given, value):
    result = values(**{name: given})[name]
    assert result == value
    assert type(result) is type(value)


def test_a_map_is_laid_over_its_default_at_every_depth():
    given = {"limits": {"cpu": 1}, "enabled": "yes"}
    assert values(web_scaling=given)["web_scaling"] == {
        "enabled": True,
        "most": 5,
        "limits": {"cpu": "1", "memory": "1Gi"},
    }
    assert merge({"a": {"b": 1, "c": 2}}, {"a": {"b": {"d": 3}}, "e": 4}) == {"a": {"b": {"d": 3}, "c": 2}, "e": 4}
    assert merge({"a": 1}, [1]) == [1]


def test_neither_specification_nor_given_value_is_changed_or_shared():
    specs, given = copy.deepcopy(SPECS), {"web_labels": {"x": [1]}, "web_scaling": {"limits": {"cpu": "1"}}}
    result = resolve(specs, given, ROLES)
    result["web_labels"]["x"].append(2)
    result["web_scaling"]["limits"]["memory"] = "changed"
    result["web_models"].append("b")
    assert specs == SPECS
    assert given == {"web_labels": {"x": [1]}, "web_scaling": {"limits": {"cpu": "1"}}}


class Tagged(str):
    """As Ansible gives texts: with more on them than a text has."""

    __slots__ = ()


def test_ansible_s_tagged_texts_become_plain():
    result = values(
        web_title=Tagged("t"), web_labels={Tagged("k"): Tagged("v")}, web_scaling={Tagged("most"): Tagged("3")}
    )
    assert type(result["web_title"]) is str
    assert {type(part) for pair in result["web_labels"].items() for part in pair} == {str}
    assert {type(key) for key in result["web_scaling"]} == {str}


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("web_replica", 1, "web_replica is not an option; did you mean web_replicas?"),
        ("todo_nane", 1, "todo_nane is not an option; did you mean todo_name?"),
        ("website_zzzzzz", 1, f"website_zzzzzz is not an option; known: {', '.join(sorted(SPECS))}"),
        ("web_replicas", "many", "web_replicas is 'many'; it needs a whole number, such as 2"),
        ("web_replicas", 1.5, "web_replicas is 1.5; it needs a whole number, such as 2"),
        ("web_replicas", True, "web_replicas is True; it needs a whole number, such as 2"),
        ("web_replicas", "1e2", "web_replicas is '1e2'; it needs a whole number, such as 2"),
        ("web_replicas", "9" * 19, f"web_replicas is '{'9' * 19}'; it needs a whole number, such as 2"),
        ("web_replicas", [1], "web_replicas is [1]; it needs a whole number, such as 2"),
        ("web_replicas", 0, "web_replicas is 0; it must be from 1 to 100"),
        ("web_replicas", "101", "web_replicas is 101; it must be from 1 to 100"),
        ("web_replicas", None, "web_replicas is empty; it needs a whole number, such as 2"),
        ("web_debug", "maybe", "web_debug is 'maybe'; it needs true or false"),
        ("web_debug", 2, "web_debug is 2; it needs true or false"),
        ("web_debug", 1.0, "web_debug is 1.0; it needs true or false"),
        ("web_level", "inof", "web_level is 'inof'; did you mean info?"),
        ("web_level", "loud", "web_level is 'loud'; known: debug, info"),
        ("web_level", True, "web_level is True; it needs a text, such as 'info' (quote it in YAML)"),
        ("web_title", ["x"], "web_title is ['x']; it needs a text (quote it in YAML)"),
        ("web_title", None, "web_title is empty; it needs a text"),
        ("web_models", "a", "web_models is 'a'; it needs a list, such as ['a']"),
        ("web_models", ["a", None], "web_models[1] is empty; it needs a text"),
        ("web_ports", [80, "http"], "web_ports[1] is 'http'; it needs a whole number"),
        ("web_hosts", [{"port": 1}], "web_hosts[0].name is empty; it needs a text"),
        ("web_scaling", True, f"web_scaling is True; it needs a map, such as {SPECS['web_scaling']['default']!r}"),
        ("web_scaling", {"enabld": 1}, "web_scaling.enabld is not an option; did you mean enabled?"),
        ("web_scaling", {"limits": {"cpus": 1}}, "web_scaling.limits.cpus is not an option; did you mean cpu?"),
        (
            "web_scaling",
            {"limits": None},
            "web_scaling.limits is empty; it needs a map, such as {'cpu': '500m', 'memory': '1Gi'}",
        ),
        ("web_scaling", {"most": 10}, "web_scaling.most is 10; it must be from 1 to 9"),
        ("web_scaling", {True: 1}, "web_scaling has the key True; keys must be texts (quote it in YAML)"),
        ("web_labels", {"a": {5: 1}}, "web_labels.a has the key 5; keys must be texts (quote it in YAML)"),
        (
            "web_labels",
            {"a": [None]},
            "web_labels.a[0] is None; it needs a text, a number, true or false, a list or a map",
        ),
        ("web_labels", {"a": float("nan")}, "web_labels.a is nan; it needs a number that is finite"),
    ],
)
def test_a_wrong_value_gets_its_sentence(name, given, sentence):
    assert problems(**{name: given}) == [sentence]


@pytest.mark.parametrize(
    "char", ["\0", "\r", "\x1b", "\x7f", "\x80", "\x9b", "\ue000", "\uf8ff", "\U000f0000", "\ud800", "\ufffe", "\uffff"]
)
def test_characters_that_a_target_would_choke_on_are_refused(char):
    for given in (
        {"web_title": f"a{char}b"},
        {"web_labels": {"a": [char]}},
        {"web_labels": {char: "a"}},
        {"web_models": [char]},
    ):
        [sentence] = problems(**given)
        assert sentence.endswith("holds a control or private-use character, which no target accepts")
        assert sentence.isprintable()


def test_all_that_is_wrong_is_said_at_once():
    found = problems(
        web_replicas="x", web_lable=1, web_scaling={"most": 0, "nope": 1, "limits": {"cpu": []}}, web_debug="?"
    )
    assert [sentence.partition(" ")[0] for sentence in found] == [
        "web_lable",
        "web_replicas",
        "web_debug",
        "web_scaling.nope",
        "web_scaling.most",
        "web_scaling.limits.cpu",
    ]


def test_all_that_is_wrong_in_a_list_is_said_at_once():
    assert len(problems(web_ports=["x", 1, "y"])) == 2


def test_others_variables_are_not_ours():
    assert values(ansible_user="x", webb_replica=1, web=1, _web_x=1, todoname=1) == values()


def test_a_required_option_must_be_given():
    specs = {"web_host": {"type": "str", "required": True}}
    assert problems(specs) == ["web_host is empty; it needs a text"]
    assert resolve(specs, {"web_host": "h"}, ROLES) == {"web_host": "h"}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("web_replicas", ("web", "replicas")),
        ("web_site_x", ("web_site", "x")),
        ("website_x_y", ("website", "x_y")),
        ("todo_name", ("name",)),
    ],
)
def test_an_option_s_path_in_the_chart(name, path):
    assert OptionPath.of(name, (*ROLES, "web_site")).values_path == path


@pytest.mark.parametrize("name", ["other_x", "web", "replicas"])
def test_an_option_of_no_role(name):
    with pytest.raises(ValueError, match=f"the option {name} belongs to none of the roles todo, web, website"):
        OptionPath.of(name, ROLES)


LOGIN = {
    "todo_login": {
        "type": "dict",
        "default": {"host": "", "password": ""},
        "options": {"host": {"type": "str", "default": ""}, "password": {"type": "str", "default": "", "no_log": True}},
    },
    "todo_secrets": {"type": "dict", "default": {}, "no_log": True},
    "todo_name": {"type": "str", "default": "x"},
}


def test_what_nobody_may_see_is_left_out():
    values = resolve(LOGIN, {"todo_login": {"host": "h", "password": "p"}, "todo_secrets": {"key": "k"}}, ["todo"])
    assert values["todo_login"] == {"host": "h", "password": "p"}
    assert public(LOGIN, values) == {"todo_login": {"host": "h"}, "todo_name": "x"}


def test_what_nobody_may_see_is_not_in_the_sentence_about_it():
    with pytest.raises(OptionError) as caught:
        resolve(LOGIN, {"todo_login": {"password": ["hidden"]}}, ["todo"])
    assert caught.value.problems == ["todo_login.password is no text; quote it in YAML"]
