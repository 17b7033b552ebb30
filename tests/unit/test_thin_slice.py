"""The backend's description rendered for Compose; and what no template may ask."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import markers, release
from conftest import ROOT
from parity import TEMPLATES, load

SHARED = release.load_specs(ROOT / "roles" / "release", load)


def load_roles():
    return [release.Role.load(ROOT / "roles" / name, load) for name in ("postgres", "backend")]


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
