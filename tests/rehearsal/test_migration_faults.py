"""How faults are put into a migration; where each ends is seen by `invoke rehearse --fault all`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from shared.operations.migration.facts import Checkpoint, Running, Topology, Weights
from shared.rehearsal import migration, migration_faults
from shared.rehearsal.chapters import Chapters
from shared.rehearsal.faults import chosen
from shared.rehearsal.journeys import AnyJourney
from shared.rehearsal.migration_faults import FAULTS, Fault
from shared.rehearsal.scenario import RehearsalFailedError

US, EU = "us-east-1", "eu-west-1"


def topology(target: int = 0, state: str = "Bake", stage: str = "rolled-back") -> Topology:
    return Topology(
        source=US,
        target=EU,
        weights=Weights(source=100 - target, target=target),
        checkpoint=Checkpoint(stage=stage),
        running=Running(arn="arn", name="x", state=state, since=datetime.now(UTC), waits=False),
    )


def note(event: str) -> dict[str, Any]:
    return {"event": event, "at": datetime.now(UTC).isoformat(), "phase": 50, "reasons": []}


class Controls:
    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def fail(self, *words: Any, **more: Any) -> None:
        self.asked.append((*words, more.get("count")))

    def clear(self) -> None:
        self.asked.append(("clear",))


class Journey:
    """As much of a journey as faults touch; `operate` is what an operation does."""

    def __init__(self) -> None:
        self.chapters = Chapters()
        self.controls = Controls()
        self.telemetry = SimpleNamespace(healthy_hosts={}, lag_ms=None)
        self.handles = SimpleNamespace(source=SimpleNamespace(region=US), target=SimpleNamespace(region=EU))
        self.now = topology()
        self.notes: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.calls: list[str] = []
        states = SimpleNamespace(stop_execution=lambda **more: self.stopped.append(more["executionArn"]))
        clients = SimpleNamespace(client=lambda *_: states)
        self.rehearsal = SimpleNamespace(
            deployment=SimpleNamespace(clients=clients),
            console=Console(quiet=True),
            plan_again=lambda: self.calls.append("plan"),
        )

    def operator(self, *, follow: str = "end", seen: Any = None) -> Any:
        return SimpleNamespace(follow=follow, seen=seen)

    def topology(self) -> Topology:
        return self.now

    def told(self) -> list[dict[str, Any]]:
        return self.notes

    def open(self) -> None:
        self.calls.append("open")

    def close(self) -> None:
        self.calls.append("close")

    def wait_for_alarms(self) -> None:
        self.calls.append("alarms")

    framed = AnyJourney.framed


@pytest.fixture
def journey() -> Journey:
    return Journey()


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Operations that do what a test says: each gets the operator and the request's changes."""
    acts: dict[str, Any] = {}

    def doing(name: str) -> Any:
        def run(operator: Any, request: Any = None, **more: Any) -> Any:
            return SimpleNamespace(outcome=acts[name](operator, request, more))

        return SimpleNamespace(run=run)

    for name in ("start", "approve", "abort", "rollback"):
        monkeypatch.setattr(migration_faults, name, doing(name))
    return acts


def fault(name: str) -> Fault:
    return next(one for one in FAULTS if one.name == name)


def test_what_each_fault_does(journey: Journey):
    for name in ("alarm@50", "lag@75", "gate-error@25", "throttle@25", "crash@switchover", "lost-approval"):
        fault(name).act(journey)  # type: ignore[arg-type]
    assert journey.telemetry.healthy_hosts == {EU: 1}
    assert journey.telemetry.lag_ms == 5000
    assert [words[:2] for words in journey.controls.asked] == [
        ("cloudwatch", "GetMetricData"),
        ("route53", "ChangeResourceRecordSets"),
    ]
    assert journey.stopped == ["arn"]
    with pytest.raises(KeyboardInterrupt):
        fault("operator-abort@75").act(journey)  # type: ignore[arg-type]
    journey.now = replace(topology(), running=None)
    fault("crash@switchover").act(journey)  # type: ignore[arg-type]
    assert journey.stopped == ["arn"]


