"""What is done: a pure decision from the question, the state, the weights and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .question import Question
from .state import DRAINED, DRAINED_BACK, MOVED, MOVING, RETURNED, RETURNING
from .weights import AURORA, ON_PREMISES


@dataclass(frozen=True, kw_only=True)
class Way:
    """One direction."""

    found: Mapping[str, int]
    """Weights before."""
    wanted: Mapping[str, int]
    drained: str
    under_way: str
    done: str


WAYS = {
    "cutover": Way(found=ON_PREMISES, wanted=AURORA, drained=DRAINED, under_way=MOVING, done=MOVED),
    "rollback": Way(
        found=AURORA, wanted=ON_PREMISES, drained=DRAINED_BACK, under_way=RETURNING, done=RETURNED
    ),
}


@dataclass(frozen=True, kw_only=True)
class Course:
    """What to do now."""

    go: str
    """`move`, `confirm` (it was moved, and not noted), `ask` (a person), `tell` (why not), `nothing`."""
    why: str
    reasons: tuple[str, ...] = ()


def decide(
    question: Question, stage: str, weights: Mapping[str, int], *, mode: str, reasons: Sequence[str]
) -> Course:
    """Return the course. `reasons` speak against it; with one of them nothing moves."""
    way = WAYS[question.action]
    if weights == way.wanted and stage == way.done:
        return Course(go="nothing", why=f"it is done already: {stage}")
    if weights == way.wanted and stage == way.under_way:
        return Course(go="confirm", why="the name was moved, and the state does not say so yet")
    against = _strange(way, stage, weights) or [*_left(question, stage, way), *reasons]
    if against:
        return _against(question, stage, way, against)
    if stage == way.drained and not question.person and mode == "approval":
        return Course(go="ask", why="everything is ready; a person has to say so")
    return Course(go="move", why=question.by if stage == way.drained else f"resumed: {question.by}")


def _strange(way: Way, stage: str, weights: Mapping[str, int]) -> list[str]:
    """Return why this way cannot be gone from here, whatever else is well."""
    if weights == way.wanted:
        return [f"the weights are {dict(weights)} already, and the state is {stage}: somebody moved them"]
    if weights != way.found:
        return [f"the weights are {dict(weights)}, not {dict(way.found)}"]
    if stage not in {way.drained, way.under_way}:
        return [f"the state is {stage}, not {way.drained}"]
    return []


def _left(question: Question, stage: str, way: Way) -> list[str]:
    """Return why an event does not go on with a move that was stopped: what it stood on may be undone."""
    if question.person or stage != way.under_way:
        return []
    return [f"the state is {stage}: a move was stopped before the name moved; a person goes on with it"]


def _against(question: Question, stage: str, way: Way, reasons: Sequence[str]) -> Course:
    """Return that nothing moves. Somebody waits for it only once everything was drained: then it is told."""
    waiting = stage in {way.drained, way.under_way}
    go = "tell" if waiting and not question.person else "nothing"
    return Course(go=go, why="refused", reasons=tuple(reasons))
