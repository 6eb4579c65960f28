"""Topologies made by hand and by hypothesis: the facts of a platform with a standby."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.operations.common.facts import Alarm, Ended, Running
from shared.operations.recovery.facts import Checkpoint, Database, Lag, Member, Pin, Topology
from shared.operations.recovery.readiness import COUNTING

HOME, AWAY = "us-east-1", "us-west-2"
NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
STAGES = (
    "none",
    "failing-over",
    "failed-over",
    "switching-over",
    "switched-over",
    "failing-back",
    "failed-back",
)
LIMIT = 5000


def lag(milliseconds: float = 80.0, *, seconds: float = 60) -> Lag:
    return Lag(milliseconds=milliseconds, at=NOW - timedelta(seconds=seconds))


def member(region: str, *, writer: bool = False, **facts: Any) -> Member:
    known = {"synchronization": "connected", "status": "available", "engine_version": "3.10.1"}
    return Member(
        region=region,
        cluster_arn=f"arn:aws:rds:{region}:123456789012:cluster:aurora-{region}",
        writer=writer,
        **{**known, **facts},
    )


def database(writer: str = HOME, *, change: str = "", **of: dict[str, Any]) -> Database:
    """`home` and `away` are facts of the members that differ."""
    regions = {HOME: of.get("home", {}), AWAY: of.get("away", {})}
    members = tuple(member(region, writer=region == writer, **facts) for region, facts in regions.items())
    to = {HOME: AWAY, AWAY: HOME}.get(writer, "") if change else ""
    return Database(
        status=change or "available", change=change, members=members, to=to, loses=change == "failing-over"
    )


def alarms(**states: str) -> tuple[Alarm, ...]:
    """`home` and `away` are the states of both alarms there that count."""
    return tuple(
        Alarm(region=region, name=f"alarm-{measures}", state=states.get(role, "OK"), measures=measures)
        for role, region in (("home", HOME), ("away", AWAY))
        for measures in COUNTING
    )


def running(state: str = "Promote") -> Running:
    return Running(arn="arn:run", name="failover-1", state=state, since=NOW, waits=False)


def topology(stage: str = "none", writer: str = HOME, **facts: Any) -> Topology:
    """Return a platform of which everything is known and well, but for `facts`."""
    known: dict[str, Any] = {
        "looked_at": NOW,
        "lag_limit_ms": LIMIT,
        "database": database(writer),
        "lags": {HOME if writer == AWAY else AWAY: lag()},
        "pin": Pin(pinned=writer == AWAY),
        "checkpoint": Checkpoint(stage=stage),
        "executions_read": True,
        "alarms": alarms(),
        "waiting": 0,
    }
    return Topology(home=HOME, away=AWAY, **{**known, **facts})


def ended(outcome: str = "", **facts: Any) -> Ended:
    status = "SUCCEEDED" if outcome else "FAILED"
    output = {"outcome": outcome, **facts.pop("output", {})}
    return Ended(arn="arn:end", name="failover-0", status=status, outcome=outcome, output=output, **facts)


def stopped(*, seconds: int) -> Ended:
    """Return an execution that somebody stopped so long ago."""
    return replace(ended(at=NOW - timedelta(seconds=seconds)), status="ABORTED")


STATUSES = st.sampled_from(["available", "", "promoting", "inaccessible-encryption-credentials"])
LAGS = st.none() | st.builds(lag, st.sampled_from([0.0, 80.0, 7000.0]), seconds=st.integers(0, 700))


@st.composite
def databases(draw: st.DrawFn) -> Database | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    members = tuple(
        member(
            region,
            writer=writes,
            status=draw(STATUSES),
            synchronization=draw(st.sampled_from(["connected", "pending-resync", ""])),
            engine_version=draw(st.sampled_from(["3.10.1", "3.10.1", "3.10.2", ""])),
        )
        for region in (HOME, AWAY)
        for writes in [draw(st.booleans())]
        if draw(st.integers(0, 9))
    )
    change = draw(st.sampled_from(["", "", "failing-over", "switching-over", "pending", "cancelling"]))
    status = draw(st.sampled_from(["available", "available", "switching-over", "failing-over"]))
    to = draw(st.sampled_from([HOME, AWAY, ""])) if change else ""
    loses = bool(change) and draw(st.booleans())
    return Database(status=status, change=change, members=members, to=to, loses=loses)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Anything that may be seen, sensible or not, after a kill anywhere."""
    places = [f"{service} in {region}" for region in (HOME, AWAY) for service in ("RDS", "S3", "CloudWatch")]
    states = st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA", "missing"])
    lags = {HOME: draw(LAGS), AWAY: draw(LAGS)}
    return Topology(
        home=HOME,
        away=AWAY,
        looked_at=NOW,
        lag_limit_ms=LIMIT,
        left_out=draw(st.sampled_from(["", "", HOME])),
        database=draw(databases()),
        lags={region: one for region, one in lags.items() if one},
        pin=draw(st.sampled_from([None, Pin(pinned=True), Pin(pinned=False)])),
        checkpoint=draw(
            st.none() | st.builds(Checkpoint, stage=st.sampled_from(STAGES), accept_data_loss=st.booleans())
        ),
        executions_read=draw(st.booleans()),
        running=draw(st.none() | st.just(running()) | st.just(running(""))),
        alarms=tuple(one for one in alarms(home=draw(states), away=draw(states)) if draw(st.integers(0, 5))),
        waiting=draw(st.sampled_from([None, 0, 3])),
        unreachable=dict.fromkeys(draw(st.sets(st.sampled_from(places), max_size=3)), "time-out"),
        unread=draw(st.sampled_from([(), ("S3 in us-east-1: AccessDenied",), ("odd",)])),
    )
