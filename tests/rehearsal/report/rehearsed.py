"""A rehearsal as it would have been seen: a migration, the way back, and a fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.rehearsal.report import Chapter, Check, Event, Part, Report, Sample, StackLine

US, EU, SUFFIX = "us-east-1", "eu-west-1", "abc123"
HOSTS, LAG = f"alarm-healthy-hosts-{SUFFIX}", f"alarm-replication-lag-{SUFFIX}"
QUIET = {
    f"{EU} {HOSTS}": "OK",
    f"{EU} {LAG}": "OK",
    f"{US} {HOSTS}": "OK",
    f"{US} {LAG}": "INSUFFICIENT_DATA",
}


def sample(seconds: float, target: int | None = 0, **changes: Any) -> Sample:
    """Return a look; `target` is the target's weight of 100, None is a Route 53 that did not answer."""
    usual: dict[str, Any] = {
        "weights": None if target is None else {"source": 100 - target, "target": target},
        "writer": US,
        "lag_ms": 120.0,
        "alarms": QUIET,
        "state": "",
        "paused": (),
    }
    return Sample(seconds=seconds, **{**usual, **changes})


def event(seconds: float, name: str, detail: str = "") -> Event:
    return Event(seconds=seconds, name=name, detail=detail)


def check(name: str, *, passed: bool = True, detail: str = "") -> Check:
    return Check(name=name, passed=passed, detail=detail)


def chapter(samples: Sequence[Sample] = (), **changes: Any) -> Chapter:
    usual: dict[str, Any] = {
        "title": "Migration",
        "began": 0.0,
        "seconds": 60.0,
        "events": (),
        "checks": (),
        "outcome": "moved",
    }
    return Chapter(samples=tuple(samples), **{**usual, **changes})


def report(*chapters: Chapter, **changes: Any) -> Report:
    usual: dict[str, Any] = {
        "environment": "region-migration",
        "suffix": SUFFIX,
        "source": US,
        "target": EU,
        "began_at": "2026-03-14T09:26:53+00:00",
        "seconds": 754.2,
        "passed": True,
        "failure": "",
        "parts": (),
        "stacks": (),
        "refusals": (),
        "cannot_prove": (),
        "scaled": "",
    }
    return Report(chapters=chapters, **{**usual, **changes})


def looked(seconds: float, begin: float, state: str, target: int, **changes: Any) -> list[Sample]:
    """Return looks every half second, for so long."""
    return [
        sample(begin + step / 2, target, state=state, lag_ms=110.0 + step * 7 % 50, **changes)
        for step in range(int(seconds * 2))
    ]


def migration() -> Chapter:
    """0 to 100 in four phases, a question before the third and before the database."""
    shares = [(0, 1, "Begin"), (0, 2, "Propagation")]
    shares += [(25, 10, "Bake"), (25, 1, "Judge"), (50, 10, "Bake"), (50, 1, "Judge"), (50, 4, "AwaitPhase")]
    shares += [(75, 10, "Bake"), (75, 1, "Judge"), (100, 10, "Bake"), (100, 1, "Judge")]
    shares += [(100, 5, "AwaitSwitchover")]
    seen: list[Sample] = []
    for share, seconds, state in shares:
        seen += looked(seconds, len(seen) / 2, state, share)
    paused = (US, EU)
    seen += looked(1.5, len(seen) / 2, "Drain", 100, paused=paused)
    seen += looked(2, len(seen) / 2, "ObserveWriter", 100, paused=paused, writer="")
    swapped = {**QUIET, f"{EU} {LAG}": "INSUFFICIENT_DATA", f"{US} {LAG}": "OK"}
    seen += looked(8, len(seen) / 2, "BakeMoved", 100, writer=EU, alarms=swapped)
    return chapter(
        seen,
        title="Migration from us-east-1 to eu-west-1",
        began=331.0,
        seconds=len(seen) / 2 + 0.4,
        outcome="moved",
        events=(
            event(0.4, "started", "requested by rehearsal"),
            event(13.9, "phase-passed", "25"),
            event(24.8, "phase-passed", "50"),
            event(25.0, "waiting", "shift 75 % of the traffic to eu-west-1?"),
            event(28.9, "answered", "continue, by arn:aws:iam::123456789012:user/operator"),
            event(39.9, "phase-passed", "75"),
            event(50.8, "phase-passed", "100"),
            event(51.0, "shifted"),
            event(51.1, "waiting", "move the database's writer to eu-west-1?"),
            event(55.8, "answered", "continue, by arn:aws:iam::123456789012:user/operator"),
            event(67.2, "moved"),
            event(57.9, "state", "SwitchWriter"),
        ),
        checks=(
            check("Route 53 held 25, 50, 75 and 100 of 100", detail="0, 25, 50, 75, 100"),
            check("the writer is in eu-west-1", detail=EU),
            check("the checkpoint says moved", detail="moved, version 9"),
            check("no load balancer refuses writes"),
            check(
                "told: started, phase-passed (4), waiting, shifted, waiting, moved", detail="all, in order"
            ),
            check("a row written after the switchover was read back", detail="0.12 s"),
        ),
    )


