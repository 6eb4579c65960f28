"""The database switchover: asked, writes paused, the writer moved, proved by a write, resumed, looked at.

From `CheckpointSwitching` on a failure's way back begins with the writer.
"""

from __future__ import annotations

from modules.machine import writer
from modules.machine.inputs import MachineInputs
from modules.machine.records import answered, checkpoint, notify, question, succeeded
from modules.machine.states import (
    States,
    assign,
    because,
    catch,
    choice,
    fail,
    reason,
    wait,
    when,
)

_CANARY_ATTEMPTS = 2
#: The new writer takes connections some seconds after it is reported.
_NEW_WRITER_ATTEMPTS = 6


def switchover(inputs: MachineInputs) -> States:
    """Return the states from the approval to the end of the migration."""
    target = f"'{inputs.target_region}'"
    cancelled = f"$observed.settled and $polls >= {writer.CANCELLED_POLLS}"
    return {
        **question(
            inputs,
            "Switchover",
            "switchover",
            answers=[answered("continue", "SwitchoverJudge")],
            unanswered="Hold",
        ),
        "SwitchoverJudge": assign({"scope": "switchover", "failures": 0, "inconclusives": 0}, "Judge"),
        # Login, permissions and table are tried where they can still be mended in peace; it also makes
        # the table, which reaches the other region by replication.
        "CanaryBefore": writer.canary(
            inputs,
            "$writer",
            then="CheckpointSwitching",
            failed=catch("Hold", assign=because("the canary failed before anything was paused")),
            attempts=_CANARY_ATTEMPTS,
        ),
        "CheckpointSwitching": checkpoint(inputs, "switching", then="BeforeObserve"),
        # Whoever resumes may find the writer moved already: then nobody's writes are paused again.
        "BeforeObserve": writer.observe(inputs, then="BeforeWhere", failed="RollBack"),
        "BeforeWhere": choice(
            when(f"$observed.settled and $writer = {target}", "Canary"),
            when("$observed.settled", "PauseWrites"),
            default="WriterObserve",
        ),
        "PauseWrites": writer.act(
            inputs,
            "pause",
            then="Drain",
            failed=catch("RollBack", assign=because("writes could not be paused")),
        ),
        "Drain": wait("$plan.drain_seconds", "SwitchWriter"),
        "SwitchWriter": writer.switch(
            inputs,
            target,
            then="WriterObserve",
            failed=catch("RollBack", assign=because("the switchover was refused")),
        ),
        "WriterObserve": writer.observe(inputs, then="WriterArrived", failed="WriterUnseen"),
        "WriterUnseen": choice(when(f"$polls < {writer.POLLS}", "WriterWait"), default="RollBack"),
        "WriterArrived": choice(
            # The cluster that wrote before may take longer to be available: nobody waits for it.
            when(f"$observed.writer_settled and $writer = {target}", "Canary"),
            when(f"($polls < {writer.POLLS}) and $not({cancelled})", "WriterWait"),
            default="RollBack",
            assign=reason(f"'the writer did not arrive in ' & {target} & '; it is in ' & $writer"),
        ),
        "WriterWait": wait(writer.POLL_SECONDS, "WriterObserve"),
        "Canary": writer.canary(
            inputs,
            target,
            then="Settle",
            failed=catch("RollBack", assign=because("the canary failed")),
            attempts=_NEW_WRITER_ATTEMPTS,
        ),
        # The writer endpoint's DNS and the connection pools follow the writer meanwhile.
        "Settle": wait("$plan.settle_seconds", "ResumeWrites"),
        "ResumeWrites": writer.resume(
            inputs,
            then="MovedAndOpen",
            failed=catch("NotifyStuck", assign=because("writes are still paused")),
        ),
        "NotifyStuck": notify(inputs, "writes-still-paused", then="WritesStillPaused"),
        "WritesStillPaused": fail("WritesStillPaused"),
        "MovedAndOpen": assign(
            {"scope": "moved", "reasons": [], "errors": 0, "failures": 0, "inconclusives": 0}, "BakeMoved"
        ),
        "BakeMoved": wait("$plan.bake_seconds", "Judge"),
        # Nobody goes back because the last note could not be written: the next execution writes it.
        "CheckpointMoved": checkpoint(
            inputs,
            "moved",
            then="NotifyMoved",
            failed=catch("NotifyHeld", assign=because("the checkpoint could not be written")),
        ),
        "NotifyMoved": notify(inputs, "moved", then="Moved"),
        "Moved": succeeded("moved"),
    }
