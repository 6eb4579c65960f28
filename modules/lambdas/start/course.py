"""Where an execution begins: a pure decision from the request, the checkpoint and what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .checkpoint import UNFINISHED, Checkpoint, Found
from .errors import InputRefused
from .present import Present
from .request import Request

FULL = 100
"""The share at which the target has all the traffic, in per cent."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One phase of the shift."""

    target: int
    source: int
    approval: bool
    """A person is asked before."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the state machine does."""

    go: str
    """`shift`, `ask_switchover`, `switchover`, `rollback` or `finished`."""
    found: Found
    """What a rollback returns to."""
    why: str
    """A sentence for people."""
    steps: tuple[Step, ...] = field(default=())
    switchover: bool = False
    """The database follows after the last step."""
    resumed: bool = False
    """It goes on with what an earlier execution had begun; a `switchover` was approved then."""


def decide(request: Request, checkpoint: Checkpoint, present: Present, *, target: str) -> Course:
    """Return the course. Raises InputRefused with every reason against it.

    `target` is the region that is moved to. Records that are not known are refused by the caller; a
    rollback goes on whatever the weights and the writer are, because it is what mends them.
    """
    stage, found = checkpoint.stage, checkpoint.found
    if found is not None and (stage == "rolling-back" or request.action == "rollback"):
        asked = "asked for" if request.action == "rollback" else "begun by an earlier execution"
        why = f"rollback, {asked}: back to what was found (the checkpoint is at {stage})"
        return Course(go="rollback", found=found, resumed=True, why=why)
    if request.action == "rollback":
        raise InputRefused([f"there is nothing to roll back: the checkpoint is at {stage}"])
    if found is not None and stage == "switching":
        why = "an earlier execution was stopped in the approved switchover, which is finished first"
        return Course(go="switchover", found=found, switchover=True, resumed=True, why=why)
    reasons = [*_against_any(present)]
    if request.action == "switchover":
        reasons += _against_switchover(present)
    if reasons:
        raise InputRefused(reasons)
    resumed = found if stage in UNFINISHED else None
    begin = resumed or Found(weights=present.weights, writer=present.writer)
    if request.action == "switchover":
        return _switchover(present, begin, target)
    return _migrate(request, present, begin, target, phase=checkpoint.phase if resumed else None)


def steps_of(request: Request, share: float, phase: int | None) -> tuple[Step, ...]:
    """Return the phases that remain above the target's `share` (per cent).

    `phase` is the one of an execution that is resumed: it is done again, unless the request ends
    below it. A person is asked before each step that reaches or passes one of `approve_phases`.
    """
    if phase and phase <= request.phases[-1]:
        targets = [phase, *(one for one in request.phases if one > phase)]
    else:
        targets = [one for one in request.phases if one > share]
    return _with_approvals(targets, request.approve_phases, share)


def share_of(present: Present) -> float:
    """Return the target's share of the traffic, in per cent; 0 when no record has a weight."""
    everything = sum(present.weights.values())
    return FULL * present.weights["target"] / everything if everything else 0


def _with_approvals(targets: Sequence[int], approvals: Sequence[int], share: float) -> tuple[Step, ...]:
    steps = []
    before = share
    for one in targets:
        below = min(before, one - 1)  # a phase that is done again is asked about again
        approval = any(below < asked <= one for asked in approvals)
        steps.append(Step(target=one, source=FULL - one, approval=approval))
        before = one
    return tuple(steps)


def _against_any(present: Present) -> list[str]:
    reasons = [present.nobody_writes] if present.nobody_writes else []
    if not any(present.weights.values()):
        reasons.append("both weights are 0: Route 53 then answers as if they were equal; set one first")
    if present.changing:
        reasons.append("the global database is being switched or failed over: wait until it is available")
    return reasons


def _against_switchover(present: Present) -> list[str]:
    share = share_of(present)
    if share == FULL:
        return []
    return [f"the target has {share:g} % of the traffic: the database follows when it has {FULL} %"]


def _switchover(present: Present, found: Found, target: str) -> Course:
    if present.writer == target:
        return Course(go="finished", found=found, why=f"the database writes in {target} already")
    why = f"the operator asked for the switchover from {present.writer} to {target}"
    return Course(go="switchover", found=found, switchover=True, why=why)


def _migrate(request: Request, present: Present, found: Found, target: str, *, phase: int | None) -> Course:
    share = share_of(present)
    steps = steps_of(request, share, phase)
    reached = steps[-1].target if steps else share
    switchover = request.switchover and reached == FULL and present.writer != target
    resumed = phase is not None
    if steps:
        afterwards = ", then the database" if switchover else ""
        go, why = "shift", f"from {share:g} % to {reached:g} % in {len(steps)} phases{afterwards}"
    elif switchover:
        go, why = "ask_switchover", f"the target has all the traffic; {present.writer} still writes"
    else:
        go, why = "finished", f"the target has {share:g} % of the traffic and nothing remains to be done"
    if resumed:
        why = f"resumed: {why}"
    return Course(go=go, found=found, steps=steps, switchover=switchover, resumed=resumed, why=why)
