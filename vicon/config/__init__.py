"""Configuration: one TOML file, read into Settings, or refused with every wrong key named."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.config.check import findings
from vicon.config.lines import Place, find_lines, line_of
from vicon.config.plans import grants, grants_of, keep_of, media_ports, plan_of, plans
from vicon.config.settings import Server, Settings
from vicon.ops.words import Language, SpokenError, Words, reason_of

__all__ = [
    "ConfigError",
    "ConfigErrors",
    "Settings",
    "example",
    "grants",
    "grants_of",
    "keep_of",
    "load",
    "media_ports",
    "plan_of",
    "plans",
    "read",
    "sample",
]


class ConfigError(Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    file: str
    line: int
    key: str
    """As in conferences[0].rooms[3].cap; empty for the file as a whole."""
    words: Words

    def say(self, language: Language) -> str:
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}: {key}{self.words.say(language)}"


class ConfigErrors(SpokenError):
    """All that is wrong with a configuration, in the order of its lines."""

    exit_code = 2

    def __init__(self, errors: list[ConfigError]) -> None:
        self.errors = sorted(errors, key=lambda error: (error.line, error.key))
        super().__init__(*("\n".join(error.say(lang) for error in self.errors) for lang in _BOTH))


_BOTH: tuple[Language, Language] = ("id", "en")


def load(path: Path) -> Settings:
    """Read a configuration file. Raises ConfigErrors."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        why = reason_of(error)
        words = Words(f"tidak dapat dibaca: {why}", f"cannot be read: {why}")
        raise ConfigErrors([ConfigError(file=str(path), line=1, key="", words=words)]) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        words = Words("bukan teks UTF-8", "is not UTF-8 text")
        raise ConfigErrors([ConfigError(file=str(path), line=line, key="", words=words)]) from error
    return read(text, str(path), path.parent)


def read(text: str, name: str, folder: Path) -> Settings:
    """Settings from TOML text; `name` is said in errors, files are sought from `folder`.

    Raises ConfigErrors.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigErrors([_syntax(error, text, name)]) from error
    found = findings(data, folder)
    if found:
        lines = find_lines(text)
        raise ConfigErrors(
            [
                ConfigError(
                    file=name, line=line_of(lines, f.place), key=_key(f.place), words=f.words
                )
                for f in found
            ]
        )
    settings = msgspec.convert(data, Settings)
    turn = settings.turn
    if turn.secret_file:
        turn = replace(turn, secret_file=str((folder / turn.secret_file).resolve()))
    accounts = settings.accounts
    if accounts.oidc.client_secret_file:
        file = str((folder / accounts.oidc.client_secret_file).resolve())
        accounts = replace(accounts, oidc=replace(accounts.oidc, client_secret_file=file))
    metrics = settings.metrics
    if metrics.token_file:
        metrics = replace(metrics, token_file=str((folder / metrics.token_file).resolve()))
    broadcast = settings.broadcast
    if broadcast.rtmp_key_file:
        key = str((folder / broadcast.rtmp_key_file).resolve())
        broadcast = replace(broadcast, rtmp_key_file=key)
    webhooks = [
        replace(one, secret_file=str((folder / one.secret_file).resolve()))
        if one.secret_file
        else one
        for one in settings.webhooks
    ]
    server = _absolute(settings.server, folder)
    return replace(
        settings,
        server=server,
        turn=turn,
        accounts=accounts,
        metrics=metrics,
        webhooks=webhooks,
        broadcast=broadcast,
    )


def sample() -> str:
    """A commented configuration to start from; it loads as it is."""
    return (files("vicon.config") / "sample.toml").read_text(encoding="utf-8")


def around(name: str) -> str:
    """An example of what stands around a server: its unit, a proxy, a container, what watches."""
    return (files("vicon") / "examples" / name).read_text(encoding="utf-8")


def example() -> Path:
    """The built-in example, East Kalimantan 2020."""
    return Path(str(files("vicon") / "examples" / "kaltim-2020.toml"))


def _absolute(server: Server, folder: Path) -> Server:
    certificate, key = (
        str((folder / name).resolve()) if name else "" for name in (server.certificate, server.key)
    )
    return replace(server, certificate=certificate, key=key)


def _key(place: Place) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")


def _syntax(error: tomllib.TOMLDecodeError, text: str, name: str) -> ConfigError:
    """tomllib tells the line within its message alone."""
    match = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)$", str(error))
    line = int(match[1]) if match and match[1] else text.rstrip().count("\n") + 1
    what = str(error)[: match.start()].strip() if match else str(error)
    words = Words(f"bukan TOML yang benar ({what})", f"is not right TOML ({what})")
    return ConfigError(file=name, line=line, key="", words=words)
