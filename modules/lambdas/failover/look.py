"""The first look of an execution: what is, what speaks against the action, and where it begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .checkpoint import NONE_DRAINED, Checkpoint, load
from .configuration import Configuration
from .fencing import NOT_NEEDED, UNKNOWN
from .others import refuse_another
from .readings import Lag, alarms_against, lag_of
from .request import Request, document_of, parse
from .topology import Topology, read
from .verdicts import Situation, against

#: The function's own time-out: so long one of a stopped execution may still be at work.
FUNCTION_SECONDS = 60


def look(configuration: Configuration, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the topology, every refusal, and what the state machine needs later on.

    For a failover nothing is asked of the primary region. Raises AnotherRuns when an older execution
    runs (for `execution` and `machine`, ARNs), FailoverError when the standby region does not answer.
    """
    now = datetime.now(UTC)
    if event.get("machine"):
        refuse_another(str(event["machine"]), str(event.get("execution", "")), configuration.away)
    request, reasons = parse(document_of(event))
    checkpoint, unreadable = load(configuration)
    reasons += unreadable
    if request is None or checkpoint is None or reasons:
        return _unreadable(request, checkpoint, reasons)
    situation = observed(configuration, request, checkpoint, now)
    return answer(configuration, situation)


def _unreadable(request: Request | None, checkpoint: Checkpoint | None, reasons: list[str]) -> dict[str, Any]:
    """Return the refusal of what could not even be read, with what a message about it is made of."""
    return {
        "action": request.action if request else "",
        "refusals": reasons,
        "writer": "",
        "fencing": {"traffic": checkpoint.traffic if checkpoint else UNKNOWN, "writes": UNKNOWN},
        "drained": dict(NONE_DRAINED),
        "settle_seconds": 0,
        "why": "",
    }


def observed(
    configuration: Configuration, request: Request, checkpoint: Checkpoint, now: datetime
) -> Situation:
    """Read what decides about a request."""
    failover = request.action == "failover"
    target = configuration.home if request.action == "failback" else configuration.away
    topology = read(configuration, only=configuration.away if failover else "")
    peaceful = not failover and not topology.stays_in(target)
    return Situation(
        request=request,
        checkpoint=checkpoint,
        topology=topology,
        target=target,
        lag=_lag(topology, target, now),
        alarms=_alarms(configuration, topology, target) if peaceful else [],
        now=now,
    )


def answer(configuration: Configuration, situation: Situation) -> dict[str, Any]:
    """Return what was read as the state machine reads it."""
    request, checkpoint, lag = situation.request, situation.checkpoint, situation.lag
    topology, kept = situation.topology, situation.goes_on
    known = lag.ms is not None
    failover = request.action == "failover"
    return {
        "action": request.action,
        "doing": request.doing,
        "done": request.done,
        "target": situation.target,
        "only": "away" if failover else "",
        **topology.shown(),
        "refusals": against(situation, configuration),
        "resumed": situation.resumed,
        "takes_over": checkpoint.stage if situation.takes_over else "",
        "moved": situation.moved,
        "stage": checkpoint.stage,
        "began": (checkpoint.began if situation.resumed else "") or _iso(situation.now),
        "writer_before": (checkpoint.writer_before if kept else "") or topology.writer,
        # the writer's region has no lag: what an earlier execution saw is the last that is known
        "lag_ms": lag.ms if known or not kept else checkpoint.lag_ms,
        "lag_at": _iso(lag.at) if lag.at else checkpoint.lag_at if kept else None,
        "fencing": {"traffic": checkpoint.traffic, "writes": UNKNOWN if failover else NOT_NEEDED},
        "drained": dict(checkpoint.drained if situation.resumed else NONE_DRAINED),
        "dns_seconds": configuration.dns_seconds,
        "settle_seconds": _settle_seconds(situation),
        "data_api": configuration.data_api,
        # what was accepted, for the record; the verdict goes by the request alone
        "accept_data_loss": request.accept_data_loss or (situation.resumed and checkpoint.accept_data_loss),
        "reason": request.reason or (checkpoint.reason if situation.resumed else ""),
        "requested_by": request.requested_by or (checkpoint.requested_by if situation.resumed else ""),
        "why": _why(situation),
    }


def _why(situation: Situation) -> str:
    """Return a sentence for people."""
    request, said = situation.request, situation.lag.said(situation.now)
    loss = "; data loss was accepted" if request.accept_data_loss else ""
    begun = ""
    if situation.resumed:
        begun = ", which an earlier execution began"
    elif situation.takes_over:
        begun = f", which takes over an unfinished {situation.checkpoint.action}"
    if situation.moved:
        return f"{request.action}{begun}: the database writes in {situation.target} already"
    return f"{request.action}{begun}: {said}{loss}"


def _settle_seconds(situation: Situation) -> int:
    """Return how long a function of an execution that was stopped may still undo what comes now.

    Only a failback's can: its switchover and its unpinning go the other way.
    """
    checkpoint = situation.checkpoint
    if not situation.takes_over or checkpoint.action != "failback" or checkpoint.stuck or not checkpoint.at:
        return 0
    age = (situation.now - datetime.fromisoformat(checkpoint.at)).total_seconds()
    return max(min(round(FUNCTION_SECONDS - age), FUNCTION_SECONDS), 0)


def _lag(topology: Topology, target: str, now: datetime) -> Lag:
    if topology.stays_in(target):
        return Lag(why=f"{target} writes")
    if not topology.has(target) or not topology.member(target).answered:
        return Lag(why=f"{target} does not answer")
    return lag_of(topology.member(target), now)


def _alarms(configuration: Configuration, topology: Topology, target: str) -> list[str]:
    if not topology.has(target) or not topology.member(target).answered:
        return []  # said already, and each further call would wait for the region again
    return alarms_against(target, configuration.alarms[target])


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
