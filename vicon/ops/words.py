"""Sentences for persons, in Bahasa Indonesia and in English, and errors that speak both."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Language = Literal["id", "en"]


class Words(Struct, frozen=True):
    """One sentence in both languages."""

    id: str
    en: str

    def say(self, language: Language) -> str:
        return self.en if language == "en" else self.id


class SpokenError(Exception):
    """An error whose text is meant for a person: what happened, why, what to do.

    `exit_code` is what a command ends with: 1 refused or failed check, 2 wrong use or
    configuration, 3 could not run.
    """

    exit_code = 3

    def __init__(self, id: str, en: str) -> None:  # the name of the language, not builtins.id
        super().__init__(en)
        self.words = Words(id, en)


def environment_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Bahasa Indonesia, unless the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG: the first
    that is set) asks for English by name. `C` and `POSIX` ask for nothing."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value and not value.startswith(("C", "POSIX")):
            return "en" if value.startswith("en") else "id"
    return "id"


def reason_of(error: OSError) -> str:
    """The system's own word for what went wrong, without a path."""
    return os.strerror(error.errno) if error.errno else type(error).__name__
