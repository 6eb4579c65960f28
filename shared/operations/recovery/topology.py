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
    asked = [side.region for side in sides]
    machine_place = f"Step Functions in {handles.away.region}"
    with ThreadPoolExecutor(_PARALLEL) as pool:
        asked_database = pool.submit(databases.database, handles.global_cluster, asked, asking)
        asked_machine = pool.submit(machines.look, handles.machine, asking, machine_place)
        asked_checkpoint = pool.submit(standby.checkpoint, handles, asking)
        asked_pin = pool.submit(standby.pin, handles, asking)
        asked_waiting = pool.submit(standby.waiting, handles, asking)
        asked_regions = [pool.submit(regions.region, side, asking, now) for side in sides]
    machine = asked_machine.result()
    said = {side.region: answer.result() for side, answer in zip(sides, asked_regions, strict=True)}
    return Topology(
        home=handles.home.region,
        away=handles.away.region,
        looked_at=now,
        lag_limit_ms=handles.lag_limit_ms,
        left_out=left_out,
        database=asked_database.result(),
        lags={region: facts.lag for region, facts in said.items() if facts.lag},
        pin=asked_pin.result(),
        checkpoint=asked_checkpoint.result(),
        executions_read=machine.read,
        running=machine.running,
        ended=machine.ended,
        alarms=tuple(alarm for facts in said.values() for alarm in facts.alarms),
        waiting=asked_waiting.result(),
        unreachable=dict(asking.unreachable),
        unread=tuple(asking.unread),
    )
