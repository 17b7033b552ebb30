"""Markers and the chart: whatever the tree, real Helm makes of the template what `resolve` makes of the options."""

import base64
import json
import random
import re
import subprocess

import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import chart, markers
from ansible_collections.todoapp.stack.plugins.module_utils.description import evaluate
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.markers import (
    api,
    digest_of,
    filled,
    if_filled,
    image,
    more,
    named,
    only_if,
    registry_login,
    resolve,
    secret,
    unless,
)
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import (
    Symbol,
    SymbolMap,
    TemplateRuntimeError,
    symbolize,
)
from ansible_collections.todoapp.stack.plugins.module_utils.templates import text
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import quoted

GONE = markers.REMOVED


@pytest.mark.parametrize(
    ("tree", "result"),
    [
        ({"a": only_if(1, True)}, {"a": 1}),
        ({"a": only_if(1, False), "b": 2}, {"b": 2}),
        ({"a": unless(1, True), "b": 2}, {"b": 2}),
        ({"a": unless(1, False)}, {"a": 1}),
        (only_if({"a": 1}, False), GONE),
        ({"$only_if": True, "a": 1}, {"a": 1}),
        ({"$only_if": False, "a": 1}, GONE),
        ({"a": only_if(1, False)}, GONE),  # all of it was conditional: the key that holds it goes too
        ({"x": {"a": only_if(1, False), "b": unless(2, True)}, "y": 1}, {"y": 1}),
        ([only_if(1, False), 2, only_if(3, True)], [2, 3]),
        ({"x": [only_if(1, False)], "y": 1}, {"y": 1}),
        ({"x": {}, "y": [], "z": None}, {"x": {}, "y": [], "z": None}),  # empty from the start: it stays
        ({"a": only_if({"b": unless(1, False), "c": only_if(2, False)}, True)}, {"a": {"b": 1}}),
        ({"a": only_if(unless(1, False), False), "b": 1}, {"b": 1}),
        ({"a": only_if({}, True)}, {"a": {}}),
        (image({"repository": "r", "tag": "t", "digest": ""}), "r:t"),
        (image({"repository": "r", "tag": "t", "digest": "sha256:0"}), "r@sha256:0"),
        ({"a": if_filled("")}, GONE),
        ({"a": if_filled("x"), "b": if_filled([]), "c": if_filled({}), "d": if_filled([0])}, {"a": "x", "d": [0]}),
        ({"a": unless(1, filled("x")), "b": unless(2, filled(""))}, {"b": 2}),
        ({"a": only_if(1, api("v1")), "b": unless(2, api("v1")), "c": only_if(3, api("v2"))}, {"b": 2}),
        ({"a": more({"x": 1, "y": 2}, {"y": 3, "z": 4})}, {"a": {"x": 1, "y": 3, "z": 4}}),
        ({"a": more({"x": only_if(1, False)}, {})}, GONE),
        ({"a": more({}, {}), "b": 1}, {"b": 1}),
        ([named(["a", "b"]), only_if({"name": "c"}, False)], [{"name": "a"}, {"name": "b"}]),
        ({"a": [named([])], "b": 1}, {"b": 1}),
        (digest_of({}), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),  # sha256 of "{}"
    ],
)
def test_resolve(tree, result):
    assert resolve(tree) == result if result is not GONE else resolve(tree) is GONE


def test_what_only_the_cluster_knows_can_wait():
    tree = {
        "now": only_if(unless(1, False), True),
        "later": only_if({"a": only_if(1, True), "b": only_if(2, False)}, api("v1")),
        "never": unless(only_if(1, False), api("v1")),
        "digest": digest_of({"one": "one"}),
        "secret": secret("one"),
    }
    first = resolve(tree, digest=None, apis=None)
    assert first == {
        "now": 1,
        "later": {"$only_if": {"$api": "v1"}, "$value": {"a": 1}},
        "digest": {"$digest_of": {"one": "one"}},
        "secret": {"$secret": "one"},
    }
    then = resolve(first, digest=lambda parts: f"of {parts['one']}", apis=["v1"], secrets={"one": "s"})
    assert then == {"now": 1, "later": {"a": 1}, "digest": "of one", "secret": "cw=="}
    assert "later" not in resolve(first)


