"""Both renderings of the same options: what staging applies, and what real Helm makes of the chart."""

import functools
import itertools
import re
import subprocess
from pathlib import Path

import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import (
    chart_objects,
    chart_package,
    chart_source,
    chart_values,
    markers,
    release,
)
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import quoted
from conftest import ROOT

TEMPLATES = ROOT / "roles" / "component" / "templates"
COMPONENTS = ("postgres", "ollama", "backend", "chatbot", "frontend")
PREFIXES = ("todo", *COMPONENTS)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def load(path: Path):
    return parsed(path.read_text())


def parsed(text):
    return yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader


@functools.cache
def roles():
    return [release.Role.load(ROOT / "roles" / name, load) for name in COMPONENTS]


@functools.cache
def shared():
    return release.load_specs(ROOT / "roles" / "release", load)


def options(given):
    return release.resolve_options(roles(), shared(), given)


def trees(variables):
    """Every object of the whole application, with markers."""
    return [tree for _, tree in chart_objects.objects(TEMPLATES, release.describe(roles(), variables), variables)]


def by_name(objects):
    named = {f"{tree['kind']}/{tree['metadata']['name']}": tree for tree in objects}
    assert len(named) == len(objects), "two objects have the same kind and name"
    return named


def manifests(given, apis=()):
    """The objects that staging applies, by kind and name."""
    values = options(given)
    resolved = [markers.resolve(tree, apis=apis, secrets=values["todo_secrets"]) for tree in trees(values)]
    return by_name([tree for tree in resolved if tree is not markers.REMOVED])


@functools.cache
def source():
    return chart_source.of(ROOT, roles(), shared(), load)


@functools.cache
def chart():
    """The chart's files by path."""
    return chart_package.files(source())


@functools.cache
def templates():
    """The templates of the release's objects by path: not the checks, which refuse much of what is compared."""
    names = (name for name in chart() if re.fullmatch(r"templates/[^/]*\.yaml", name))
    return {name: chart()[name] for name in names if name != chart_package.CHECKS}


@functools.cache
def values_spec():
    return chart_values.tree(roles(), shared(), source().titles, chart_values.read(templates().values()))


def values_of(given):
    """The options as the chart's values."""
    return chart_values.of_options(values_spec(), options(given), PREFIXES)


def without_policy(tree):
    """An object of the chart without what only Helm reads, which must stand on all that is to survive an uninstall."""
    name = f"{tree['kind']}/{tree['metadata']['name']}"
    if tree["kind"] == "PersistentVolumeClaim" or name == "Secret/credentials":
        assert tree["metadata"].pop("annotations") == {chart_objects.KEEP: "keep"}
    return tree


def charts(helm, folder, sets, emitted=None):
    """What real Helm makes of each set of options: {name: {kind and name: object}}.

    :param sets: name -> (options, the cluster's APIs). Each becomes a subchart, so that one call renders many.
    :param emitted: name -> templates by file name, where they are others than the chart's.
    """
    emitted = emitted or dict.fromkeys(sets, templates())
    results = {}
    runs = itertools.groupby(sorted(sets, key=lambda name: _run(sets[name])), key=lambda name: _run(sets[name]))
    for number, ((namespace, apis), names) in enumerate(runs):
        results |= _helm_template(helm, folder / str(number), namespace, apis, {n: sets[n][0] for n in names}, emitted)
    return results


def _run(case):
    given, apis = case
    return given.get("todo_name", "todo-app"), tuple(apis)


def _helm_template(helm, folder, namespace, apis, sets, emitted):
    subcharts = {f"s{number}": name for number, name in enumerate(sets)}
    for subchart, name in {"": "", **subcharts}.items():
        path = folder / "charts" / subchart if subchart else folder
        (path / "templates").mkdir(parents=True)
        (path / "Chart.yaml").write_text(f"apiVersion: v2\nname: {subchart or 'parity'}\nversion: 0.0.1\n")
        for file, text in emitted[name].items() if name else ():
            (path / file).write_text(text)
        if name:
            (path / "values.schema.json").write_text(chart()["values.schema.json"])
    values = {subchart: values_of(sets[name]) for subchart, name in subcharts.items()}
    (folder / "values.yaml").write_text(quoted(values))  # JSON, since PyYAML and Go disagree about 1e6
    command = [helm, "template", "x", folder, "--namespace", namespace, *(f"--api-versions={api}" for api in apis)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {name: [] for name in sets}
    parts = re.split(r"^---\n# Source: parity/charts/(s\d+)/.*\n", done.stdout, flags=re.MULTILINE)[1:]
    for subchart, body in zip(parts[::2], parts[1::2], strict=True):
        found[subcharts[subchart]].append(without_policy(parsed(body)))
    return {name: by_name(objects) for name, objects in found.items()}
