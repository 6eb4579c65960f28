"""DMS, the write name and the note: whether the copy is complete, valid and close behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.operations.cutover.facts import ON_PREMISES, WORDS
from shared.operations.cutover.findings.finding import blocks, ok, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.operations.cutover.facts import Position
    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.notes import Limits

_ALL = 100


@dataclass(frozen=True, kw_only=True)
class Services:
    """What else AWS says."""

    limits: Limits
    connections: Mapping[str, tuple[str, str]]
    """What is connected to -> how the last test went, and why."""
    alarms: Mapping[str, str]
    """Lag alarm -> its state."""


def judge(position: Position, services: Services) -> Iterator[Finding]:
    """Yield what is found."""
    yield _connections(services)
    yield _forward(position)
    yield _reverse(position)
    yield _tables(position)
    yield _lag(position, services)
    yield _alarms(services)
    yield _name(position)


def _connections(services: Services) -> Finding:
    bad = [
        f"{place} {status}{f' ({why})' if why else ''}"
        for place, (status, why) in services.connections.items()
        if status != "successful"
    ]
    if not bad:
        return ok("connections", "DMS reaches both databases")
    return blocks(
        "connections",
        f"DMS's connections: {some(bad)}",
        why="the replication instance has to reach both databases",
        remedy="`cutover.replicate` tests them; look at the secrets, the routes and the firewalls",
        acceptable=True,
    )


def _forward(position: Position) -> Finding:
    task = position.forward
    if task and task.status == "running" and task.percent == _ALL and task.resumed and not task.errored:
        return ok("forward-task", "the forward task runs, and everything is loaded")
    if not task:
        what = "the forward task cannot be seen"
    elif task.errored:
        what = f"{task.errored} tables of the forward task have errors"
    else:
        said = task.failure or task.stop_reason
        what = f"the forward task is {task.status}{f' ({said})' if said else ''}, loaded {task.percent} %"
    return blocks(
        "forward-task",
        what,
        why="Aurora does not have everything",
        remedy="`cutover.replicate`",
    )


def _reverse(position: Position) -> Finding:
    task = position.reverse
    if task and task.status in {"ready", "stopped", "failed"}:
        return ok("reverse-task", f"the reverse task is made, and {task.status}")
    return blocks(
        "reverse-task",
        f"the reverse task is {task.status if task else 'not to be seen'}",
        why="it begins with the cutover, from Aurora's first write on",
        remedy="apply the stack replication, or stop the task",
    )


def _tables(position: Position) -> Finding:
    bad = [
        f"{one.name} ({one.state or 'no state'}, {one.validation or 'not validated'})"
        for one in position.tables
        if not one.valid
    ]
    if position.tables and not bad:
        return ok("validation", f"all {len(position.tables)} tables are loaded and valid")
    return blocks(
        "validation",
        f"not loaded or not valid: {some(bad)}" if bad else "DMS knows of no table",
        why="what was not compared may differ",
        remedy="`cutover.replicate` waits for it; rows that differ are in awsdms_validation_failures_v1",
    )


def _lag(position: Position, services: Services) -> Finding:
    limits, lag = services.limits, position.lag
    window = f"{limits.lag_window_minutes} minutes"
    samples, worst = (lag.samples, lag.worst_seconds) if lag else (0, 0.0)
    why = "the more there is to carry, the longer writes pause"
    if samples < limits.lag_window_minutes:
        what = f"the latency has values of {samples} minutes, and {window} are needed"
        return blocks("latency", what, why=why, remedy="wait: a task that runs has a value a minute")
    if worst > limits.lag_limit_seconds:
        what = f"the latency was {worst:g} s within {window}, above {limits.lag_limit_seconds} s"
        return blocks("latency", what, why=why, remedy="wait for a quieter hour")
    return ok("latency", f"the latency was at most {worst:g} s for {window}")


def _alarms(services: Services) -> Finding:
    bad = [name for name, state in services.alarms.items() if state == "ALARM"]
    if not bad:
        return ok("alarms", "no lag alarm is in ALARM")
    return blocks(
        "alarms",
        f"in ALARM: {some(bad)}",
        why="the function does not move the name then",
        remedy="wait until it is well again",
    )


def _name(position: Position) -> Finding:
    if position.leads_to == ON_PREMISES:
        return ok("write-name", "the write name leads to the source")
    where = WORDS.get(position.leads_to, f"neither database alone ({position.weights})")
    return blocks(
        "write-name",
        f"the write name leads to {where}",
        why="the cutover moves it from the source to Aurora",
        remedy="`cutover.status` says what can be done",
    )