def way_back() -> Chapter:
    """The writer first, then the weights."""
    seen = looked(1, 0, "Begin", 100, writer=EU)
    seen += looked(2, 1, "BackPause", 100, writer=EU, paused=(US, EU))
    seen += looked(3, 3, "BackAwaitWriter", 100, writer="", paused=(US, EU))
    seen += looked(1, 6, "BackResume", 100)
    seen += looked(3, 7, "RestoreTraffic", 0)
    return chapter(
        seen,
        title="Rollback after the switchover",
        began=402.0,
        seconds=10.3,
        outcome="rolled-back",
        events=(event(0.6, "rolling-back", "as asked"), event(9.8, "rolled-back")),
        checks=(
            check(
                "the writer came first, then the weights",
                detail="3 looks: source 0 and target 100",
            ),
            check("Route 53 holds source 100 and target 0", detail="source 100 and target 0"),
            check("the plan of every stack is empty", detail="11 stacks"),
        ),
    )


def fault() -> Chapter:
    """An alarm at half of the traffic: everything goes back."""
    bad = {**QUIET, f"{EU} {HOSTS}": "ALARM"}
    seen = looked(1, 0, "Propagation", 0)
    seen += looked(10, 1, "Bake", 25) + looked(1, 11, "Judge", 25)
    seen += looked(4, 12, "Bake", 50) + looked(6, 16, "Bake", 50, alarms=bad)
    seen += [sample(22, None, state="RollBack", alarms=bad, lag_ms=None)]
    seen += looked(4, 22.5, "RestoreTraffic", 0, alarms=bad) + looked(3, 26.5, "", 0)
    return chapter(
        seen,
        title="Fault alarm@50: too few healthy targets in eu-west-1",
        began=471.0,
        seconds=29.5,
        outcome="MigrationRolledBack",
        events=(
            event(0.3, "started"),
            event(11.9, "phase-passed", "25"),
            event(13.0, "fault injected", "one healthy target is reported in eu-west-1"),
            event(21.9, "rolling-back", "alarm-healthy-hosts-abc123 in eu-west-1 is in ALARM"),
            event(22.4, "rolled-back"),
            event(26.4, "fault removed"),
        ),
        checks=(
            check("it ends as MigrationRolledBack", detail="MigrationRolledBack"),
            check("Route 53 holds source 100 and target 0", detail="source 100 and target 0"),
            check("the checkpoint says rolled-back", detail="rolled-back"),
            check("told: rolling-back, rolled-back", detail="rolling-back, rolled-back"),
        ),
    )


def whole(**changes: Any) -> Report:
    """The rehearsal, from nothing to teardown."""
    regional = ("foundation", "routing", "database", "service")
    stacks = [StackLine(address="global/domain", resources=4, result="applied", seconds=7.2)]
    for region in (US, EU):
        stacks += [
            StackLine(address=f"{region}/{name}", resources=9 + 4 * place, result="applied", seconds=41.5)
            for place, name in enumerate(regional)
        ]
    stacks += [
        StackLine(address="global/traffic", resources=2, result="applied", seconds=6.1),
        StackLine(address=f"{EU}/migration", resources=17, result="applied", seconds=12.9),
    ]
    usual: dict[str, Any] = {
        "stacks": tuple(stacks),
        "parts": (
            Part(title="Embedded AWS and synthesis", seconds=38.1),
            Part(
                title="What an account has before a rollout: secrets, images, the state bucket", seconds=2.3
            ),
            Part(title="Rollout", seconds=214.0),
            Part(title="A second plan of every stack is empty", seconds=71.4),
            Part(title="Migration", seconds=67.9),
            Part(title="Rollback after the switchover", seconds=10.3),
            Part(title="Fault alarm@50", seconds=29.5),
            Part(title="Teardown", seconds=189.2),
        ),
        "refusals": (
            "migrate.start, while the certificate of eu-west-1 was not issued: 6 reasons at once",
            "migrate.switchover, before all of the traffic was in eu-west-1",
        ),
        "cannot_prove": (
            "Whether clients follow DNS: nobody resolves the record, and caches are not rehearsed.",
            "How long Aurora takes to move its writer; here it is two seconds.",
            "Permissions: the embedded AWS allows everything, the policies are read by tests only.",
        ),
        "scaled": "A minute of an alarm lasts 3 seconds; phases bake 10 seconds instead of 5 minutes.",
    }
    return report(migration(), way_back(), fault(), **{**usual, **changes})
