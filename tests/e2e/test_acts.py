"""What the moderator does is seen in ten halls and on a hall's page: how soon, a bench tells."""

from __future__ import annotations

import pytest

from tests.bench.acts import near
from tests.bench.watched import KINDS
from tests.e2e.conftest import needs_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(120),
    needs_chromium,
]


async def test_every_kind_of_act_is_seen_everywhere() -> None:
    told = await near(1)
    acts = told["acts"]
    assert [one["act"] for one in acts] == list(KINDS)
    assert all(len(one["halls"]) == 10 for one in acts)
    everywhere = told["ms"]["all"]
    assert everywhere["last_hall"]["median"] > 0
    assert everywhere["page"]["median"] > 0