def test_a_fault_happens_once_at_its_moment(journey: Journey, operations: dict[str, Any]):
    def start(operator: Any, *_: Any) -> str:
        for seen in (topology(25), topology(50, "Judge"), topology(50), topology(50)):
            operator.seen(seen)
            journey.calls.append(str(journey.telemetry.healthy_hosts))
        return "MigrationRolledBack"

    operations["start"] = start
    journey.notes = [note("rolling-back"), note("rolled-back")]
    journey.now = replace(topology(), running=None)
    with pytest.raises(RehearsalFailedError, match="the writer is in us-east-1"):
        migration_faults.suffer(journey, fault("alarm@50"))  # type: ignore[arg-type]
    assert journey.calls == ["{}", "{}", "{'eu-west-1': 1}", "{'eu-west-1': 1}"]
    (chapter,) = journey.chapters.written
    assert [event.name for event in chapter.events].count("fault") == 1
    # the fake has no database, so only the writer is not where it has to be
    assert [check.name for check in chapter.checks if not check.passed] == ["the writer is in us-east-1"]


def test_the_question_before_the_switchover_is_answered_unless_its_silence_is_the_fault(
    journey: Journey, operations: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    follows = []

    def start(operator: Any, request: Any, _: Any) -> str:
        follows.append((operator.follow, request.approval_timeout_seconds))
        return "waiting" if operator.follow == "question" else "MigrationHeld"

    operations["start"] = start
    operations["approve"] = lambda operator, *_: operator.seen(topology(100, "WriterObserve")) or "Crash"
    monkeypatch.setattr(migration_faults, "checked", lambda *_, **more: journey.calls.append(more))
    migration_faults.suffer(journey, fault("lost-approval"))  # type: ignore[arg-type]
    resumed = replace(fault("crash@switchover"), then=lambda _: "moved")
    migration_faults.suffer(journey, resumed)  # type: ignore[arg-type]
    assert follows == [("end", 3), ("question", None)]
    assert [call["outcome"] for call in journey.calls] == [  # type: ignore[index]
        ("MigrationHeld", "MigrationHeld"),
        ("moved", "moved"),
    ]
    assert journey.stopped == ["arn"]


def test_what_the_operator_does_after_a_fault(journey: Journey, operations: dict[str, Any]):
    operations["abort"] = lambda *_: "rolled-back"
    operations["start"] = lambda *_: "moved"
    assert fault("operator-abort@75").then(journey) == "rolled-back"  # type: ignore[misc,arg-type]
    assert fault("crash@switchover").then(journey) == "moved"  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(("stage", "rolled"), [("moved", True), ("held", True), ("rolled-back", False)])
def test_afterwards_everything_is_taken_back(
    journey: Journey,
    operations: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    rolled: bool,
):
    operations["rollback"] = lambda *_: journey.calls.append("rollback") or "rolled-back"
    waited: list[float] = []
    monkeypatch.setattr(migration_faults.time, "sleep", waited.append)
    journey.telemetry.healthy_hosts[EU] = 1
    journey.telemetry.lag_ms = 5000
    journey.now = topology(stage=stage)
    migration_faults.restore(journey)  # type: ignore[arg-type]
    assert journey.telemetry == SimpleNamespace(healthy_hosts={}, lag_ms=None)
    assert journey.controls.asked == [("clear",)]
    assert journey.calls == [*(["rollback"] if rolled else []), "alarms"]
    assert waited == [60]
    migration_faults.restore(journey)  # type: ignore[arg-type]
    assert waited == [60]


def test_each_fault_is_followed_by_an_empty_plan_and_the_way_back(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(migration_faults, "suffer", lambda _, one: journey.calls.append(one.name))
    monkeypatch.setattr(migration_faults, "restore", lambda _: journey.calls.append("restore"))
    two = chosen(("alarm@50", "lag@75"), FAULTS)
    for _, part in migration_faults.parts(journey, two):  # type: ignore[arg-type]
        part(journey.rehearsal)  # type: ignore[arg-type]
    assert journey.calls == ["open", "alarm@50", "plan", "restore", "lag@75", "plan", "restore", "close"]


def test_an_outcome_that_is_another_fails_with_everything_that_is_wrong(journey: Journey):
    journey.now = replace(topology(), weights=None)
    chapter = journey.chapters.chapter("x")
    with chapter as draft, pytest.raises(RehearsalFailedError) as failed:
        migration.checked(
            draft,
            journey,  # type: ignore[arg-type]
            outcome=("MigrationHeld", "moved"),
            weights=migration.MOVED,
            writer=EU,
            stage="moved",
            told=["moved"],
        )
    assert "it ends as moved: MigrationHeld" in str(failed.value)
    assert "Route 53 holds source 0 and target 100: nothing" in str(failed.value)
