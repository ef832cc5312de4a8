from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vicon.media.fast.build import build


@pytest.fixture(scope="session")
def compiled_cache(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A cache into which the compiled part of the SFU was built; skips without a compiler."""
    made: list[Path] = []

    def cache() -> Path:
        if not made:
            folder = tmp_path_factory.mktemp("compiled")
            if build(folder) is None:
                pytest.skip("there is no C compiler")
            made.append(folder)
        return made[0]

    return cache
