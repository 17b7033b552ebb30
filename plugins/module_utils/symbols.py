"""Symbols: what stands for an option while the templates are rendered into a chart.

A symbol is strict. Writing it somewhere is all that a template may do with it; a question (`if`, `==`, `| int`,
`length`) raises with the option's name. A plain placeholder string would answer such questions, wrongly and silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jinja2 import TemplateRuntimeError

# A sentinel: whether it is the (v)alue, the value as a (t)ext, or a list's texts (j)oined; path, kind, separator.
# Private-use characters cannot occur in an option's value: options.py refuses them.
_OPEN, _CLOSE = "\ue000", "\ue001"
SENTINEL = re.compile(
    f"{_OPEN}(?P<form>[vtj]):(?P<path>[^:{_CLOSE}]+):(?P<kind>[a-z]+):(?P<separator>[^{_CLOSE}]*){_CLOSE}"
)


class Symbol:
    """An option's place in the chart's values; `kind` is its argument spec's type."""

    __slots__ = ("kind", "path")

    def __init__(self, path: tuple[str, ...], kind: str) -> None:
        self.path = path
        self.kind = kind

    def __str__(self) -> str:
        return self._sentinel("v")

    def as_text(self) -> str:
        """The sentinel of the option's value turned into a text, whatever its type."""
        return self._sentinel("t")

    def joined(self, separator: str) -> str:
        """The sentinel of the texts of the option (a list) made one text."""
        if self.kind != "list":
            self._refuse()
        return self._sentinel("j", separator)

    def _sentinel(self, form: str, separator: str = "") -> str:
        return f"{_OPEN}{form}:{'.'.join(self.path)}:{self.kind}:{separator}{_CLOSE}"

    def _refuse(self, *_args: object) -> NoReturn:
        raise TemplateRuntimeError(
            f"a template asks a question about the option {'.'.join(self.path)}, which the chart's reader sets later; "
            "use the markers only_if and unless instead"
        )

    __bool__ = __int__ = __float__ = __len__ = __iter__ = __contains__ = __eq__ = __ne__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __mul__ = __index__ = __getitem__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class SymbolMap(Mapping[str, Any]):
    """A map option with known keys: `x.key` gives the key's symbol, and the map itself can be written whole."""

    def __init__(self, symbol: Symbol, items: Mapping[str, Any]) -> None:
        self.symbol = symbol
        self._items = items

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        self.symbol._refuse()

    def __len__(self) -> int:
        self.symbol._refuse()

    def __bool__(self) -> bool:
        self.symbol._refuse()

    def __eq__(self, other: object) -> bool:
        self.symbol._refuse()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.symbol)


def symbolize(path: tuple[str, ...], spec: Mapping[str, Any]) -> Symbol | SymbolMap:
    """Return the symbol of an option with this argument spec at this path of the values."""
    symbol = Symbol(path, spec.get("type", "str"))
    known = spec.get("options")
    if symbol.kind == "dict" and known:
        return SymbolMap(symbol, {key: symbolize((*path, key), inner) for key, inner in known.items()})
    return symbol
