"""Carries steps out, each after its note; takes back what was begun when one fails before the name moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import UserError
from shared.operations.common.operator import EXIT_INTERRUPTED, EXIT_OK, EXIT_OTHERWISE
from shared.operations.cutover import naming, stages
from shared.operations.cutover.database import DatabaseError
from shared.operations.cutover.deeds import DEEDS
from shared.operations.cutover.failing import StepFailedError
from shared.operations.cutover.moves import Course
from shared.operations.cutover.notes import ChangedMeanwhileError
from shared.operations.cutover.sequence import UNWIND, UNWIND_BACK

if TYPE_CHECKING:
    from shared.operations.cutover.sequence import Step, Way
    from shared.operations.cutover.work import Work

_FAILURES = (StepFailedError, DatabaseError, UserError, BotoCoreError, ClientError)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How it ended."""

    outcome: str
    exit_code: int
    said: tuple[str, ...]


def run(work: Work, course: Course) -> Ending:
    """Carry out what remains of a way, and say how it ended.

    Raises ChangedMeanwhileError when somebody else wrote the state: nothing is taken back then.
    """
    try:
        _carry_out(work, course)
    except ChangedMeanwhileError:
        raise
    except _FAILURES as error:
        return _failed(work, course.way, error)
    except KeyboardInterrupt:
        return _interrupted(work)
    return Ending(outcome=work.note.stage, exit_code=EXIT_OK, said=_pause(work, course.way))


def _carry_out(work: Work, course: Course) -> None:
    for step in course.steps:
        if to_be_noted(work.note.stage, work.note.step, step):
            work.write(step.stage, step.name)
        if work.operator.at_step:
            work.operator.at_step(step)
        work.say(f"{step.name}: {step.does}")
        DEEDS[course.way.name, step.name](work)
    # the next attempt has a name of its own
    work.write(course.way.ends, "", **({"attempt": None} if course.way is UNWIND else {}))


def to_be_noted(stage: str, noted: str, step: Step) -> bool:
    """Return whether a step is written down before its deed, when `noted` of `stage` is what stands there.

    The function's own note is left as it is: it says that the name may have been moved, and only the
    function finds out. A note that stands is not written twice, as its time is when the step was begun;
    that everything is drained is only as good as it is new.
    """
    if (stage, step.stage) in {(stages.MOVING, stages.DRAINED), (stages.RETURNING, stages.DRAINED_BACK)}:
        return False
    return (stage, noted) != (step.stage, step.name) or step.stage in {stages.DRAINED, stages.DRAINED_BACK}


def _failed(work: Work, way: Way, error: Exception) -> Ending:
    why, stage, version = str(error), work.note.stage, work.note.version
    try:
        work.note = work.notes.read()
    except _FAILURES as silent:
        return _stopped(why, f"the state cannot be read: {silent}")
    back = _taken_back_by(work.note.stage)
    if back and (work.note.stage, work.note.version) != (stage, version):
        # another process goes on with the same cutover: what it needs is not taken from it
        raise ChangedMeanwhileError(f"{why}; and somebody else is at it: {work.note.stage}, {work.note.step}")
    if back is None or back is way:
        return _stopped(why, f"{way.name} stopped at {work.note.stage}, {work.note.step or 'its beginning'}")
    if work.note.stage == stages.DRAINED and (moved := naming.astray(work)):
        return _stopped(why, f"{way.name} stopped at {work.note.stage}: {moved}; the source is not opened")
    work.say(f"failed: {why}")
    ending = run(work, Course(way=back, steps=back.steps))
    if ending.exit_code != EXIT_OK:
        return Ending(outcome=ending.outcome, exit_code=EXIT_OTHERWISE, said=(why, *ending.said))
    return Ending(
        outcome=work.note.stage, exit_code=EXIT_OTHERWISE, said=(why, _TAKEN_BACK[back.name], *ending.said)
    )


def _stopped(*said: str) -> Ending:
    return Ending(outcome="stopped", exit_code=EXIT_OTHERWISE, said=said)


_TAKEN_BACK = {
    UNWIND.name: "the source is open again, and the forward task goes on",
    UNWIND_BACK.name: "Aurora is open again, and the reverse task goes on",
}


def _taken_back_by(stage: str) -> Way | None:
    if stage in stages.NOT_MOVED:
        return UNWIND
    return UNWIND_BACK if stage in stages.NOT_RETURNED else None


def _interrupted(work: Work) -> Ending:
    where = f"{work.note.stage}, {work.note.step}"
    said = f"interrupted at {where}: what was done stays; the command goes on with it"
    return Ending(outcome="interrupted", exit_code=EXIT_INTERRUPTED, said=(said,))


def _pause(work: Work, way: Way) -> tuple[str, ...]:
    """Return how long writes paused, at the end of a way."""
    begun, ended = work.kept("frozen_at"), work.kept("moved_at")
    if not begun:
        return ()
    moved = ended and way.name not in _TAKEN_BACK
    until = datetime.fromisoformat(ended) if moved else datetime.now(UTC)
    seconds = (until - datetime.fromisoformat(begun)).total_seconds()
    return (f"writes paused for about {seconds:.0f} s",)