def test_a_login_takes_its_password_from_the_secrets():
    login = registry_login({"host": "h", "username": "u", "password": secret("p")})
    text = base64.b64decode(resolve(login, secrets={"p": "x"})).decode()
    assert json.loads(text) == {"auths": {"h": {"username": "u", "password": "x", "auth": "dTp4"}}}


def test_a_condition_is_true_or_false_and_nothing_else():
    for odd in ("true", 1, "", None, [True]):
        assert resolve({"a": only_if(1, odd), "b": unless(2, odd), "c": 3}) == {"c": 3}


def test_a_digest_says_that_something_changed():
    one = resolve(digest_of({"a": "1", "b": "2"}))
    assert one == resolve(digest_of({"b": "2", "a": "1"}))
    assert len({one, *(resolve(digest_of(d)) for d in ({"a": "1"}, {"a": "12", "b": ""}, {"a": "2", "b": "1"}))}) == 4


VALUES = [
    {
        "flag": {"a": True, "b": False, "c": True},
        "int": {"small": 0, "million": 1000000, "large": 2**53 - 1, "negative": -1},
        "str": {
            "empty": "",
            "plain": "x",
            "yes": "yes",
            "number": "1e6",
            "code": "{{ .Values }}",
            "odd": "<&>\"'\\\n%s \u2028\ufeffé😀",
        },
        "map": {"known": {"cpu": "1", "n": 1000000}, "list": ["a", 1, None], "none": {}},
        "image": {"repository": "r/x", "tag": "1", "digest": "sha256:00"},
        "list": {"some": ["a", "{{ x }}", "<&>"], "none": []},
        "login": {"host": "h:5000", "username": "<é>", "password": "{{\u2028😀"},
        "secrets": {"one": "{{", "two": ""},
    },
    {
        "flag": {"a": False, "b": False, "c": True},
        "int": {"small": 5, "million": 1234567, "large": 10**15, "negative": -(10**9)},
        "str": {"empty": "now", "plain": "null", "yes": "~", "number": "0x10", "code": "}}{{`", "odd": "$HOME: - #\t"},
        "map": {"known": {}, "list": [], "none": {"a": {"b": [{"c": True}]}}},
        "image": {"repository": "r/x", "tag": "1e6", "digest": ""},
        "list": {"some": [], "none": ["1e6", "é😀", ""]},
        "login": {"host": "1e6", "username": "", "password": "yes"},
        "secrets": {"one": "é😀\n", "two": "1e6"},
    },
]
KINDS = {
    "flag": "bool",
    "int": "int",
    "str": "str",
    "map": "dict",
    "image": "str",
    "list": "list",
    "login": "str",
    "secrets": "str",
}
APIS = ("v1",)  # Helm takes the core API for granted when it has no cluster
SYMBOLS = {group: {name: Symbol((group, name), KINDS[group]) for name in VALUES[0][group]} for group in VALUES[0]}
WORDS = [
    "",
    "x",
    "yes",
    "null",
    "~",
    "1e3",
    "1_000",
    "0o7",
    "{{ x }}",
    "}}",
    "a: b",
    "- a",
    "# no",
    "%d %%",
    "é\u2028\ufeff",
    "|",
    "!a",
    "&a",
    "'",
    '"\\"',
    "\n",
]
KEYS = [
    "a",
    "b.c/d-e_f",
    "yes",
    "Null",
    "on",
    "y",
    "N",
    "true",
    "1",
    "1e3",
    "0x1",
    "a b",
    "a: b",
    "é",
    "",
    "#",
    "-",
    "- x",
    "~",
    "a'b",
    'a"b\\',
    "?",
    "=",
    "x" * 150,
]


SIMPLE = [
    "word", "number", "option", "option", "text", "mixed", "digest", "image", "join", "joined", "secret", "login", "filled",
]  # fmt: skip


