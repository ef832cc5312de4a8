"""With CI=true a test that was skipped fails the run: a green run has run everything. No property
is tried against the clock: machines are shared. With CI=true the same examples are tried each time,
so that the same tree gets the same verdict; by hand they are others every time."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from xdist.scheduler import LoadScopeScheduling, Scheduling

hypothesis.settings.register_profile(
    "vicon", deadline=None, derandomize=os.environ.get("CI") == "true"
)
hypothesis.settings.load_profile("vicon")


_PLACES = {"e2e", "net"}
_MARKS = ("browser", "net")
SHORT_S = 10


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a machine for itself: browsers, namespaces, whole servers; but a few that mostly
    wait go together, the longest first: at the end no worker is alone with one of them."""
    items.sort(key=_lasts, reverse=True)
    for item in items:
        if item.get_closest_marker("patient"):
            continue
        marked = any(item.get_closest_marker(mark) for mark in _MARKS)
        if marked or _PLACES & set(item.path.parts):
            item.add_marker("alone")


def _lasts(item: pytest.Item) -> int:
    """Seconds that a patient test takes, as its mark says."""
    mark = item.get_closest_marker("patient")
    return 0 if mark is None else int(mark.args[0]) if mark.args else SHORT_S


class _SharedTogether(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Tests of a module that share what they began go to one worker, in their order; every other
    test goes for itself. (xdist's own groups do nothing with pytest 9.2: it puts the group into a
    private field that is no longer read.)"""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if _shares(module) else nodeid


@cache
def _shares(module: str) -> bool:
    return 'scope="module"' in Path(module).read_text()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    return _SharedTogether(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(autouse=True)
def logging_restored() -> Iterator[None]:
    """A command that runs in this process sets logging up for the whole of it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _forbidden_skips(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return 0
    return len(reporter.stats.get("skipped", []))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and _forbidden_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    count = _forbidden_skips(config)
    if count:
        terminalreporter.write_line(f"CI=true: {count} skipped, which fails the run", red=True)
