"""A release as files for kubectl: their order, the secrets to fill in, and what a render replaces."""

import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.action import kube_render
from ansible_collections.todoapp.stack.plugins.module_utils import kube_files
from test_precheck import act
from test_render_action import SECRET, render


@pytest.fixture(scope="module")
def release():
    tags = {f"{name}_image": {"tag": "dev"} for name in ("ollama", "chatbot", "frontend")}
    everything = ["postgres", "ollama", "backend", "chatbot", "frontend"]
    return render(todo_target="manifests", todo_components=everything, todo_secrets={"jwt_key": SECRET}, **tags)


@pytest.fixture(scope="module")
def files(release):
    names = [component["name"] for component in release["components"]]
    return kube_files.files(release["objects"], names, "todo-app")


def objects(text):
    return list(yaml.safe_load_all(text))


def test_kubectl_takes_them_in_the_order_of_their_needs(files):
    order = ["00-postgres", "01-ollama", "02-backend", "03-chatbot", "04-frontend"]
    assert list(files) == ["0-namespace.yaml", "0-secrets.yaml", *(f"{name}.yaml" for name in order)]
    assert sorted(files) == list(files)


def test_the_namespace_is_the_first_of_all(files):
    first = objects(files["0-namespace.yaml"])[0]
    assert (first["kind"], first["metadata"]["name"]) == ("Namespace", "todo-app")
    assert first["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_secrets_are_empty_and_clearly_to_be_filled_in(files):
    text = files["0-secrets.yaml"]
    assert text.startswith("# FILL IN")
    [secret] = objects(text)
    assert secret["stringData"] == {"chatbot_key": "", "jwt_key": "", "postgres_password": ""}
    assert "data" not in secret
    assert SECRET not in str(files)


def test_a_registry_s_login_lacks_only_the_password(release):
    login = {"host": "r.example", "username": "ci", "password": {"$secret": "registry_password"}}
    secret = {
        "kind": "Secret",
        "metadata": {"name": "registry"},
        "data": {".dockerconfigjson": {"$registry_login": login}},
    }
    found = kube_files.files([{"component": "", "object": secret}], [], "todo-app")
    [made] = objects(found["0-secrets.yaml"])
    assert '"username":"ci"' in made["stringData"][".dockerconfigjson"]


def test_nothing_is_left_for_a_cluster_to_resolve(files):
    assert "$" not in "".join(text for text in files.values())


def test_a_stranger_s_component_comes_after_the_namespace():
    config = {"component": "audit", "object": {"kind": "ConfigMap", "metadata": {"name": "audit"}}}
    assert sorted(kube_files.files([config], ["audit"], "x")) == ["0-namespace.yaml", "00-audit.yaml"]


def run(release, folder):
    return act(kube_render, release=release, directory=str(folder))


def test_what_was_filled_in_is_kept_and_what_left_goes(release, tmp_path):
    assert run(release, tmp_path)["changed"]
    assert not run(release, tmp_path)["changed"]
    (tmp_path / "0-secrets.yaml").write_text("filled: in")
    (tmp_path / "02-backend.yaml").write_text("edited: by hand")
    (tmp_path / "05-old.yaml").write_text("left: over")
    (tmp_path / "mine.yaml").write_text("not: ours")
    result = run(release, tmp_path)
    assert result["changed"]
    assert result["said"][-1] == f"fill in {tmp_path}/0-secrets.yaml, then: kubectl apply -f {tmp_path}"
    assert (tmp_path / "0-secrets.yaml").read_text() == "filled: in"
    assert "edited" not in (tmp_path / "02-backend.yaml").read_text()
    assert not (tmp_path / "05-old.yaml").exists()
    assert (tmp_path / "mine.yaml").exists()


def test_a_folder_that_cannot_be_written(release, tmp_path):
    (tmp_path / "file").write_text("")
    assert "set todo_dist_dir" in run(release, tmp_path / "file" / "below")["msg"]
