"""A component's description: what is refused, how expressions are evaluated, and in which order components come."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.description import (
    Component,
    check_references,
    evaluate,
    in_order,
    parse,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DescriptionError
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol

LEAST = {"name": "web", "image": {"repository": "web", "tag": "1", "digest": ""}}


def test_name_and_image_are_enough():
    component = parse(LEAST, "web")
    assert component == Component("web", LEAST["image"])
    assert (component.port, component.replicas, component.environment, component.needs) == (0, 1, {}, [])
    assert component.writable == ["/tmp"]
    assert not component.is_store
    assert parse({**LEAST, "storage": {"path": "/data", "size": "1Gi"}}, "web").is_store


def test_an_empty_key_is_as_good_as_none():
    empty = dict.fromkeys(
        ["port", "environment", "needs", "probes", "command", "init", "storage", "resources", "replicas"]
    )
    assert parse({**LEAST, **empty}, "web") == parse(LEAST, "web")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"enviroment": {}}, "role web: the description has the key enviroment; did you mean environment?"),
        ({"replica": 1}, "role web: the description has the key replica; did you mean replicas?"),
        ({"zzz": 1}, "role web: the description has the key zzz; known: annotations, autoscaling, command, "),
        ({"port": "8000"}, "role web: the description's port is '8000'; it needs a whole number"),
        ({"port": True}, "role web: the description's port is True; it needs a whole number"),
        ({"name": 5}, "role web: the description's name is 5; it needs a text"),
        ({"name": None}, "role web: the description has no name"),
        ({"name": "Web"}, "role web: 'Web' is no name: lower-case letters, digits and dashes"),
        ({"name": "web_app"}, "role web: 'web_app' is no name"),
        ({"name": "-web"}, "role web: '-web' is no name"),
        ({"name": "web-"}, "role web: 'web-' is no name"),
        ({"name": "w" * 41}, "is no name"),
        ({"image": None}, "role web: the description has no image"),
        ({"image": "web:1"}, "role web: the description's image is 'web:1'; it needs a map"),
        (
            {"image": {"repository": "web"}},
            "role web: the description's image has no tag; it needs repository, tag and digest",
        ),
        ({"environment": ["A=1"]}, "role web: the description's environment is ['A=1']; it needs a map"),
        ({"resources": "big"}, "role web: the description's resources is 'big'; it needs a map"),
        ({"autoscaling": True}, "role web: the description's autoscaling is True; it needs a map"),
        (
            {"secrets": ["jwt-key"]},
            "role web: 'jwt-key' is no name of a secret: lower-case letters, digits and underscores",
        ),
        ({"secrets": "jwt_key"}, "role web: the description's secrets is 'jwt_key'; it needs a list"),
        ({"secrets": [{"jwt_key": 1}]}, "role web: the description's secrets[0] is {'jwt_key': 1}; it needs a text"),
        ({"needs": [1]}, "role web: the description's needs[0] is 1; it needs a text"),
        ({"writable": [None]}, "role web: the description's writable[0] is None; it needs a text"),
        ({"command": "serve"}, "role web: the description's command is 'serve'; it needs a list"),
        ({"command": ["serve", 80]}, "role web: the description's command[1] is 80; it needs a text"),
        (
            {"commands": {"migrate": "web migrate"}},
            "role web: the description's commands.migrate is 'web migrate'; it needs a list",
        ),
        ({"commands": {"a": ["b"]}, "init": "c"}, "role web: init is c; known: a"),
        ({"commands": {"migrate": ["b"]}, "init": "migrat"}, "role web: init is migrat; did you mean migrate?"),
        ({"init": "migrate"}, "role web: init is migrate"),
        (
            {"port": 1, "probes": {"ready": "/r", "live": "/l", "begin": "/b"}},
            "role web: probes are live and ready, not begin",
        ),
        ({"port": 1, "probes": {"live": "/l"}}, "role web: probes has no ready; both live and ready are needed"),
        ({"probes": {"live": "/l", "ready": "/r"}}, "role web: the probe live is an HTTP path, and there is no port"),
        (
            {"port": 1, "probes": {"live": "/l", "ready": 5}},
            "role web: the probe ready is 5; it needs a path or {exec: [command]}",
        ),
        (
            {"port": 1, "probes": {"live": "/l", "ready": {"exe": ["x"]}}},
            "role web: the probe ready is {'exe': ['x']}; it needs a",
        ),
        (
            {"port": 1, "probes": {"live": "/l", "ready": {"exec": "x"}}},
            "role web: the probe ready is {'exec': 'x'}; it needs a",
        ),
        ({"storage": {"size": "1Gi"}}, "role web: the description's storage has no path; it needs path and size"),
        ({"enabled": "yes"}, "role web: the description's enabled is 'yes'; it needs true or false"),
        ({"tolerations": ["x"]}, "role web: the description's tolerations[0] is 'x'; it needs a map"),
        ({"node_selector": "ssd"}, "role web: the description's node_selector is 'ssd'; it needs a map"),
        ({"annotations": {"a": 1}}, "role web: the description's annotations.a is 1; it needs a text"),
        ({"node_selector": {"a": True}}, "role web: the description's node_selector.a is True; it needs a text"),
        ({"outside": [5432]}, "role web: the description's outside[0] is 5432; it needs a map"),
        ({"outside": [{"port": 5432}]}, "role web: outside has {'port': 5432}; it needs port and unless"),
        ({"start_seconds": 1.5}, "role web: the description's start_seconds is 1.5; it needs a whole number"),
    ],
)
def test_what_is_no_description_gets_its_sentence(more, sentence):
    with pytest.raises(DescriptionError) as caught:
        parse({**LEAST, **more}, "web")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("key", ["name", "image"])
def test_name_and_image_must_be_there(key):
    with pytest.raises(DescriptionError, match=f"role web: the description has no {key}"):
        parse({k: v for k, v in LEAST.items() if k != key}, "web")


def components(**edges):
    """Components that need others: {name: [needs]}."""
    return {name: parse({**LEAST, "name": name, "needs": needs}, name) for name, needs in edges.items()}


@pytest.mark.parametrize(
    ("edges", "order"),
    [
        ({"a": [], "b": []}, "ab"),
        ({"b": [], "a": []}, "ba"),
        ({"a": ["b"], "b": []}, "ba"),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, "dbca"),
        ({}, ""),
    ],
)
def test_each_comes_after_what_it_needs(edges, order):
    assert "".join(component.name for component in in_order(components(**edges))) == order


def test_a_deep_web_of_needs_takes_no_time():
    edges = {f"c{n}": [f"c{m}" for m in range(max(0, n - 5), n)] for n in range(60)}
    names = [component.name for component in in_order(components(**dict(reversed(edges.items()))))]
    assert names == list(edges)


@pytest.mark.parametrize(
    ("edges", "circle"),
    [
        ({"a": ["a"]}, "a -> a"),
        ({"a": ["b"], "b": ["a"]}, "a -> b -> a"),
        ({"z": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, "z -> a -> b -> c -> a"),
    ],
)
def test_needs_that_go_in_a_circle(edges, circle):
    with pytest.raises(DescriptionError, match=f"needs go in a circle: {circle}$"):
        check_references(components(**edges))


@pytest.mark.parametrize("key", ["needs", "talks_to"])
def test_a_reference_to_nothing(key):
    found = components(postgres=[], web=[])
    setattr(found["web"], key, ["postgress"])
    with pytest.raises(DescriptionError, match=rf"web: {key} names postgress; did you mean postgres\?"):
        check_references(found)


VARIABLES = {"n": 3, "yes": True, "text": "t", "tree": {"a": [1, 2]}, "nothing": None, "empty": "", "braces": "{{ n }}"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", "plain"),
        (5, 5),
        (None, None),
        (True, True),
        ("{{ n }}", 3),
        ("  {{n}}\n", 3),
        ("{{ yes }}", True),
        ("{{ not yes }}", False),
        ("{{ tree }}", {"a": [1, 2]}),
        ("{{ tree.a[1] }}", 2),
        ("{{ nothing }}", None),
        ("{{ n * 2 }}", 6),
        ("{{ n }}{{ n }}", "33"),
        ("{{ n }} and {{ text }}", "3 and t"),
        ("on={{ yes }}", "on=true"),
        ("x{{ empty }}", "x"),
        ("http://{{ text }}:{{ n }}/", "http://t:3/"),
        ("{{ braces }}", "{{ n }}"),  # a value is not evaluated again
        ("{% if n %}", "{% if n %}"),  # no expression, no template
        ("{{ 'a' if yes else 'b' }}", "a"),
        ("{{ text | upper }}", "T"),
        ({"k": ["{{ n }}", {"l": "{{ text }}"}], 5: 1}, {"k": [3, {"l": "t"}], "5": 1}),
    ],
)
def test_expressions(raw, value):
    result = evaluate(raw, VARIABLES, "role web")
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("{{ nobody }}", "role web.k[0]: 'nobody' is undefined; the text is '{{ nobody }}'"),
        ("x {{ nobody }}", "'nobody' is undefined"),
        ("{{ nobody.a }}", "'nobody' is undefined"),
        ("{{ tree.b }}", "has no attribute 'b'"),
        ("{{ n | default(1) }}", "No filter named 'default'"),
        ("{{ nobody | d(1) }}", "No filter named 'd'"),
        ("x {{ n | default(1) }}", "No filter named 'default'"),
        ("{{ n + }}", "role web.k[0]: "),
        ("{{ }}", "role web.k[0]: "),
        ("x {{ n", "role web.k[0]: "),
        ("{{ 1 // 0 }}", "role web.k[0]: integer division or modulo by zero"),
        ("{{ n + text }}", "role web.k[0]: unsupported operand"),
        ("{{ text | nofilter }}", "No filter named 'nofilter'"),
    ],
)
def test_an_expression_that_fails_says_where(raw, sentence):
    with pytest.raises(DescriptionError) as caught:
        evaluate({"k": [raw]}, VARIABLES, "role web")
    assert sentence in str(caught.value)
    assert repr(raw) in str(caught.value)


def test_options_may_stand_for_whole_keys():
    options = {"enabled": "bool", "node_selector": "dict", "tolerations": "list", "annotations": "dict"}
    symbols = {key: Symbol(("web", key), kind) for key, kind in options.items()}
    component = parse({**LEAST, **symbols}, "web")
    assert all(getattr(component, key) is symbol for key, symbol in symbols.items())
