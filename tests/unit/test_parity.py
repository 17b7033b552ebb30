"""The chart says what the manifests say: object by object, for every switch, every option, and values meant to break it."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.options import merge
from parity import charts, manifests, templates
from parity_cases import BASE, ELSEWHERE, SWITCHES, another, beside, cases, change, leaves, perturbed

CASES = cases()


@pytest.fixture(scope="module")
def expected():
    return {name: manifests(given, apis) for name, (given, apis) in CASES.items()}


@pytest.fixture(scope="module")
def made(helm, tmp_path_factory):
    return charts(helm, tmp_path_factory.mktemp("parity"), CASES)


@pytest.mark.parametrize("name", CASES)
def test_helm_renders_what_the_manifests_say(name, expected, made):
    assert made[name] == expected[name]


@pytest.mark.parametrize("path", perturbed())
def test_an_option_changes_something(path, expected):
    same = expected[f"option {path}"] == manifests(merge(BASE, beside(path)))
    assert not same, "the option changes no object"


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_changes_something(switch, expected):
    same = expected[switch] == expected["base"]
    assert not same


def test_options_of_the_host_change_no_object(expected):
    for path, value in leaves().items():
        if path in ELSEWHERE and path not in ("todo_components", "todo_target"):
            assert manifests(merge(BASE, change(path, another(path, value)))) == expected["base"], path
    assert leaves().keys() >= ELSEWHERE


def test_every_boolean_is_a_switch_or_a_value():
    values = {"backend_refuse_common_passwords", "frontend_cookie_secure"}
    booleans = {path for path, value in leaves().items() if isinstance(value, bool)} - ELSEWHERE - values
    assert booleans <= SWITCHES.keys()


# Each breaks what the chart says of one kind of marker.
MUTATIONS = {
    "only_if": ("{{- if .Values.existing_secret.enabled }}", "{{- if not .Values.existing_secret.enabled }}"),
    "unless": ("{{- if not .Values.backend.autoscaling.enabled }}", "{{- if true }}"),
    "filled": ("{{- if .Values.postgres.storage_class }}", "{{- if true }}"),
    "api": ("{{- if not (.Capabilities.APIVersions.Has ", "{{- if (.Capabilities.APIVersions.Has "),
    "more": ("{{- range $key, $value := .Values.backend.annotations }}", "{{- range $key, $value := dict }}"),
    "named": ("{{- range .Values.image_pull_secrets }}", "{{- range list }}"),
    "join": ('| join " "', '| join ","'),
    "digest_of": ("| sha256sum", "| sha1sum"),
    "image": (".Values.backend.image.tag", ".Values.backend.image.digest"),
    "secret": ("| b64enc", "| b64enc | b64enc"),
    "registry_login": ('"username" ', '"user" '),
    "text": ('printf "%t"', 'printf "%v!"'),
    "value": (".Values.backend.resources |", ".Values.chatbot.resources |"),
}


@pytest.mark.parametrize("marker", MUTATIONS)
def test_the_matrix_sees_a_chart_that_says_something_else(marker, helm, tmp_path, expected):
    right, wrong = MUTATIONS[marker]
    mutated = {file: text.replace(right, wrong) for file, text in templates().items()}
    assert any(mutated[file] != text for file, text in templates().items()), f"no template has {right}"
    few = {name: CASES[name] for name in ("base", "all switches", "words", "code")}
    found = charts(helm, tmp_path, few, mutated)
    assert not all(found[name] == expected[name] for name in few)
