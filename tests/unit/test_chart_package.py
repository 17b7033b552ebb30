"""The committed chart is what the templates make now; Helm finds nothing to complain of, and refuses what is wrong."""

import hashlib
import io
import json
import re
import subprocess
import tarfile

import jsonschema
import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import (
    chart_files,
    chart_package,
    chart_source,
    chart_values,
    release,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError
from ansible_collections.todoapp.stack.plugins.module_utils.options import merge
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import quoted
from conftest import ROOT
from parity import chart, load, options, parsed, roles, shared, source, values_of, values_spec
from parity_cases import BASE, ELSEWHERE, cases
from test_kubernetes_objects import conform

COMMITTED = ROOT / "charts" / "todo-app"
IMAGE = {"image": {"tag": "1"}}
GOOD = {
    "secrets": dict.fromkeys(("postgres_password", "jwt_key", "chatbot_key"), "0123456789ab"),
    **dict.fromkeys(("postgres", "ollama", "backend", "chatbot", "frontend"), IMAGE),
}


def helm_template(helm, folder, values, *flags):
    file = folder / "given.yaml"
    file.write_text(quoted(values))
    command = [helm, "template", "todo-app", COMMITTED, "--namespace=todo-app", f"--values={file}", *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_committed_chart_is_what_the_templates_make():
    there = {str(path.relative_to(COMMITTED)): path.read_text() for path in COMMITTED.rglob("*") if path.is_file()}
    assert there.keys() == chart().keys(), "run: ansible-playbook -i inventories/dev playbooks/package.yml"
    for name, text in chart().items():
        assert there[name] == text, f"{name}; run: ansible-playbook -i inventories/dev playbooks/package.yml"
        assert chart_package.MARK in text[:300]


def test_the_same_inputs_give_the_same_bytes():
    made = chart_package.files(chart_source.of(ROOT, roles(), shared(), load))
    packed = chart_package.archive(made)
    assert made == chart()
    assert packed == chart_package.archive(chart())
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        found = {entry.name: tar.extractfile(entry).read().decode() for entry in tar.getmembers()}
        assert {(entry.mtime, entry.uid, entry.mode) for entry in tar.getmembers()} == {(0, 0, 0o644)}
    assert found == {f"todo-app/{name}": text for name, text in chart().items()}


def test_the_version_is_another_when_anything_is(tmp_path):
    def version(**more):
        return chart_package.version(chart_package.files(chart_package.Source(**{**source().__dict__, **more})))

    usual = version()
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", usual)
    templates = tmp_path / "templates"
    subprocess.run(["cp", "-r", source().directory, templates], check=True)
    assert version(directory=templates) == usual
    service = templates / "kubernetes" / "service.yaml.j2"
    service.write_text(service.read_text().replace("ClusterIP", "NodePort"))
    assert len({usual, version(directory=templates), version(titles={**source().titles, "backend": "The API"})}) == 3


def test_helm_lints_it(helm):
    done = subprocess.run([helm, "lint", "--strict", COMMITTED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout


def test_helm_packs_the_same(helm, tmp_path):
    """Ours differs from `helm package` in times and owners only."""
    subprocess.run([helm, "package", COMMITTED, f"--destination={tmp_path}"], check=True, capture_output=True)
    [packed] = tmp_path.glob("*.tgz")
    assert packed.name == f"todo-app-{chart_package.version(chart())}.tgz"
    with tarfile.open(packed) as tar:
        found = {e.name.removeprefix("todo-app/"): tar.extractfile(e).read().decode() for e in tar.getmembers()}
    assert found.keys() == chart().keys()
    assert all(found[name] == chart()[name] for name in found if name != "Chart.yaml")  # Helm writes that one anew


def test_options_of_the_host_are_no_values():
    paths = {".".join(path) for path in leaves(values_spec())}
    assert "backend.replicas" in paths
    for option in ELSEWHERE:
        assert option.removeprefix("todo_").replace("_", ".", 0 if option.startswith("todo_") else 1) not in paths
    text = chart()["values.yaml"]
    assert not re.search("compose|ansible|published|kubeconfig", text, flags=re.IGNORECASE)
    assert not re.search(r"\b(todo|backend|postgres)_\w+_?\w* ", re.sub("postgres_password", "", text))


def leaves(spec, path=()):
    for key, one in spec["options"].items():
        yield from leaves(one, (*path, key)) if one.get("options") else [(*path, key)]


def keys(values, path=()):
    """The path of every key at every depth."""
    for key, value in values.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from keys(value, (*path, key))


def nested(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


def refused(helm, folder, wrong):
    """What Helm says of each of several values that the schema refuses: {name: sentence}, from one call."""
    for number in range(len(wrong)):
        subchart = folder / "charts" / f"s{number}"
        (subchart / "templates").mkdir(parents=True)
        (subchart / "Chart.yaml").write_text(f"apiVersion: v2\nname: s{number}\nversion: 0.0.1\n")
        for name in ("values.yaml", "values.schema.json"):
            (subchart / name).write_text(chart()[name])
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: wrong\nversion: 0.0.1\n")
    (folder / "given.yaml").write_text(quoted({f"s{number}": values for number, values in enumerate(wrong.values())}))
    command = [helm, "template", "x", folder, f"--values={folder / 'given.yaml'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = dict(re.findall(r"^s(\d+):\n((?:- .*\n?)+)", done.stderr, flags=re.MULTILINE))
    return {name: said.get(str(number), "") for number, name in enumerate(wrong)}


def test_the_schema_refuses_every_misspelt_key(helm, tmp_path):
    paths = list(keys(chart_values.defaults(values_spec())))
    assert len(paths) > 120
    wrong = {path: nested((*path[:-1], path[-1] + "x"), "value") for path in paths}
    for path, sentence in refused(helm, tmp_path, wrong).items():
        assert f"additional properties '{path[-1]}x' not allowed" in sentence, path


def test_the_schema_refuses_every_null(helm, tmp_path):
    paths = list(keys(chart_values.defaults(values_spec())))
    for path, sentence in refused(helm, tmp_path, {path: nested(path, None) for path in paths}).items():
        assert f"missing property '{path[-1]}'" in sentence or "got null" in sentence, path


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("backend.replicas", 0, "minimum: got 0, want 1"),
        ("backend.replicas", 101, "maximum: got 101, want 100"),
        ("backend.replicas", "2", "got string, want integer"),
        ("backend.replicas", 1.5, "got number, want integer"),
        ("backend.log_level", "loud", "value must be one of 'debug', 'info', 'warning', 'error'"),
        ("postgres.enabled", "yes", "got string, want boolean"),
        ("postgres.user", 5, "got number, want string"),
        ("backend.resources.limits.cpu", 1, "got number, want string"),
        ("backend.annotations.a", 1, "got number, want string"),
        ("backend.node_selector.a", True, "got boolean, want string"),
        ("ingress.annotations.a", 1, "got number, want string"),
        ("backend.tolerations", ["a"], "got string, want object"),
        ("ollama.models", "a", "got string, want array"),
        ("secrets.jwt_key", 1000000, "got number, want string"),
    ],
)
def test_the_schema_knows_types_choices_and_ranges(helm, tmp_path, path, value, sentence):
    [said] = refused(helm, tmp_path, {path: nested(path.split("."), value)}).values()
    assert sentence in said


def test_the_schema_takes_what_ansible_takes():
    schema = json.loads(chart()["values.schema.json"])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for name, (given, _) in cases().items():
        found = [error.message for error in validator.iter_errors(values_of(given))]
        assert not found, name
    assert list(validator.iter_errors({**values_of(BASE), "globa": {}}))
    assert not list(validator.iter_errors({**values_of(BASE), "global": {"storageClass": "x"}}))


# What the chart refuses by a sentence, as options and as values; the sentences' parts.
REFUSED = {
    "a secret is missing": (None, {"secrets": {"jwt_key": ""}}, "secrets.jwt_key is missing"),
    "a secret is guessable": (None, {"secrets": {"jwt_key": "changeme"}}, "secrets.jwt_key is one that anybody"),
    "no image": (None, {"backend": {"image": {"tag": ""}}}, "no tag and no digest: backend.image;"),
    "existing_secret without a name": (
        {"todo_existing_secret": {"enabled": True}}, {"existing_secret": {"enabled": True}}, "and has no name",
    ),
    "login without a password": (
        {"todo_registry": {"host": "r.test", "username": "me"}}, {"registry": {"host": "r.test", "username": "me"}},
        "a login needs all three",
    ),
    "no database": (
        {"postgres_enabled": False}, {"postgres": {"enabled": False}}, "name the host of your database",
    ),
    "authority for nothing": (
        {"todo_database": {"ca": "PEM"}}, {"database": {"ca": "PEM"}}, "nothing is verified with it",
    ),
    "no authority": (
        {"backend_database_sslmode": "verify-ca"}, {"backend": {"database_sslmode": "verify-ca"}}, "is empty; give it the",
    ),
    "cookie without TLS": (
        {"todo_ingress": {"enabled": True, "tls": {"enabled": True}}},
        {"ingress": {"enabled": True, "tls": {"enabled": True}}}, "set it to true",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_the_chart_refuses_what_ansible_refuses(helm, tmp_path, case):
    given, values, sentence = REFUSED[case]
    if given is not None:
        with pytest.raises(OptionError, match=sentence):
            options(merge(BASE, given))
    done = helm_template(helm, tmp_path, merge(GOOD, values))
    assert done.returncode == 1
    assert done.stderr.count("\n- ") == 1
    assert sentence in done.stderr


def test_every_contradiction_of_options_is_tried_on_the_chart():
    """A new one in the options needs one in the chart's checks."""
    import inspect

    known = len(
        re.findall(r"if .*?:\n\s+problems|for key, value in ingress", inspect.getsource(release._contradictions))
    )
    # The name of the namespace is Helm's own; annotations that are no texts, the schema refuses.
    assert known - 2 == sum(given is not None for given, _, _ in REFUSED.values())


def test_with_a_secret_of_one_s_own_no_secret_is_asked_for(helm, tmp_path):
    given = {**{k: v for k, v in GOOD.items() if k != "secrets"}, "existing_secret": {"enabled": True, "name": "mine"}}
    done = helm_template(helm, tmp_path, given)
    assert done.returncode == 0, done.stderr
    assert "kind: Secret\n" not in done.stdout


def test_without_the_database_its_image_is_not_asked_for(helm, tmp_path):
    without = {"postgres": {"enabled": False, "image": {"tag": ""}}, "database": {"host": "db.test"}}
    done = helm_template(helm, tmp_path, merge(GOOD, without))
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def rendered(helm, tmp_path_factory):
    done = helm_template(helm, tmp_path_factory.mktemp("chart"), GOOD)
    assert done.returncode == 0, done.stderr
    documents = re.split(r"^---\n# Source: todo-app/(.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(documents[::2], map(parsed, documents[1::2]), strict=True))


def test_the_whole_chart_is_valid_and_each_file_is_named_by_what_it_holds(rendered, tmp_path):
    assert conform(tmp_path, rendered.values()) == []
    for name in (
        "deployment-backend",
        "service-postgres",
        "statefulset-postgres",
        "pvc-ollama",
        "networkpolicy-default-deny",
    ):
        assert f"templates/{name}.yaml" in rendered
    short = {"pvc": "persistentvolumeclaim", "hpa": "horizontalpodautoscaler", "pdb": "poddisruptionbudget"}
    for path, tree in rendered.items():
        kind, _, name = path.rpartition("/")[2].removesuffix(".yaml").partition("-")
        assert tree["kind"].lower() == short.get(kind, kind)
        assert tree["metadata"]["name"] in (name, f"{name}-data")


def test_what_helm_test_makes_is_restricted_and_goes_away(rendered):
    hooks = [tree for path, tree in rendered.items() if "/tests/" in path]
    assert [tree["kind"] for tree in hooks] == ["NetworkPolicy", "NetworkPolicy", "Pod"]
    for tree in hooks:
        assert tree["metadata"]["annotations"]["helm.sh/hook"] == "test"
        assert "hook-succeeded" in tree["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
    pod = hooks[-1]["spec"]
    backend = rendered["templates/deployment-frontend.yaml"]["spec"]["template"]["spec"]
    for key in ("automountServiceAccountToken", "enableServiceLinks"):
        assert pod[key] is backend[key] is False
    assert {**pod["securityContext"], "fsGroup": 10001} == backend["securityContext"]
    assert pod["containers"][0]["securityContext"] == backend["containers"][0]["securityContext"]
    assert pod["containers"][0]["image"] == backend["containers"][0]["image"]


@pytest.mark.parametrize("file", sorted(COMMITTED.glob("values-*.yaml")), ids=lambda file: file.name)
def test_an_environment_s_file_goes_with_the_chart(helm, tmp_path, file):
    done = helm_template(helm, tmp_path, GOOD, f"--values={file}")
    assert done.returncode == 0, done.stderr


def test_an_environment_s_file_holds_what_its_inventory_sets_otherwise(helm, tmp_path):
    file = COMMITTED / "values-staging.yaml"
    values = yaml.safe_load(file.read_text())
    assert values["ingress"] == {"enabled": True, "host": "todo.localhost", "class_name": "traefik"}
    done = helm_template(helm, tmp_path, GOOD, f"--values={file}")
    assert done.returncode == 0, done.stderr
    assert 'host: "todo.localhost"' in done.stdout


def test_what_only_ansible_can_evaluate_is_in_no_environment(tmp_path):
    folder = tmp_path / "inventories" / "prod" / "group_vars"
    folder.mkdir(parents=True)
    (folder / "todo.yml").write_text(
        'todo_target: manifests\ntodo_ingress: {host: a.test, class_name: "{{ x }}"}\n'
        'todo_secrets: {jwt_key: !vault abc}\ntodo_image_pull_secrets: ["{{ y }}"]\n'
    )  # fmt: skip
    found = chart_source._environments(tmp_path / "inventories")
    assert found == {"prod": {"todo_target": "manifests", "todo_ingress": {"host": "a.test"}}}


def test_the_images_file_names_the_images_of_the_options():
    given = options(merge(BASE, {"todo_registry": {"host": "r.test"}}))
    values = yaml.safe_load(chart_package.images(source(), given))
    assert values["backend"] == {"image": {"repository": "registry.test/backend", "tag": "abc", "digest": ""}}
    assert values["postgres"]["image"]["repository"] == "r.test/todo-app/postgres"
    assert values.keys() == {"postgres", "ollama", "backend", "chatbot", "frontend"}


def digest(folder):
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_writing_leaves_what_is_not_ours_and_takes_away_what_was(tmp_path):
    files = {"Chart.yaml": f"# {chart_package.MARK}\n", "templates/a.yaml": f"# {chart_package.MARK} 1\n"}
    assert chart_files.write(tmp_path / "c", files, dry_run=True)
    assert not (tmp_path / "c").exists()
    assert chart_files.write(tmp_path / "c", files, dry_run=False)
    before = digest(tmp_path / "c")
    assert not chart_files.write(tmp_path / "c", files, dry_run=False)
    assert digest(tmp_path / "c") == before
    (tmp_path / "c" / "templates" / "mine.yaml").write_text("kind: Mine\n")
    assert chart_files.write(tmp_path / "c", {"Chart.yaml": files["Chart.yaml"]}, dry_run=False)
    assert sorted(p.name for p in digest(tmp_path / "c")) == ["Chart.yaml", "mine.yaml"]
    with pytest.raises(DeployError, match=r"mine\.yaml was not generated; move it, or set todo_chart_dir"):
        chart_files.write(tmp_path / "c", {"templates/mine.yaml": files["Chart.yaml"]}, dry_run=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(DeployError, match="set todo_dist_dir to a folder"):
        chart_files.write_beside(tmp_path / "file", {"a": b""}, dry_run=False)


BARE = "_bare_description: {name: bare, image: {repository: r.test/x, tag: '1', digest: ''}}\n"


@pytest.mark.parametrize("beside_ours", [True, False])
def test_a_stranger_s_components_make_a_chart_too(helm, tmp_path, beside_ours):
    """One with options of its own and a front door, and one that is hardly described at all."""
    blocks = re.findall(
        r"```yaml\n# roles/notes/(\S+)\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text(), flags=re.DOTALL
    )
    for name, text in [("bare/vars/main.yml", BARE), *((f"notes/{name}", text) for name, text in blocks)]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = [release.Role.load(tmp_path / "bare", load)]
    if beside_ours:
        found += [*roles(), release.Role.load(tmp_path / "notes", load)]
    made = chart_package.files(chart_source.of(ROOT, found, shared(), load))
    chart_files.write(tmp_path / "chart", made, dry_run=False)
    command = [helm, "lint", "--strict", tmp_path / "chart"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert "templates/deployment-bare.yaml" in made
    assert ("templates/deployment-notes.yaml" in made) == beside_ours
    assert ("notes_key is missing" in made[chart_package.CHECKS]) == beside_ours
    assert ("repository: example/notes" in made["values.yaml"]) == beside_ours
