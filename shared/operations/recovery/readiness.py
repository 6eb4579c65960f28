"""Whether both regions are as a planned move of the writer needs them: pure, from the topology alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.recovery.facts import LAG_WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shared.operations.recovery.facts import Member, Topology

AVAILABLE, CONNECTED = "available", "connected"
COUNTING = ("probe", "healthy hosts")
"""Alarms that the standby has to have OK before the writer goes there. That nobody asks its probe is shown,
and counts for nothing: Route 53 asks a region that nobody uses, too, and a pin would not help."""
AT_HOME = ("healthy hosts",)
"""Those that the home region has to have OK. Its probe asks the writer endpoint, which leads nowhere until
the writer is back: that alarm goes off at every failback that is due."""


def seen(topology: Topology, regions: Sequence[str]) -> Iterator[str]:
    """Yield why not all of these regions could be seen."""
    if topology.left_out in regions:
        yield f"{topology.left_out} was left out: it has to be seen"
    for region in regions:
        yield from topology.silent(region)


def unready(topology: Topology, target: str) -> Iterator[str]:
    """Yield why the writer cannot be moved to `target` without a loss, or should not be."""
    members = [topology.member(region) for region in (topology.home, topology.away)]
    there = [member for member in members if member]
    for member in there:
        yield from _member(member)
    versions = {member.region: member.engine_version for member in there if member.engine_version}
    if len(set(versions.values())) > 1:
        said = ", ".join(f"{version} in {region}" for region, version in versions.items())
        yield f"the engines differ, and a switchover needs the same patch: {said}"
    yield from _lag(topology, target)
    yield from _alarms(topology, target)


def available(member: Member) -> Iterator[str]:
    """Yield why a cluster cannot become the writer."""
    if member.status != AVAILABLE:
        status = member.status or "in a state that nobody knows"
        yield f"the cluster in {member.region} is {status}: it has to be {AVAILABLE}"


def _member(member: Member) -> Iterator[str]:
    yield from available(member)
    # of the writer RDS need not say anything
    if member.synchronization != CONNECTED and not (member.writer and not member.synchronization):
        how = member.synchronization or "followed in a way that nobody knows"
        yield f"the cluster in {member.region} is {how}: it has to be {CONNECTED}"


def _lag(topology: Topology, target: str) -> Iterator[str]:
    lag, limit = topology.lags.get(target), topology.lag_limit_ms
    if lag is None:
        minutes = LAG_WINDOW.seconds // 60
        yield (
            f"the replication lag of {target} is not known: no sample in {minutes} minutes; "
            f"at most {limit} ms are allowed"
        )
    elif lag.milliseconds > limit:
        yield f"the replication lag of {target} is {lag.milliseconds:g} ms; at most {limit} ms are allowed"


def _alarms(topology: Topology, target: str) -> Iterator[str]:
    there = {alarm.measures: alarm for alarm in topology.alarms if alarm.region == target}
    for measures in AT_HOME if target == topology.home else COUNTING:
        alarm = there.get(measures)
        if alarm is None:
            yield f"the alarm on the {measures} of {target} is not known"
        elif alarm.state != "OK":
            yield f"{alarm.name} in {target} ({measures}) is {alarm.state}: it has to be OK"
