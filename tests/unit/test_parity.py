"""The chart says what the manifests say: object by object, for every switch, every option, and values meant to break it."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.options import merge
from parity import charts, manifests, templates
from parity_cases import BASE, ELSEWHERE, SWITCHES, another, beside, cases, change, expected, leaves, perturbed

CASES = cases()


@pytest.fixture(scope="module")
def made(helm, tmp_path_factory):
    return charts(helm, tmp_path_factory.mktemp("parity"), CASES)


@pytest.mark.parametrize("name", CASES)
def test_helm_renders_what_the_manifests_say(name, made):
    assert made[name] == expected()[name]


@pytest.mark.parametrize("path", perturbed())
def test_an_option_changes_something(path):
    same = expected()[f"option {path}"] == manifests(merge(BASE, beside(path)))
    assert not same, "the option changes no object; where that is meant, name it in ELSEWHERE of parity_cases.py"


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_changes_something(switch):
    same = expected()[switch] == expected()["base"]
    assert not same


def test_options_of_the_host_change_no_object():
    for path, value in leaves().items():
        if path in ELSEWHERE and path not in ("todo_components", "todo_target"):
            assert manifests(merge(BASE, change(path, another(path, value)))) == expected()["base"], path
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


@pytest.fixture(scope="module")
def mutants(helm, tmp_path_factory):
    """What Helm makes of each broken chart in a few cases: {(marker, case): objects}."""
    sets, emitted = {}, {}
    for marker, (right, wrong) in MUTATIONS.items():
        for name in ("base", "all switches", "words", "code"):
            sets[marker, name] = CASES[name]
            emitted[marker, name] = {file: text.replace(right, wrong) for file, text in templates().items()}
        assert emitted[marker, "base"] != templates(), f"no template has {right}"
    return charts(helm, tmp_path_factory.mktemp("mutants"), sets, emitted)


@pytest.mark.parametrize("marker", MUTATIONS)
def test_the_matrix_sees_a_chart_that_says_something_else(marker, mutants):
    found = {name: objects for (mutated, name), objects in mutants.items() if mutated == marker}
    assert len(found) == 4
    assert not all(objects == expected()[name] for name, objects in found.items())