def grow(rng, depth):
    """A random tree as a function of the options: with symbols it is what the chart is made from, with values what is meant."""
    kind = rng.choice([*SIMPLE, *["map", "list", "more", "named"] * 2 * depth])
    group = rng.choice(["flag", "int", "str", "map"])
    name, other = rng.choice(list(VALUES[0][group])), rng.choice(list(VALUES[0]["str"]))
    word, flag, keep = rng.choice(WORDS), rng.choice("abc"), rng.choice([None, None, only_if, unless])
    condition = rng.choice(
        [
            lambda o: o["flag"][flag],
            lambda o: o["flag"][flag],
            lambda o: filled(o[group][name]),
            lambda o: api(gv),
        ]
    )
    gv, entries, texts = rng.choice(["v1", "x.test/v1"]), rng.choice(["known", "none"]), rng.choice(["some", "none"])
    separator, key = rng.choice([" ", ",", "", '"']), rng.choice(["one", "two"])
    number = rng.choice([0, 1, -5, 1000000, 1.5, True, False, None, {}, []])
    keys = rng.sample(KEYS, rng.randint(1, 4))
    inner = [grow(rng, depth - 1) for _ in keys] if kind in ("map", "list", "more", "named") else []
    makers = {
        "word": lambda o: word,
        "number": lambda o: number,
        "option": lambda o: o[group][name],
        "text": lambda o: text(o["int" if group == "map" else group][name if group != "map" else "million"]),
        "mixed": lambda o: f"{word}{text(o['str'][other])}%{text(o['int']['million'])}{word}{text(o['flag'][flag])}",
        "digest": lambda o: digest_of({"one": o["str"][other], "two": word, "three": f"{word}-{o['str']['plain']}"}),
        "image": lambda o: image(o["image"]),
        "join": lambda o: joined(o["list"][texts], separator),
        "joined": lambda o: f"{word}{joined(o['list'][texts], separator)}{text(o['str'][other])}%",
        "secret": lambda o: secret(key),
        "login": lambda o: registry_login(o["login"]),
        "filled": lambda o: {"a": if_filled(o["map"][entries]), "b": if_filled(o["list"][texts])},
        "more": lambda o: more({key: make(o) for key, make in zip(keys, inner, strict=True)}, o["map"][entries]),
        "named": lambda o: [make(o) for make in inner] + [named(o["list"][texts])],
        "map": lambda o: {key: make(o) for key, make in zip(keys, inner, strict=True)},
        "list": lambda o: [make(o) for make in inner],
    }
    make = makers[kind]
    return (lambda o: keep(make(o), condition(o))) if keep else make


def joined(value, separator):
    """As a description does it, with an option or with its symbol."""
    return evaluate("{{ value | join(separator) }}", {"value": value, "separator": separator}, "")


def rendered(tree):
    """As templates.render gives it: symbols become their sentinels."""
    return json.loads(json.dumps(tree, default=str))


