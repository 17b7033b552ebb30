"""Real Helm makes of the chart, with the values of the target helm, what the plan compares with: object by object."""

import json
import subprocess

import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import (
    chart_package,
    chart_values,
    helm_objects,
    image_digests,
    kube_resolve,
    release,
)
from parity import COMPONENTS, PREFIXES, TEMPLATES, by_name, chart, options, roles, values_spec

SECRETS = {name: f"value of {name}" for name in ("postgres_password", "jwt_key", "chatbot_key", "registry_password")}
DIGEST = f"sha256:{'1' * 64}"
REGISTRY = {"host": "r.test", "username": "ci", "password": "a-long-password"}
TAGS = {f"{name}_image": {"tag": "1"} for name in COMPONENTS}
CASES = {
    "defaults": {},
    "autoscaling": {"backend_autoscaling": {"enabled": True}},
    "annotations": {"backend_annotations": {"a": "b"}, "chatbot_annotations": {"c": "{{"}},
    "a registry with a login": {"todo_registry": REGISTRY, "todo_image_pull_secrets": ["mine"]},
    "a Secret of the user's": {"todo_existing_secret": {"enabled": True, "name": "mine"}},
    "a database of the user's": {"postgres_enabled": False, "todo_database": {"host": "db.test"}},
}


@pytest.fixture(params=CASES)
def made(request, monkeypatch):
    """The recorded objects and the values of a case."""
    given = options({**TAGS, **CASES[request.param]})
    objects = release.manifest_objects(TEMPLATES, release.describe(roles(), given), given)
    monkeypatch.setattr(image_digests.registry, "digests", lambda wanted, _: dict.fromkeys(wanted, DIGEST))
    pinned = image_digests.pin(objects, given["todo_registry"]).objects
    entries = kube_resolve.resolve(helm_objects.marked(pinned, given["todo_name"], COMPONENTS), SECRETS, ())
    values = helm_objects.without_secrets(chart_values.of_options(values_spec(), given, PREFIXES))
    return entries, helm_objects.filled(values, entries)


def rendered(helm, folder, values):
    archive = folder / "chart.tgz"
    archive.write_bytes(chart_package.archive(chart()))
    command = [helm, "template", "todo-app", archive, "--namespace=todo-app", "--values=-", "--skip-tests"]
    done = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return by_name([tree for tree in yaml.safe_load_all(done.stdout) if tree])


def marked_by_helm(tree):
    """An object as Helm sends it: with the marks that it puts on what it rendered."""
    labels = {**tree["metadata"].get("labels", {}), "app.kubernetes.io/managed-by": "Helm"}
    notes = {"meta.helm.sh/release-name": "todo-app", "meta.helm.sh/release-namespace": "todo-app"}
    notes = {**tree["metadata"].get("annotations", {}), **notes}
    return {**tree, "metadata": {**tree["metadata"], "labels": labels, "annotations": notes}}


def test_helm_makes_what_the_plan_compares_with(helm, made, tmp_path):
    entries, values = made
    wanted = by_name([entry["object"] for entry in entries if helm_objects.is_of_chart(entry["object"])])
    found = {name: marked_by_helm(tree) for name, tree in rendered(helm, tmp_path, values).items()}
    assert found == wanted


def test_no_secret_is_among_the_values(made):
    _, values = made
    text = json.dumps(values)
    assert not [value for value in (*SECRETS.values(), REGISTRY["password"]) if value in text]


def test_what_helm_does_not_make_is_nothing_but_secrets(made):
    entries, _ = made
    ours = [entry["object"] for entry in entries if not helm_objects.is_of_chart(entry["object"])]
    assert {obj["kind"] for obj in ours} <= {"Secret"}
    assert {obj["metadata"]["name"] for obj in ours} <= {"credentials", "registry"}


def test_pods_that_take_no_annotations_carry_no_digest():
    """The chart of a stranger's component could not say it, and so the plan must not want it."""
    pod = {"metadata": {"annotations": {"todoapp.stack/secrets": "x", "kept": "y"}}}
    obj = {"kind": "Deployment", "metadata": {"name": "notes"}, "spec": {"template": pod}}
    [entry] = helm_objects.marked([{"component": "notes", "object": obj}], "n", noted=())
    assert entry["object"]["spec"]["template"]["metadata"]["annotations"] == {"kept": "y"}
    assert obj["spec"]["template"]["metadata"]["annotations"]["todoapp.stack/secrets"] == "x"
