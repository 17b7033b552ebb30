"""Hashing passwords, and refusing those that are guessed first."""

import re
import unicodedata

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from todo_backend.problems import Unavailable

# OWASP's smallest advice for Argon2id: 19 MiB, two passes, one lane; about 30 ms of one core. A container of
# 512 MiB and half a core does not carry the library's default of 64 MiB in four threads.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked for an unknown user, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash("nobody has this password")
# More at once would only take turns on the core; more in the queue would wait longer than people do.
_AT_ONCE, _WAITING = 2, 50


class Hasher:
    """Argon2 in threads of its own: a burst of logins holds no database connection and no request thread."""

    def __init__(self) -> None:
        self._limit = anyio.CapacityLimiter(_AT_ONCE)

    async def hash(self, password: str) -> str:
        self._refuse_when_full()
        return await anyio.to_thread.run_sync(_hasher.hash, _canonical(password), limiter=self._limit)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Return whether the password is the one of the stored hash; None, for nobody, costs the same."""
        self._refuse_when_full()
        return await anyio.to_thread.run_sync(_matches, stored, _canonical(password), limiter=self._limit)

    def _refuse_when_full(self) -> None:
        if self._limit.statistics().tasks_waiting >= _WAITING:
            raise Unavailable("Too many logins at once; try again.", headers={"Retry-After": "2"})


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _canonical(password: str) -> str:
    # NIST SP 800-63B 5.1.1.2: the same characters typed on another keyboard must give the same hash.
    return unicodedata.normalize("NFKC", password)


# Words and rows that lists of leaked passwords begin with; what people hang on them is taken off first.
_WORDS = frozenset(
    """password passwort passphrase secret letmein welcome login admin administrator root master default guest
    user test testing example changeme temp hello iloveyou loveyou love sunshine princess dragon monkey football
    baseball basketball soccer hockey superman batman pokemon starwars ninja shadow killer freedom whatever
    trustno trustnoone computer internet google facebook michael jordan jennifer ashley daniel summer winter
    spring autumn monday friday january december cheese flower cookie chocolate banana summertime access todo
    qwerty qwertyuiop qwertz qwertzuiop azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc
    abc abcd abcdef abcdefg abcdefgh abcabc aaa""".split()
)
_ROWS = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOK_ALIKES = str.maketrans("013457@$!", "oleastasi")


def is_common(password: str, email: str) -> bool:
    """Return whether the password is among the first that anybody would try."""
    plain = _canonical(password).casefold()
    if len(set(plain)) <= 2:  # noqa: PLR2004  "aaaaaaaa", "12121212"
        return True
    if any(_in_row(plain, row) for row in _ROWS):
        return True
    local = email.partition("@")[0].casefold()
    bare = plain.strip("0123456789!@#$%^&*()-_=+.,?/ ")
    letters = {
        plain,
        bare,
        bare.translate(_LOOK_ALIKES),
        _letters(plain.translate(_LOOK_ALIKES)),
        _letters(plain),
    }
    halves = {word[: len(word) // 2] for word in letters if word and word == word[: len(word) // 2] * 2}
    return bool((letters | halves) & (_WORDS | {local, email.casefold()}))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


def _in_row(text: str, row: str) -> bool:
    return all(text[i : i + 2] in row or text[i : i + 2] in row[::-1] for i in range(len(text) - 1))
