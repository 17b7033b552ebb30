"""Write the generated chart into its folder, and take away what an earlier version of it had."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ansible_collections.todoapp.stack.plugins.module_utils.chart_package import MARK
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


def write(directory: Path, files: Mapping[str, str], *, dry_run: bool) -> bool:
    """Make the folder hold exactly these of our files; return whether it did not before.

    Files that we did not generate stay, unless they are in the way.

    :raises DeployError: one of them is in the way, or the folder cannot be written.
    """
    try:
        there = {str(p.relative_to(directory)): p.read_bytes() for p in sorted(directory.rglob("*")) if p.is_file()}
        wanted = {name: text.encode() for name, text in files.items()}
        ours = {name for name, content in there.items() if MARK.encode() in content[:300]}
        for name in wanted.keys() & there.keys() - ours:
            raise DeployError(f"write the chart: {directory / name} was not generated; move it, or set todo_chart_dir")
        changed = {name: content for name, content in wanted.items() if there.get(name) != content}
        stale = ours - wanted.keys()
        if not dry_run:
            for name in stale:
                (directory / name).unlink()
            for name, content in changed.items():
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (directory / name).write_bytes(content)
    except OSError as error:
        raise DeployError(
            f"write the chart: {error}; set todo_chart_dir and todo_dist_dir to folders that can be written"
        ) from error
    return bool(changed or stale)


def write_beside(directory: Path, files: Mapping[str, bytes], *, dry_run: bool) -> bool:
    """Write files into a folder that holds others too; return whether one of them was not as it is to be."""
    try:
        changed = {
            directory / name: content
            for name, content in files.items()
            if not (directory / name).is_file() or (directory / name).read_bytes() != content
        }
        for path, content in () if dry_run else changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise DeployError(
            f"write the packed chart: {error}; set todo_dist_dir to a folder that can be written"
        ) from error
    return bool(changed)
