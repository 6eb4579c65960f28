"""The steps of every way, in their order: what each does, and what undoes it. Pure.

A step's stage and name are written down before its deed, so after a kill the noted step is done again, and
those after it. That is why every deed can be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.operations.cutover import stages


@dataclass(frozen=True, kw_only=True)
class Step:
    """One deed."""

    name: str
    stage: str
    """Written down before it."""
    does: str
    undone_by: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """Steps, and what is written down after the last one."""

    name: str
    steps: tuple[Step, ...]
    ends: str
    """Stage."""

    def after(self, stage: str, name: str) -> tuple[Step, ...]:
        """Return what remains from a noted stage and step on; from the stage's first when it is not known."""
        for number, step in enumerate(self.steps):
            if (step.stage, step.name) == (stage, name):
                return self.steps[number:]
        order = [step.stage for step in self.steps]
        return self.steps[order.index(stage) :] if stage in order else self.steps

    def step(self, name: str) -> Step:
        """Return a step by its name."""
        return next(step for step in self.steps if step.name == name)


_UNWOUND = "`cutover.rollback`: the source is opened, the reverse task stopped, the forward task goes on"
_UNWOUND_BACK = "Aurora is opened, the source frozen again, the reverse task goes on"
_NOTHING = "nothing has to be undone"
_ROLLBACK = "`cutover.rollback`: Aurora is frozen and drained, and the name moves back"

START = Way(
    name="start",
    ends=stages.CUT_OVER,
    steps=(
        Step(
            name="prepare",
            stage=stages.READY,
            does="has Aurora look at its rows (ANALYZE), so that it plans well from the first query on",
            undone_by=_NOTHING,
        ),
        Step(
            name="snapshot",
            stage=stages.READY,
            does="takes a snapshot of Aurora, and waits for it",
            undone_by="the snapshot may be deleted",
        ),
        Step(
            name="freeze",
            stage=stages.FREEZING,
            does="lets nobody but DMS and the operator connect to the source or write, and ends sessions",
            undone_by=_UNWOUND,
        ),
        Step(
            name="drain",
            stage=stages.DRAINING,
            does="waits until rows written after the freeze are in Aurora, all is valid, counts are equal",
            undone_by=_UNWOUND,
        ),
        Step(
            name="stop-forward",
            stage=stages.DRAINING,
            does="stops the forward task",
            undone_by=_UNWOUND,
        ),
        Step(
            name="sequences",
            stage=stages.DRAINING,
            does="sets Aurora's sequences beyond the source's",
            undone_by=_NOTHING,
        ),
        Step(
            name="open-aurora",
            stage=stages.DRAINING,
            does="opens Aurora, if it was frozen, and looks whether constraints and triggers are in place",
            undone_by="as nothing leads to Aurora yet, nobody writes there",
        ),
        Step(
            name="start-reverse",
            stage=stages.DRAINING,
            does="starts the reverse task, before Aurora's first write",
            undone_by=_UNWOUND,
        ),
        Step(
            name="prove-reverse",
            stage=stages.DRAINING,
            does="writes a row into Aurora and waits until the reverse task has brought it to the source",
            undone_by=_UNWOUND,
        ),
        Step(
            name="move",
            stage=stages.DRAINED,
            does="has the function `cutover` move the write name to Aurora",
            undone_by=_ROLLBACK,
        ),
        Step(
            name="settle",
            stage=stages.MOVED,
            does="waits until no resolver keeps the old answer",
            undone_by=_ROLLBACK,
        ),
        Step(
            name="canary",
            stage=stages.MOVED,
            does="writes a row into Aurora, and sees it in the source",
            undone_by=_ROLLBACK,
        ),
    ),
)

UNWIND = Way(
    name="unwind",
    ends=stages.READY,
    steps=(
        Step(
            name="open-source",
            stage=stages.UNWINDING,
            does="opens the source again: the pause of writes ends here",
            undone_by="`cutover.start`",
        ),
        Step(
            name="stop-reverse",
            stage=stages.UNWINDING,
            does="stops the reverse task",
            undone_by="`cutover.start`",
        ),
        Step(
            name="forget-proofs",
            stage=stages.UNWINDING,
            does="deletes rows from Aurora that only proved the way back",
            undone_by=_NOTHING,
        ),
        Step(
            name="resume-forward",
            stage=stages.UNWINDING,
            does="lets the forward task go on from where it was stopped",
            undone_by="`cutover.start`",
        ),
    ),
)

ROLLBACK = Way(
    name="rollback",
    ends=stages.ROLLED_BACK,
    steps=(
        Step(
            name="freeze-aurora",
            stage=stages.FREEZING_BACK,
            does="lets nobody but DMS and the operator connect to Aurora or write, and ends sessions",
            undone_by=_UNWOUND_BACK,
        ),
        Step(
            name="drain-back",
            stage=stages.DRAINING_BACK,
            does="waits until rows written after the freeze are in the source, and counts are equal",
            undone_by=_UNWOUND_BACK,
        ),
        Step(
            name="stop-reverse",
            stage=stages.DRAINING_BACK,
            does="stops the reverse task",
            undone_by=_UNWOUND_BACK,
        ),
        Step(
            name="sequences-back",
            stage=stages.DRAINING_BACK,
            does="sets the source's sequences beyond Aurora's",
            undone_by=_NOTHING,
        ),
        Step(
            name="open-source",
            stage=stages.DRAINED_BACK,
            does="opens the source",
            undone_by="nothing: the source may be written to from then on, and the rollback only goes on",
        ),
        Step(
            name="return",
            stage=stages.DRAINED_BACK,
            does="has the function `cutover` move the write name to the source",
            undone_by="a second cutover, after a new full load",
        ),
        Step(
            name="settle-back",
            stage=stages.RETURNED,
            does="waits until no resolver keeps the old answer",
            undone_by="a second cutover, after a new full load",
        ),
        Step(
            name="canary-back",
            stage=stages.RETURNED,
            does="writes a row into the source",
            undone_by=_NOTHING,
        ),
    ),
)

UNWIND_BACK = Way(
    name="unwind-back",
    ends=stages.CUT_OVER,
    steps=(
        Step(
            name="freeze-source",
            stage=stages.UNWINDING_BACK,
            does="freezes the source again, if it was opened",
            undone_by="`cutover.rollback`",
        ),
        Step(
            name="resume-reverse",
            stage=stages.UNWINDING_BACK,
            does="lets the reverse task go on from where it was stopped",
            undone_by="`cutover.rollback`",
        ),
        Step(
            name="open-aurora",
            stage=stages.UNWINDING_BACK,
            does="opens Aurora again: the pause of writes ends here",
            undone_by="`cutover.rollback`",
        ),
    ),
)

FINISH = Way(
    name="finish",
    ends=stages.FINISHED,
    steps=(
        Step(
            name="stop-reverse-for-good",
            stage=stages.FINISHING,
            does="stops the reverse task: from then on the source is out of date",
            undone_by="nothing: from then on every way back loses what was written meanwhile",
        ),
    ),
)

WAYS = (START, UNWIND, ROLLBACK, UNWIND_BACK, FINISH)
