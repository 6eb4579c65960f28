"""Looks at everything that an operation decides by. Reads only; what does not answer is a fact, too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.operations.common import machine as machines
from shared.operations.common.asking import Asking
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.reads import database as databases
from shared.operations.recovery.reads import region as regions
from shared.operations.recovery.reads import standby

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.operations.recovery.handles import Handles

_PARALLEL = 7


def observe(handles: Handles, clients: ClientFactory, *, left_out: str = "") -> Topology:
    """Return the platform as it is now. AWS's errors become `unreachable` and `unread`.

    Of `left_out`, a region, nothing is asked. Control planes that all regions share are never asked.
    """
    asking, now = Asking(clients), datetime.now(UTC)
    # what the standby says goes first: it outlives the other
    sides = [side for side in (handles.away, handles.home) if side.region != left_out]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        database = pool.submit(
            databases.database, handles.global_cluster, [side.region for side in sides], asking
        )
        executions = pool.submit(
            machines.look, handles.machine, asking, f"Step Functions in {handles.away.region}"
        )
        checkpoint = pool.submit(standby.checkpoint, handles, asking)
        pin = pool.submit(standby.pin, handles, asking)
        waiting = pool.submit(standby.waiting, handles, asking)
        looks = [pool.submit(regions.region, side, asking, now) for side in sides]
    machine, said = executions.result(), [look.result() for look in looks]
    return Topology(
        home=handles.home.region,
        away=handles.away.region,
        looked_at=now,
        lag_limit_ms=handles.lag_limit_ms,
        left_out=left_out,
        database=database.result(),
        lags={side.region: facts.lag for side, facts in zip(sides, said, strict=True) if facts.lag},
        pin=pin.result(),
        checkpoint=checkpoint.result(),
        executions_read=machine.read,
        running=machine.running,
        ended=machine.ended,
        alarms=tuple(alarm for facts in said for alarm in facts.alarms),
        waiting=waiting.result(),
        unreachable=dict(asking.unreachable),
        unread=tuple(asking.unread),
    )
