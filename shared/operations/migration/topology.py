"""Looks at everything that an operation decides by. Reads only; what does not answer is a fact, too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.operations.common.asking import Asking
from shared.operations.migration.facts import Topology
from shared.operations.migration.reads import database as databases
from shared.operations.migration.reads import machine as machines
from shared.operations.migration.reads import region as regions
from shared.operations.migration.reads import traffic

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.operations.migration.handles import Handles

__all__ = ["Topology", "observe"]

_PARALLEL = 5


def observe(handles: Handles, clients: ClientFactory) -> Topology:
    """Return the platform as it is now. AWS's errors become `unreachable` and `unread`."""
    asking, now = Asking(clients), datetime.now(UTC)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        asked_database = pool.submit(databases.database, handles, asking)
        asked_weights = pool.submit(traffic.weights, handles, asking)
        asked_machine = pool.submit(machines.machine, handles, asking)
        asked_regions = [pool.submit(regions.region, side, asking, now) for side in handles.sides]
        database, machine = asked_database.result(), asked_machine.result()
        sides = [asked.result() for asked in asked_regions]
        weights = asked_weights.result()
    # the one that does not write; the source wrote first
    secondary = sides[0] if database and database.writer == handles.target.region else sides[1]
    ours = weights is not None and machine.checkpoint is not None and weights in machine.checkpoint.expected
    return Topology(
        source=handles.source.region,
        target=handles.target.region,
        weights=weights,
        # a change that somebody made by hand since then is not the one whose id is known
        propagation=traffic.propagation(machine.change if ours else "", handles, asking),
        database=database,
        source_member=database is None
        or handles.source.cluster_arn in [member.cluster_arn for member in database.members],
        lag_ms=secondary.lag_ms,
        alarms=tuple(alarm for side in sides for alarm in side.alarms),
        targets=tuple(side.targets for side in sides if side.targets),
        paused=tuple(where.region for where, side in zip(handles.sides, sides, strict=True) if side.paused),
        checkpoint=machine.checkpoint,
        executions_read=machine.executions_read,
        running=machine.running,
        ended=machine.ended,
        question=machine.question,
        unreachable=dict(asking.unreachable),
        unread=tuple(asking.unread),
    )
