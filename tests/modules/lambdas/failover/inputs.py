"""Values that the pure parts are tried with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from modules.lambdas.failover.checkpoint import NONE_DRAINED, Checkpoint
from modules.lambdas.failover.configuration import Configuration
from modules.lambdas.failover.readings import Lag
from modules.lambdas.failover.request import Request
from modules.lambdas.failover.topology import Change, Member, Topology
from modules.lambdas.failover.verdicts import Situation

HOME, AWAY = "us-east-1", "us-west-2"
NOON = datetime(2026, 1, 1, 12, 3, tzinfo=UTC)
VERSION = "8.0.mysql_aurora.3.10.1"
CONFIGURATION = Configuration(
    home=HOME,
    away=AWAY,
    global_cluster="ledger",
    checkpoint_parameter="/failover/x1/checkpoint",
    pin_bucket="pin",
    pin_key="primary-is-pinned",
    alarms={HOME: (), AWAY: ()},
    replication_lag_ms=5000,
    dns_seconds=51,
    data_api=True,
    secret="payments",
    database="payments",
    env_options="--env other --suffix x1",
)


def member(region: str, **changes: Any) -> Member:
    whole = Member(
        region=region,
        cluster_arn=f"arn:aws:rds:{region}:123456789012:cluster:ledger-{region}",
        writer=region == HOME,
        synchronization="connected",
        status="available",
        engine_version=VERSION,
    )
    return replace(whole, **changes)


def topology(writer: str = HOME, **changes: Any) -> Topology:
    members = tuple(member(region, writer=region == writer) for region in (HOME, AWAY))
    return replace(Topology(status="available", change=None, members=members), **changes)


def changed(whole: Topology, region: str, **changes: Any) -> Topology:
    """The topology with another member in a region."""
    members = tuple(replace(one, **changes) if one.region == region else one for one in whole.members)
    return replace(whole, members=members)


def moving(to: str, *, loses: bool = False, writer: str = HOME) -> Topology:
    status = "failing-over" if loses else "switching-over"
    return topology(writer, status=status, change=Change(status=status, to=to, loses=loses))


def checkpoint(stage: str = "none", **changes: Any) -> Checkpoint:
    return replace(Checkpoint(stage=stage, drained=NONE_DRAINED), **changes)


def situation(action: str = "failover", **changes: Any) -> Situation:
    whole = Situation(
        request=Request(action=action, accept_data_loss=False, reason="", requested_by=""),
        checkpoint=checkpoint(),
        topology=topology(AWAY if action == "failback" else HOME),
        target=HOME if action == "failback" else AWAY,
        lag=Lag(ms=0, at=NOON - timedelta(seconds=60)),
        alarms=[],
        now=NOON,
    )
    return replace(whole, **changes)


def accepting(action: str = "failover", **changes: Any) -> Situation:
    request = Request(action=action, accept_data_loss=True, reason="", requested_by="")
    return situation(action, request=request, **changes)
