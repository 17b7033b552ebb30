"""The chart says what the manifests say: object by object, for every switch, every option, and values meant to break it."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.options import merge
from parity import charts, manifests, options, shared, templates

SECRETS = {"postgres_password": "one", "jwt_key": "two", "chatbot_key": "three"}
BASE = {
    "todo_secrets": SECRETS,
    "backend_image": {"repository": "registry.test/backend", "tag": "abc"},
}
OPENSHIFT = ("route.openshift.io/v1", "security.openshift.io/v1")

# Every switch the other way round.
SWITCHES = {
    "backend_autoscaling.enabled": {"backend_autoscaling": {"enabled": True}},
    "todo_existing_secret.enabled": {"todo_existing_secret": {"enabled": True, "name": "ours"}},
    "todo_registry.username": {"todo_registry": {"host": "registry.test:5000", "username": "me", "password": "secret"}},
}

HOSTILE = {
    "numbers": {
        "todo_name": "1000000",
        "backend_replicas": 100,
        "backend_token_lifetime": 1000000,
        "backend_image": {"repository": "yes", "tag": "1e6"},
        "backend_resources": {"limits": {"cpu": "1000000", "memory": "1e3"}, "requests": {"cpu": "0x10"}},
        "postgres_user": "1e3",
        "postgres_database": "0777",
        "ollama_models": ["1e6", "0x10"],
        "postgres_storage_class": "1000000",
        "todo_secrets": {"postgres_password": "1000000", "jwt_key": "1e6", "chatbot_key": "null"},
    },
    "words": {
        "postgres_user": "yes",
        "postgres_database": "null",
        "backend_image": {"repository": "~", "tag": "on"},
        "postgres_storage_class": "no",
        "todo_secrets": {"postgres_password": "yes", "jwt_key": "~", "chatbot_key": "on"},
    },
    "code": {
        "postgres_user": "{{ .Values }}",
        "postgres_database": "}}{{ fail `x` }}",
        "backend_image": {"repository": "{{", "tag": "}}"},
        "backend_resources": {"limits": {"memory": "{{"}},
        "backend_trusted_proxies": "$HOME $(id) `id` %d %%",
        "ollama_models": ["{{ .Values }}", "a b", ""],
        "todo_image_pull_secrets": ["{{", "<&>"],
        "todo_registry": {"host": "{{:1", "username": "<&>", "password": "\u2028'é😀"},
        "todo_secrets": {"postgres_password": "{{", "jwt_key": "<&>", "chatbot_key": "%s"},
    },
    "text": {
        "postgres_user": "\"'\\\n\t: - # \u2028\ufeffé😀",
        "postgres_database": "",
        "backend_trusted_proxies": "",
        "ollama_models": ["é😀", "<&>"],
        "todo_secrets": {"postgres_password": "", "jwt_key": 'say "hi" \u2028 é', "chatbot_key": "\n\t😀"},
    },
}

# Options that say nothing to a cluster: where they change no object, that is meant.
ELSEWHERE = {
    "todo_target", "todo_components", "todo_publish_address", "todo_state_dir", "todo_generate_secrets", "todo_delete_data",
    "todo_keep_releases", "todo_gate_seconds", "todo_min_free_mb", "todo_dist_dir", "todo_report", "todo_base_image",
    "todo_kubeconfig", "todo_context", "todo_registry.insecure",
    "backend_published_port", "chatbot_published_port", "frontend_published_port",
}  # fmt: skip


def dotted(name, value):
    """{name.key: value} of every leaf of an option."""
    if isinstance(value, dict) and value:
        return {path: leaf for key, inner in value.items() for path, leaf in dotted(f"{name}.{key}", inner).items()}
    return {name: value}


def leaves():
    return {path: leaf for name, value in options(BASE).items() for path, leaf in dotted(name, value).items()}


def nested(path, value):
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def spec_of(path):
    """The argument spec of an option or of a key in it."""
    from parity import roles

    specs = {**shared(), **{name: spec for role in roles() for name, spec in role.specs.items()}}
    name, *keys = path.split(".")
    spec = specs[name]
    for key in keys:
        spec = spec.get("options", {}).get(key, {})
    return spec


def another(path, value):
    """Some other value that the option takes."""
    spec = spec_of(path)
    if spec.get("choices"):
        return next(choice for choice in spec["choices"] if choice != value)
    others = {bool: lambda: not value, int: lambda: value + 1, str: lambda: value + "x", list: lambda: ["one", "two"]}
    return others[type(value)]()


def perturbed():
    """Each option changed by itself; a switch's other side counts where the option does something only there."""
    cases = {}
    for path, value in leaves().items():
        name = path.partition(".")[0]
        if {name, path} & ELSEWHERE or path in SWITCHES:
            continue
        change = nested(path, another(path, value))
        for switch in NEEDS_SWITCH.get(name, ()):
            change = merge(SWITCHES[switch], change)
        cases[path] = change
    return cases


