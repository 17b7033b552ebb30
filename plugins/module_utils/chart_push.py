"""Push a packed chart to an OCI registry, unless it has this very version: versions are made of what a chart holds."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import chart_package, registry, registry_login
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError

SCHEME = "oci://"


def reference(repository: str, version: str) -> str:
    """The chart's name in the registry, HOST/PATH/NAME:TAG. A tag has no plus, so Helm writes an underscore.

    :param repository: the option todo_chart_repository.
    :raises OptionError: it is none.
    """
    place = repository.removeprefix(SCHEME).strip("/")
    if not repository.startswith(SCHEME) or not registry.split(f"{place}/x")[0]:
        raise OptionError(
            [
                f"todo_chart_repository is {repository!r}; it needs an OCI repository, such as oci://registry.example.com/charts"
            ]
        )
    return f"{place}/{chart_package.NAME}:{version.replace('+', '_')}"


def is_there(name: str, credentials: Mapping[str, Any]) -> bool:
    """Whether the registry has the chart. Raises RegistryError where it does not say.

    :param name: what `reference` returned.
    :param credentials: the option todo_registry.
    """
    return registry.digest(name, credentials) is not None


def push(helm: str, archive: Path, name: str, credentials: Mapping[str, Any]) -> None:
    """Push the packed chart; parameters as above. Raises DeployError with what Helm says."""
    given = registry.Registry.of(credentials)
    host, path, _ = registry.split(name)
    target = given if given.host == host else registry.Registry(host)
    with registry_login.configuration(host, target.username, target.password) as login:
        command = [helm, "push", str(archive), f"{SCHEME}{host}/{path.rpartition('/')[0]}".rstrip("/")]
        command += ["--plain-http"] if target.plain else []
        command += [f"--registry-config={Path(login[1]) / 'config.json'}"] if login else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DeployError(f"push the chart to {name}: {done.stderr.strip()[-500:]}")
