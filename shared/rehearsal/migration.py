"""The migration's parts of a rehearsal: there, and all the way back."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from shared.operations.migration import approve, rollback, start
from shared.rehearsal.journey import Journey, request
from shared.rehearsal.journeys import act
from shared.rehearsal.scenario import RehearsalFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shared.operations.migration.facts import Topology
    from shared.operations.migration.operator import Result
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.report.model import Sample
    from shared.rehearsal.scenario import Part

BEGINNING = {"source": 100, "target": 0}
MOVED = {"source": 0, "target": 100}


def parts(journey: Journey) -> tuple[Part, ...]:
    """Return the parts, to be gone through after the rollout."""
    home, away = journey.rehearsal.regions
    return journey.framed(
        ("Preflight and traffic shift", act(lambda: shift(journey))),
        ("The plan of every stack is empty after the shift", act(journey.rehearsal.plan_again)),
        (f"Approval, and the database moves from {home} to {away}", act(lambda: switchover(journey))),
        ("The plan of every stack is empty after the switchover", act(journey.rehearsal.plan_again)),
        ("Rollback: the writer first, then the weights", act(lambda: back(journey))),
        ("The plan of every stack is empty after the rollback", act(journey.rehearsal.plan_again)),
    )


def shift(journey: Journey) -> None:
    """Start, and follow the traffic until the machine asks for the database."""
    with journey.chapters.chapter("Traffic shift") as draft:
        result = start.run(journey.operator(follow="question", seen=_phases(draft)), request())
        draft.outcome = result.outcome
        checked(
            draft,
            journey,
            outcome=(result.outcome, "waiting"),
            weights=MOVED,
            writer=journey.handles.source.region,
            stage="shifted",
            told=["started", *["phase-passed"] * len(_settings(journey)), "waiting"],
        )


def switchover(journey: Journey) -> None:
    """Answer the question, and follow the writer."""
    with journey.chapters.chapter("Database switchover") as draft:
        result = approve.run(journey.operator(seen=_states(draft)), answer="continue", comment="rehearsal")
        draft.outcome = result.outcome
        checked(
            draft,
            journey,
            outcome=(result.outcome, "moved"),
            weights=MOVED,
            writer=journey.handles.target.region,
            stage="moved",
            told=["moved"],
        )


def back(journey: Journey) -> None:
    """Go back after the switchover, and show in which order."""
    with journey.chapters.chapter("Rollback after the switchover") as draft:
        result = rollback.run(journey.operator(seen=_states(draft)), request(reason="rehearsal"))
        draft.outcome = result.outcome
        came_first, detail = writer_first(draft.samples, journey.handles.source.region)
        draft.check("the writer came first, then the weights", passed=came_first, detail=detail)
        returned(draft, journey, result, outcome="rolled-back")


def writer_first(samples: Sequence[Sample], home: str) -> tuple[bool, str]:
    """Say whether the weights stayed where they were until the writer was seen at home, and what was seen."""
    away = [sample for sample in takewhile(lambda sample: sample.writer != home, samples) if sample.weights]
    arrived = any(sample.writer == home for sample in samples)
    seen = sorted({_shown(sample.weights) for sample in away if sample.weights})
    detail = f"{len(away)} looks while it was away: {'; '.join(seen)}"
    return arrived and bool(away) and all(sample.weights == MOVED for sample in away), detail


def returned(draft: Draft, journey: Journey, result: Result, *, outcome: str) -> None:
    """Check that everything is as it was found."""
    checked(
        draft,
        journey,
        outcome=(result.outcome, outcome),
        weights=BEGINNING,
        writer=journey.handles.source.region,
        stage="rolled-back",
        told=["rolling-back", "rolled-back"],
    )


def checked(
    draft: Draft,
    journey: Journey,
    *,
    outcome: tuple[str, str],
    weights: dict[str, int],
    writer: str,
    stage: str,
    told: list[str],
) -> None:
    """Look at everything once more, note what is right and what is not. Raises RehearsalFailedError."""
    now = journey.topology()
    found = {"source": now.weights.source, "target": now.weights.target} if now.weights else {}
    notes = journey.told()
    for note in notes:
        draft.told(note)
    last = [note["event"] for note in notes][-len(told) :]
    draft.check(f"it ends as {outcome[1]}", passed=outcome[0] == outcome[1], detail=outcome[0])
    draft.check(f"Route 53 holds {_shown(weights)}", passed=found == weights, detail=_shown(found))
    draft.check(f"the writer is in {writer}", passed=now.writer == writer, detail=now.writer)
    draft.check(f"the checkpoint says {stage}", passed=now.stage == stage, detail=now.stage)
    draft.check("no load balancer refuses writes", passed=not now.paused, detail=", ".join(now.paused))
    draft.check(f"told: {', '.join(told)}", passed=last == told, detail=", ".join(last))
    for check in draft.checks:
        sign = "[green]right[/]" if check.passed else "[red]wrong[/]"
        journey.rehearsal.console.print(f"{sign}  {check.name}", highlight=False)
    if draft.failed:
        wrong = "; ".join(f"{check.name}: {check.detail}" for check in draft.failed)
        raise RehearsalFailedError(f"{draft.title}: {wrong}")


def _shown(weights: Mapping[str, int]) -> str:
    return " and ".join(f"{side} {weight}" for side, weight in weights.items()) or "nothing"


def _settings(journey: Journey) -> tuple[int, ...]:
    return journey.environment.migration.phases


def _phases(draft: Draft) -> Callable[[Topology], None]:
    """Note each new share of traffic that Route 53 holds."""
    shares: list[float] = []

    def see(topology: Topology) -> None:
        share = topology.share
        if share is not None and share not in shares[-1:]:
            shares.append(share)
            draft.event(f"{share:g} %", f"of the traffic in {topology.target}")

    return see


def _states(draft: Draft) -> Callable[[Topology], None]:
    """Note each new state of the machine."""
    names: list[str] = []

    def see(topology: Topology) -> None:
        name = topology.running.state if topology.running else ""
        if name and name not in names[-1:]:
            names.append(name)
            draft.event("state", name)

    return see
