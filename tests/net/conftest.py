from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.net.badline import BadLine, bad_line, why_not

_NO_LINE = why_not()
needs_line = pytest.mark.skipif(bool(_NO_LINE), reason=_NO_LINE or "there is a line")


@pytest.fixture
def line() -> Iterator[BadLine]:
    """A clean one; the test stands in the hub's namespace."""
    with bad_line() as made:
        yield made
