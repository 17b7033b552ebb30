"""Where a chart is pushed to, and how Helm is told; a real push is tried in tests/cluster/test_chart.py."""

import json

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import chart_push, helm_tool
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError

LOGIN = {"host": "r.test:5000", "username": "me", "password": "hidden", "insecure": False}


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("oci://r.test/charts", "r.test/charts/todo-app:1.0.0_abc"),
        ("oci://r.test:5000/a/b/", "r.test:5000/a/b/todo-app:1.0.0_abc"),
        ("oci://localhost", "localhost/todo-app:1.0.0_abc"),
    ],
)
def test_a_chart_s_name_in_a_registry(repository, name):
    assert chart_push.reference(repository, "1.0.0+abc") == name


@pytest.mark.parametrize("repository", ["r.test/charts", "https://r.test/charts", "oci://charts", "oci://"])
def test_what_is_no_oci_repository_is_refused(repository):
    with pytest.raises(OptionError, match="such as oci://registry"):
        chart_push.reference(repository, "1.0.0")


@pytest.fixture
def helm(tmp_path):
    """Stands for Helm, which would speak to a registry: notes its arguments and the login that it was given."""
    file = tmp_path / "helm"
    file.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.arguments"\n'
        'for word; do case "$word" in --registry-config=*) cp "${word#*=}" "$0.login" ;; esac; done\n'
        'if [ -e "$0.broken" ]; then echo "denied" >&2; exit 1; fi\n'
    )
    file.chmod(0o755)
    return file


def arguments(helm):
    return helm.with_suffix(".arguments").read_text().split()


def test_the_login_counts_for_its_host_and_is_on_no_command_line(helm, tmp_path):
    chart_push.push(str(helm), tmp_path / "a.tgz", "r.test:5000/charts/todo-app:1", LOGIN)
    push, archive, target, config = arguments(helm)
    assert (push, archive, target) == ("push", str(tmp_path / "a.tgz"), "oci://r.test:5000/charts")
    assert "hidden" not in config
    assert json.loads(helm.with_suffix(".login").read_text())["auths"].keys() == {"r.test:5000"}


def test_another_registry_does_not_see_the_login_and_loopback_is_plain(helm, tmp_path):
    chart_push.push(str(helm), tmp_path / "a.tgz", "localhost:5000/todo-app:1", LOGIN)
    assert arguments(helm)[2:] == ["oci://localhost:5000", "--plain-http"]


def test_what_helm_says_is_said(helm, tmp_path):
    helm.with_suffix(".broken").write_text("")
    with pytest.raises(DeployError, match=r"push the chart to r\.test/todo-app:1: denied"):
        chart_push.push(str(helm), tmp_path / "a.tgz", "r.test/todo-app:1", LOGIN)


def test_without_helm_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeployError, match="there is no helm on this machine; put it on the PATH"):
        helm_tool.path(tmp_path)
