"""One form of a text for sorting and searching, in which case and accents do not matter.

Done here rather than by the database's locale, which may be C (where upper and lower case exist for ASCII
only) and which changes with the C library, silently breaking indexes.
"""

import unicodedata

KEY_LENGTH = 100


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


def title_key(title: str) -> str:
    """Return what titles are sorted by: bounded, because it is in an index and in each cursor."""
    return fold(title)[:KEY_LENGTH]


def search_text(title: str, description: str) -> str:
    return fold(f"{title}\n{description}")


def contains(query: str) -> str:
    """Return the LIKE pattern for texts that contain `query`."""
    escaped = fold(query).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