# What does something only where a switch is on.
NEEDS_SWITCH = {
    "backend_autoscaling": ["backend_autoscaling.enabled"],
    "todo_registry": ["todo_registry.username"],
    "todo_existing_secret": ["todo_existing_secret.enabled"],
}


def all_sets():
    sets = {"base": (BASE, ()), "openshift": (BASE, OPENSHIFT)}
    for name, given in {**SWITCHES, **HOSTILE, **{f"option {p}": c for p, c in perturbed().items()}}.items():
        sets[name] = (merge(BASE, given), ())
    for number, first in enumerate(SWITCHES):
        for second in list(SWITCHES)[number + 1 :]:
            both = merge(SWITCHES[first], SWITCHES[second])
            sets[f"{first} and {second}"] = (merge(BASE, both), ())
        sets[f"{first} on OpenShift"] = (merge(BASE, SWITCHES[first]), OPENSHIFT)
    sets["all switches"] = (merge(BASE, everything()), ())
    return sets


def everything():
    change = {}
    for given in SWITCHES.values():
        change = merge(change, given)
    return change


@pytest.fixture(scope="module")
def expected():
    return {name: manifests(given, apis) for name, (given, apis) in all_sets().items()}


@pytest.fixture(scope="module")
def made(helm, tmp_path_factory):
    return charts(helm, tmp_path_factory.mktemp("parity"), all_sets())


@pytest.mark.parametrize("name", all_sets())
def test_helm_renders_what_the_manifests_say(name, expected, made):
    assert made[name] == expected[name]


@pytest.mark.parametrize("path", perturbed())
def test_an_option_changes_something(path, expected):
    name = path.partition(".")[0]
    change = {}
    for switch in NEEDS_SWITCH.get(name, ()):
        change = merge(change, SWITCHES[switch])
    same = expected[f"option {path}"] == manifests(merge(BASE, change))
    assert not same, "the option changes no object"


def test_a_switch_changes_something(expected):
    for name in SWITCHES:
        assert expected[name] != expected["base"], name


def test_options_of_the_host_change_no_object(expected):
    for path, value in leaves().items():
        if path in ELSEWHERE and path not in ("todo_components", "todo_target"):
            assert manifests(merge(BASE, nested(path, another(path, value)))) == expected["base"], path
    assert leaves().keys() >= ELSEWHERE


MUTATIONS = {
    "only_if": ("{{- if .Values.existing_secret.enabled }}", "{{- if not .Values.existing_secret.enabled }}"),
    "unless": ("{{- if not .Values.backend.autoscaling.enabled }}", "{{- if true }}"),
    "filled": ("{{- if .Values.postgres.storage_class }}", "{{- if true }}"),
    "api": ("{{- if not (.Capabilities.APIVersions.Has ", "{{- if (.Capabilities.APIVersions.Has "),
    "digest_of": ("| sha256sum", "| sha1sum"),
    "image": (".Values.backend.image.tag", ".Values.backend.image.digest"),
    "registry_login": ('"username" ', '"user" '),
    "named": ("{{- range .Values.image_pull_secrets }}", "{{- range list }}"),
    "join": ('| join " "', '| join ","'),
    "secret": ("| b64enc", "| b64enc | b64enc"),
    "text": ('printf "%t"', 'printf "%v!"'),
    "value": (".Values.backend.resources |", ".Values.chatbot.resources |"),
}


def test_the_matrix_sees_a_chart_that_says_something_else(helm, tmp_path, expected):
    few = {name: case for name, case in all_sets().items() if name in ("base", "all switches", "words", "code")}
    for name, (right, wrong) in MUTATIONS.items():
        mutated = {file: text.replace(right, wrong) for file, text in templates().items()}
        assert mutated != templates(), f"no template has {right}"
        found = charts(helm, tmp_path / name, few, mutated)
        assert any(found[case] != expected[case] for case in few), name