def helm_template(helm, folder, templates, values):
    """What real Helm makes of each template: name -> object, nothing for those that left none."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: parity\nversion: 0.0.1\n")
    (folder / "values.yaml").write_text(quoted(values))  # JSON, since PyYAML and Go disagree about 1e6
    for name, template in templates.items():
        (folder / "templates" / f"{name}.yaml").write_text(template)
    done = subprocess.run([helm, "template", "x", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^---\n# Source: parity/templates/(.*)\.yaml\n", done.stdout, flags=re.MULTILINE)[1:]
    return {name: yaml.safe_load(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("values", VALUES, ids=["some", "others"])
def test_helm_renders_random_trees_as_resolve_does(helm, tmp_path, values):
    rng = random.Random(20)  # noqa: S311 - the same trees each time
    trees = {f"t{number:03}": grow(rng, 3) for number in range(150)}
    objects = {name: lambda o, make=make: {"kind": "Tree", "fixed": 1, "tree": make(o)} for name, make in trees.items()}
    templates = {name: chart.emit(rendered(make(SYMBOLS))) for name, make in objects.items()}
    made = helm_template(helm, tmp_path / "chart", templates, values)
    for name, make in objects.items():
        assert made.get(name) == resolve(make(values), apis=APIS, secrets=values["secrets"]), templates[name]
    assert sum("if" in template for template in templates.values()) > 75


def test_an_object_that_is_not_wanted_leaves_nothing(helm, tmp_path):
    objects = {
        "whole": lambda o: only_if({"kind": "A"}, o["flag"]["a"]),
        "merged": lambda o: {"$unless": o["flag"]["c"], "kind": "B"},
        "nested": lambda o: only_if(unless({"kind": "C"}, o["flag"]["b"]), o["flag"]["c"]),
        "parts": lambda o: {"kind": only_if("D", o["flag"]["a"]), "b": unless(1, o["flag"]["b"])},
    }
    templates = {name: chart.emit(rendered(make(SYMBOLS))) for name, make in objects.items()}
    for values in VALUES:
        made = helm_template(helm, tmp_path / str(values["flag"]["a"]), templates, values)
        wanted = {name: tree for name, make in objects.items() if (tree := resolve(make(values))) is not GONE}
        assert made == wanted
        assert ("whole" in made) == values["flag"]["a"]


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({str(SYMBOLS["str"]["plain"]): 1}, "holds an option or template code; only values may"),
        ({"{{ x }}": 1}, "holds an option or template code; only values may"),
        ({"a": only_if(1, "true")}, "conditions take options, not computed values"),
        ({"a": more({"b": 1}, "computed")}, "stands where only an option may"),
        ({"a": f"x{SYMBOLS['map']['known']}"}, "the option map.known is a dict; it cannot stand inside a text"),
    ],
)
def test_what_a_chart_cannot_say_is_refused(tree, sentence):
    with pytest.raises(DeployError, match=sentence):
        chart.emit(rendered({"kind": "X", **tree}))


def test_what_a_description_settles_by_itself_is_no_condition():
    tree = {
        "kind": "X",
        "a": only_if(1, True),
        "b": unless(2, True),
        "c": {"d": if_filled({}), "e": only_if(3, False)},
        "f": more({"g": 4}, {"h": 5}),
        "i": [only_if(6, False), unless(7, False)],
        "j": if_filled("k"),
    }
    emitted = chart.emit(tree)
    assert "{{" not in emitted
    assert yaml.safe_load(emitted) == resolve(tree) == {"kind": "X", "a": 1, "f": {"g": 4, "h": 5}, "i": [7], "j": "k"}
    assert chart.emit(only_if(tree, False)) == ""


QUESTIONS = {
    "if": bool, "int": int, "float": float, "length": len, "for": list, "in": lambda s: "x" in s, "==": lambda s: s == 1,
    "!=": lambda s: s != 1, "<": lambda s: s < 1, ">=": lambda s: s >= 1, "+": lambda s: s + 1, "1 +": lambda s: 1 + s,
    "index": lambda s: [0][s], "hash": hash,
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_symbol_answers_no_question(question):
    with pytest.raises((TemplateRuntimeError, TypeError)):
        QUESTIONS[question](SYMBOLS["int"]["small"])


def test_a_map_s_symbol_knows_its_keys_and_can_be_written_whole():
    spec = {
        "type": "dict",
        "options": {"cpu": {"type": "str"}, "more": {"type": "dict", "options": {"n": {"type": "int"}}}},
    }
    symbol = symbolize(("web", "resources"), spec)
    assert isinstance(symbol, SymbolMap)
    assert (symbol["cpu"].path, symbol["more"]["n"].kind) == (("web", "resources", "cpu"), "int")
    assert chart.emit({"a": str(symbol)}) == "a: {{ .Values.web.resources | toJson }}\n"
    for question in (bool, len, list, lambda s: s == {}):
        with pytest.raises(TemplateRuntimeError, match=r"about the option web\.resources"):
            question(symbol)
