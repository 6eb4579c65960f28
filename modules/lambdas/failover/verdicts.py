"""What speaks against an action: pure, from what was read. An empty list lets it begin or go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .checkpoint import Checkpoint
from .configuration import Configuration
from .readings import Lag
from .request import Request
from .topology import AVAILABLE, CONNECTED, PENDING, Topology

#: A sample of the lag that is older says nothing about now: the metric has a point a minute.
FRESH_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything that decides."""

    request: Request
    checkpoint: Checkpoint
    topology: Topology
    target: str
    """Region that the writer is moved to."""
    lag: Lag
    alarms: Sequence[str]
    """What the target's alarms say against it."""
    now: datetime

    @property
    def resumed(self) -> bool:
        """Say whether an earlier execution began the same action and did not finish it."""
        return self.checkpoint.stage == self.request.doing

    @property
    def takes_over(self) -> bool:
        """Say whether a failover takes over what another action left unfinished."""
        return self.request.action == "failover" and self.checkpoint.unfinished and not self.resumed

    @property
    def goes_on(self) -> bool:
        """Say whether what is under way is what an earlier execution left."""
        return self.resumed or self.takes_over

    @property
    def moved(self) -> bool:
        """Say whether the target writes already, and nothing moves the writer away."""
        return self.topology.stays_in(self.target)


def against(situation: Situation, configuration: Configuration) -> list[str]:
    """Return every reason against the action; empty when it may be done."""
    topology, target = situation.topology, situation.target
    if not topology.has(target):
        return [f"{configuration.global_cluster} has no member in {target}: nothing can write there"]
    if not situation.goes_on and (reason := _against_beginning(situation, configuration)):
        return [reason]
    if situation.request.action == "failover":
        return _against_failover(situation, configuration)
    if situation.moved:
        return _silent(topology, [target])
    return [] if topology.under_way else _against_switching(situation, configuration)


def _against_beginning(situation: Situation, configuration: Configuration) -> str:
    """Return why nothing can be begun now; empty when it can."""
    topology, checkpoint = situation.topology, situation.checkpoint
    if checkpoint.unfinished:
        action, step, at = checkpoint.action, checkpoint.step or "none", checkpoint.at or "nobody knows when"
        return (
            f"an unfinished {action} stands in the checkpoint (step {step}, written {at}): "
            f"invoke failover.{action} {configuration.env_options} finishes it"
        )
    if situation.moved:
        where, stage = situation.target, checkpoint.stage
        return (
            f"nothing to do: the database writes in {where} already (the checkpoint is at {stage}); what the "
            "machine did not move may want failover.pin and failover.drain"
        )
    if topology.under_way:
        to = topology.change.to if topology.change else "nobody says where"
        return f"somebody else is changing the global database: it is {topology.status} (to: {to})"
    return ""


def _against_failover(situation: Situation, configuration: Configuration) -> list[str]:
    """Only the standby's own member counts; what the other region would say cannot be waited for."""
    topology, target = situation.topology, situation.target
    change = topology.change
    if situation.moved or (change is not None and change.to == target and change.loses):
        return []
    reasons = []
    member = topology.member(target)
    if member.status != AVAILABLE and not topology.under_way:
        reasons.append(f"the cluster in {target} is {member.status}: it has to be {AVAILABLE}")
    if member.synchronization == PENDING:
        reasons.append(f"the cluster in {target} is {PENDING}: Aurora is building it anew from the writer")
    lag = situation.lag
    fresh = lag.ms == 0 and lag.age_seconds(situation.now) <= FRESH_SECONDS
    if not fresh and not situation.request.accept_data_loss:
        reasons.append(
            f"{lag.said(situation.now)}: what was written last may be lost. accept_data_loss (invoke "
            f"failover.failover --accept-data-loss {configuration.env_options}) accepts that"
        )
    return reasons


def _against_switching(situation: Situation, configuration: Configuration) -> list[str]:
    """Both regions have to be well: nothing is lost then, and nothing forces it now."""
    topology, target = situation.topology, situation.target
    regions = [configuration.home, configuration.away]
    (other,) = (region for region in regions if region != target)
    reasons = []
    if topology.writer != other:
        where = topology.writer or "no single region"
        reasons.append(f"the wrong direction: the database writes in {where}, not in {other}")
    if topology.status != AVAILABLE:
        reasons.append(f"the global database is {topology.status}: it has to be {AVAILABLE}")
    reasons += [f"the global database has no member in {name}" for name in regions if not topology.has(name)]
    reasons += _silent(topology, regions)
    members = [one for one in topology.members if one.region in regions and one.answered]
    for one in members:
        if one.status != AVAILABLE:
            reasons.append(f"the cluster in {one.region} is {one.status}: it has to be {AVAILABLE}")
        # of the writer RDS need not say anything
        if one.synchronization != CONNECTED and (one.synchronization or not one.writer):
            said = one.synchronization or "without a word on its synchronization"
            reasons.append(f"the cluster in {one.region} is {said}: it has to be {CONNECTED}")
    versions = sorted({f"{one.engine_version} in {one.region}" for one in members})
    if len({one.engine_version for one in members}) > 1:
        reasons.append(f"the engine versions differ: {', '.join(versions)}")
    return reasons + _against_lag(situation, configuration) + list(situation.alarms)


def _against_lag(situation: Situation, configuration: Configuration) -> list[str]:
    lag, limit = situation.lag, configuration.replication_lag_ms
    if lag.ms is None:
        return [f"{lag.said(situation.now)}; at most {limit:g} ms are allowed"]
    if lag.ms > limit:
        return [f"{situation.target} is {lag.ms:g} ms behind, and {limit:g} ms are allowed"]
    return []


def _silent(topology: Topology, regions: Sequence[str]) -> list[str]:
    return [
        f"{one.region} does not answer: {one.status}"
        for one in topology.members
        if one.region in regions and not one.answered
    ]
