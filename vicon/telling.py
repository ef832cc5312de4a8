"""What a running server tells others of itself: webhooks, and metrics where they are configured."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack

from vicon.app.gateway import Hall
from vicon.config import Settings
from vicon.config.secret import METRICS
from vicon.gauges import Gauges
from vicon.hooks.service import Webhooks
from vicon.hosting import Stage
from vicon.ops.checks import Checks
from vicon.ops.data import DataDir
from vicon.ports import Clock
from vicon.store.sqlite import SqliteJournal
from vicon.web.hosts import Hosts
from vicon.web.metrics import MetricsRoute


async def tell_receivers(
    stack: AsyncExitStack,
    settings: Settings,
    home: DataDir,
    clock: Clock,
    journal: SqliteJournal,
    stage: Stage,
    checks: Checks,
) -> Webhooks:
    """With its check. Raises SpokenError, JournalError."""
    webhooks = Webhooks(settings.webhooks, home, journal, clock, stage.state)
    if settings.webhooks:
        journal.told.append(
            lambda conference, sequence, _seconds: webhooks.wrote(conference, sequence)
        )
        stack.push_async_callback(webhooks.stop)
        await webhooks.start()
        checks.add("webhooks", webhooks.check)
    return webhooks


async def tell_prometheus(
    stack: AsyncExitStack,
    settings: Settings,
    gauges: Gauges,
    halls: Mapping[str, Hall],
    checks: Checks,
    clock: Clock,
    hosts: Hosts,
) -> MetricsRoute:
    """What belongs on the server's own addresses. Raises CannotListen, SpokenError."""
    wanted = settings.metrics
    if not (wanted.port or wanted.token or wanted.token_file or os.environ.get(METRICS)):
        return MetricsRoute()
    # Imported here alone: the library costs a start a tenth of a second.
    from vicon.metrics.serve import start

    return await start(stack, wanted, gauges, halls, checks, clock, hosts)
