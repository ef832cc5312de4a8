"""Passwords: argon2id (RFC 9106). What is kept is a hash that states its own parameters, so that
these can rise later: a hash with others is made anew when its owner signs in (`stale`).

All calls block for about a tenth of a second and take MEMORY_KIB of memory: not for the event loop.
"""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from vicon.ops.words import Words

TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""The second recommended option of RFC 9106, section 4: three passes over 64 MiB in four lanes."""
SALT_BYTES, HASH_BYTES = 16, 32
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$3bNT5hXuBSqPrpgRRw/q/Q$"
    "FcYc84D8FReOv8JDOaFTjrljKe5TLDys4TuWy8MhF6Y"
)
"""Of 256 random bits that were thrown away, with the parameters above."""
LEAST, MOST = 10, 200
"""Characters of a password."""


class Passwords:
    def __init__(
        self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB, lanes: int = LANES
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )

    def hash(self, password: str) -> str:
        """A hash with a salt of its own."""
        return self._hasher.hash(_plain(password))

    def verify(self, kept: str, password: str) -> bool:
        """Whether it is the one. `kept` empty: nobody's, which takes as long to find out."""
        try:
            same = self._hasher.verify(kept or NOBODY, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return same and bool(kept)

    def stale(self, kept: str) -> bool:
        """Whether a good hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(kept)


def objection(password: str, name: str) -> Words | None:
    """Why it is no password for the account of this name; None: it can be."""
    if len(password) < LEAST:
        return Words(
            f"Kata sandi terlalu pendek: paling sedikit {LEAST} karakter. Beberapa kata yang tidak "
            "berhubungan mudah diingat dan cukup panjang.",
            f"The password is too short: {LEAST} characters at least. A few words that have "
            "nothing to do with each other are easy to remember and long enough.",
        )
    if len(password) > MOST:
        return Words(
            f"Kata sandi terlalu panjang: paling banyak {MOST} karakter.",
            f"The password is too long: {MOST} characters at most.",
        )
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        return Words(
            "Kata sandi ini mudah ditebak: jangan memakai nama akun atau huruf yang berulang.",
            "This password is easy to guess: do not use the account's name or repeated letters.",
        )
    return None


def _plain(password: str) -> str:
    """The same characters are the same password, however a keyboard composes them (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
