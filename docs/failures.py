"""Write docs/operations.md's table of failures from the causes in the code: python3 docs/failures.py

Causes are found where the code makes them: in each call that takes a cause and a next step. The table stands between two
markers; tests/unit/test_docs_operations.py fails when it is not what this makes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- failures: begin, made by docs/failures.py -->", "<!-- failures: end -->"
# Where the cause and the next step stand among a call's arguments.
CALLS = {
    "Diagnosis": (1, 2),
    "Reason": (0, 1),
    "_Rule": (1, 2),
    "Sign": (1, 2),
    "KubeError": (0, 1),
    "Refused": (0, 1),
    "RegistryError": (0, 1),
}
GROUPS = (
    ("Before anything changes", r"precheck|needs|secret_rules|helm_tool|rollback|kube_look|docker$|image_digests"),
    ("Images", r"image|registry"),
    ("A container's log tells", r"^diagnosis"),
    ("On a cluster", r"kube|helm"),
    ("On this machine", r""),
)
HOLE = "<...>"
DEPTH = 4


def causes(source: str) -> list[tuple[str, str]]:
    """Each cause in a module with its next step, as templates: what is put in stands in <>.

    What only passes on another's cause is left out.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node): function for function in functions for node in ast.walk(function)}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        given = [
            node.args[place] if len(node.args) > place else named.get(name)
            for place, name in zip(CALLS[node.func.id], ("cause", "next_step"), strict=True)
        ]
        scopes: list[ast.AST] = [scope for scope in (inside.get(id(node)), tree) if scope]
        steps = list(texts(given[1], scopes, DEPTH))
        for number, cause in enumerate(texts(given[0], scopes, DEPTH)):
            if re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"<[^>]*>", "", cause)):  # else it is another's cause
                step = steps[number] if number < len(steps) else steps[-1] if steps else ""
                found.setdefault(cause, step)
    return list(found.items())


def texts(node: ast.expr | None, scopes: Sequence[ast.AST], depth: int) -> Iterator[str]:
    """The texts that an expression may become, in the order of the source."""
    if depth == 0 or node is None:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else hole(part.value, scopes)  # type: ignore[attr-defined]
            for part in node.values
        )
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = next(texts(node.left, scopes, depth - 1), HOLE)
        right = node.right.body if isinstance(node.right, ast.IfExp) else node.right
        yield left + next(texts(right, scopes, depth - 1), HOLE)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body, scopes, depth - 1)
        yield from texts(node.orelse, scopes, depth - 1)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from texts(value, scopes, depth - 1)
    elif isinstance(node, ast.Name):
        for scope in scopes:
            values = list(assigned(node.id, scope))
            if values:
                for value in values:
                    yield from texts(value, scopes, depth - 1)
                return


def assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    """What a name is set to in a function or a module."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for part, value in zip(target.elts, node.value.elts, strict=False):
                        if isinstance(part, ast.Name) and part.id == name:
                            yield value


def hole(node: ast.expr, scopes: Sequence[ast.AST]) -> str:
    """What stands for a value that is put in; a constant of the module is the text that it is."""
    if isinstance(node, ast.Name) and node.id.isupper():
        return next(texts(node, scopes, 1), f"<{node.id}>")
    if isinstance(node, ast.Name) and node.id not in ("also", "again", "said", "times", "meaning", "why", "what"):
        return f"<{node.id}>"
    if isinstance(node, ast.Attribute):
        return f"<{node.attr}>"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_kubectl":
        return "kubectl"
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return f"<{node.slice.value!s}>"
    return HOLE


def modules() -> list[Path]:
    """The modules that may say a cause."""
    folders = ("module_utils", "modules", "action")
    return sorted(path for folder in folders for path in (ROOT / "plugins" / folder).glob("*.py"))


def table() -> str:
    """All causes, by where they are met."""
    groups: dict[str, dict[str, str]] = {title: {} for title, _ in GROUPS}
    for path in modules():
        title = next(title for title, pattern in GROUPS if re.search(pattern, path.stem))
        for cause, step in causes(path.read_text()):
            groups[title].setdefault(cause, step)
    lines: list[str] = []
    for title, rows in groups.items():
        lines += [f"**{title}**", "", "| it says | what to do |", "|---|---|"]
        lines += [f"| {cell(cause)} | {cell(step)} |" for cause, step in rows.items()]
        lines.append("")
    return "\n".join(lines)


def cell(text: str) -> str:
    """A text for a cell; a call of kubectl without the words that name the cluster."""
    text = " ".join(text.replace("{kubectl}", "kubectl").split())
    return text.replace("<", "&lt;").replace("|", "\\|")


def with_table(text: str) -> str:
    """The document's text with the table brought up to date. Raises ValueError where the markers are missing."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"docs/operations.md lacks the line {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
