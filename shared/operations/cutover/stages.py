"""How far a cutover is: the words in `/migration/SUFFIX/state`.

`drained`, `moving`, `moved` and `drained-back`, `returning`, `returned` are the words of the function
`cutover`, which moves the name; the others are the operator's.
"""

from __future__ import annotations

REPLICATING = "replicating"
"""The forward task copies, or waits for its start; the data centre is written to."""
READY = "ready"
"""The same, with a snapshot of Aurora from before; a cutover that was taken back ends here, too."""
FREEZING = "freezing"
DRAINING = "draining"
DRAINED = "drained"
MOVING = "moving"
MOVED = "moved"
CUT_OVER = "cut-over"
"""Aurora is written to; the reverse task carries every change back."""

FREEZING_BACK = "freezing-back"
DRAINING_BACK = "draining-back"
DRAINED_BACK = "drained-back"
RETURNING = "returning"
RETURNED = "returned"
ROLLED_BACK = "rolled-back"
"""The data centre is written to again; Aurora is frozen and nothing is replicated."""

UNWINDING = "unwinding"
"""A cutover is taken back whose name was not moved."""
UNWINDING_BACK = "unwinding-back"
"""A rollback is taken back whose name was not moved."""
FINISHING = "finishing"
FINISHED = "finished"
"""The reverse task was stopped for good: there is no way back without loss."""

BEFORE = (REPLICATING, READY)
"""Nothing was begun."""
THERE = (READY, FREEZING, DRAINING, DRAINED, MOVING, MOVED)
"""Stages of a cutover, in their order."""
BACK = (FREEZING_BACK, DRAINING_BACK, DRAINED_BACK, RETURNING, RETURNED)
"""Stages of a rollback, in their order."""
ALL = (
    REPLICATING,
    *THERE,
    CUT_OVER,
    *BACK,
    ROLLED_BACK,
    UNWINDING,
    UNWINDING_BACK,
    FINISHING,
    FINISHED,
)

NOT_MOVED = (FREEZING, DRAINING, DRAINED)
"""Of a cutover: whatever fails is taken back."""
NOT_RETURNED = (FREEZING_BACK, DRAINING_BACK)
"""The same of a rollback; once the source was opened it may have been written to, and only the same command
goes on."""

BEGUN = {
    **dict.fromkeys((*NOT_MOVED, MOVING, MOVED), "start"),
    UNWINDING: "start",
    **dict.fromkeys((*BACK, UNWINDING_BACK), "rollback"),
    FINISHING: "finish",
}
"""Stage -> the command that was begun and has to come to its end first."""
