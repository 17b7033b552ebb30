"""The backend's description rendered for all three targets; the chart's Deployment equals the manifest's."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import chart, markers, release
from conftest import ROOT

TEMPLATES = ROOT / "roles" / "component" / "templates"


def load(path: Path):
    return yaml.safe_load(path.read_text())


def load_roles():
    return [release.Role.load(ROOT / "roles" / name, load) for name in ("postgres", "backend")]


SHARED = release.load_specs(ROOT / "roles" / "release", load)

VALUE_SETS = {
    "plain": {
        "todo_name": "todo-app",
        "backend_replicas": 2,
        "backend_autoscaling": {"enabled": False},
        "backend_token_lifetime": 3600,
        "backend_log_level": "info",
        "backend_image": {"repository": "registry.test/backend", "tag": "abc", "digest": ""},
        "backend_resources": {"limits": {"cpu": "500m", "memory": "512Mi"}},
        "todo_secrets": {"postgres_password": "one", "jwt_key": "two"},
    },
    "scaled": {
        "todo_name": "other",
        "backend_replicas": 7,
        "backend_autoscaling": {"enabled": True},
        "backend_token_lifetime": 1000000,
        "backend_refuse_common_passwords": False,
        "backend_log_level": "debug",
        "backend_image": {"digest": "sha256:" + "0" * 64},
        "backend_resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "0.1"}},
        "postgres_user": "somebody",
        "todo_secrets": {"postgres_password": "<&>", "jwt_key": 'say "hi" \u2028 é'},
    },
    "hostile": {
        "todo_name": "1000000",
        "backend_replicas": 100,
        "backend_token_lifetime": 60,
        "backend_database_pool_size": 99,
        "backend_image": {"repository": "yes", "tag": "1e6"},
        "backend_resources": {"limits": {"cpu": "1000000", "memory": "{{"}, "requests": {"cpu": "yes"}},
        "postgres_user": "{{ .Values }}",
        "postgres_database": "",
        "todo_secrets": {"postgres_password": "{{", "jwt_key": ""},
    },
}


def manifest(given):
    roles = load_roles()
    values = release.resolve_options(roles, SHARED, given)
    backend = release.describe(roles, values)[-1]
    [deployment] = release.kubernetes_objects(TEMPLATES, backend, values)
    return markers.resolve(deployment), values


@pytest.fixture(scope="module")
def template():
    roles = load_roles()
    symbols = release.symbols(roles, SHARED)
    backend = release.describe(roles, symbols)[-1]
    [deployment] = release.kubernetes_objects(TEMPLATES, backend, symbols)
    return chart.emit(deployment)


def helm_template(helm, tmp_path, template, values):
    """What real Helm makes of the template with these option values."""
    tree = {"secrets": values["todo_secrets"]}
    for name, value in values.items():
        role, _, rest = name.partition("_")
        if role != "todo":
            tree.setdefault(role, {})[rest] = value
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: slice\nversion: 0.0.1\n")
    (tmp_path / "templates" / "deployment-backend.yaml").write_text(template)
    (tmp_path / "values.yaml").write_text(json.dumps(tree))  # JSON, since PyYAML and Go disagree about 1e6
    command = [helm, "template", "slice", str(tmp_path), "--namespace", values["todo_name"]]
    return yaml.safe_load(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("name", VALUE_SETS)
def test_helm_renders_what_the_manifest_says(name, helm, tmp_path, template):
    expected, values = manifest(VALUE_SETS[name])
    assert helm_template(helm, tmp_path, template, values) == expected


def leaves(tree, path=()):
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path, tree


def test_each_value_set_perturbs_every_kind_of_substitution():
    rendered = {name: manifest(given)[0] for name, given in VALUE_SETS.items()}
    container = ("spec", "template", "spec", "containers", 0)

    def at(tree, path):
        for key in path:
            tree = tree[key]
        return tree

    for path in (
        ("metadata", "namespace"),
        ("spec", "template", "metadata", "annotations", "todoapp.stack/secrets"),
        (*container, "image"),
        (*container, "resources"),
        (*container, "env"),
    ):
        assert len({repr(at(tree, path)) for tree in rendered.values()}) == len(VALUE_SETS), path
    assert ["replicas" in tree["spec"] for tree in rendered.values()] == [True, False, True]


def test_the_compose_service_comes_from_the_same_description():
    roles = load_roles()
    values = release.resolve_options(roles, SHARED, {"backend_token_lifetime": 61})
    components = release.describe(roles, values)
    project = markers.resolve(
        release.compose_project(TEMPLATES, components, values), digest=lambda parts: ",".join(sorted(parts))
    )
    backend = project["services"]["backend"]
    assert backend["environment"]["TOKEN_LIFETIME"] == "61"
    assert backend["cpus"] == 0.5
    assert backend["mem_limit"] == 512 * 2**20
    assert backend["labels"]["todoapp.stack/secrets"] == "jwt_key,postgres_password"
    assert project["services"]["backend-init"]["command"] == ["backend", "migrate"]
    assert project["networks"]["postgres"] == {"internal": True}


def test_a_question_about_a_symbol_stops_with_the_template_s_line(tmp_path):
    roles = load_roles()
    symbols = release.symbols(roles, SHARED)
    backend = release.describe(roles, symbols)[-1]
    for number, question in enumerate(
        [
            "{% if c.replicas %}x{% endif %}",
            "{{ c.replicas | int }}",
            "{{ c.replicas > 2 }}",
            "{{ c.resources | length }}",
        ]
    ):
        (tmp_path / f"{number}.j2").write_text(f"a: b\n\n{question}\n")
        with pytest.raises(release.templates.DeployError, match=rf"{number}.j2:3: backend: .*option backend\."):
            release.templates.render(tmp_path, f"{number}.j2", backend, {})
