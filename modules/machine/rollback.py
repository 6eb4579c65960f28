"""The way back, from wherever the migration stands: the writer first, then the weights.

It returns to what the execution found, or what the first of a row of resumed executions found. No
failure on the way ends it early: what could not be done is said at the end (`RollbackIncomplete`).
"""

from __future__ import annotations

from modules.machine import traffic, writer
from modules.machine.inputs import MachineInputs
from modules.machine.records import checkpoint, notify, succeeded
from modules.machine.states import (
    Assign,
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

_HOME = "$plan.found.writer"


def rollback(inputs: MachineInputs) -> States:
    """Return the states of the rollback, and of the hold that leaves everything as it is."""
    return {
        "RollBack": assign({"polls": 0, "switch_asked": False}, "CheckpointRollback"),
        "CheckpointRollback": checkpoint(
            inputs, "rolling-back", then="NotifyRollback", failed=catch("NotifyRollback")
        ),
        "NotifyRollback": notify(inputs, "rolling-back", then="BackObserve"),
        "BackObserve": writer.observe(inputs, then="BackWhere", failed="BackUnseen"),
        "BackUnseen": choice(
            when(f"$polls < {writer.CANCELLED_POLLS}", "BackWait"),
            # It never moved, as far as anybody knows: the traffic goes back all the same.
            when(
                f"$writer = {_HOME} and $plan.stage != 'switching' and $not($switch_asked)",
                "RollbackResume",
                assign=_incomplete_now("nobody knows where the writer is"),
            ),
            default="NotifyIncomplete",
            assign=_incomplete_now("nobody knows where the writer is: the weights stay"),
        ),
        "BackWhere": choice(
            when(f"$observed.writer_settled and $writer = {_HOME}", "RollbackResume"),
            # A change is under way: it ends first, in one direction or the other.
            when(f"$not($observed.settled) and $polls < {writer.POLLS}", "BackWait"),
            when("$observed.settled and $not($switch_asked)", "RollbackPause"),
            when(f"$observed.settled and $polls < {writer.CANCELLED_POLLS}", "BackWait"),
            # Traffic stays with the writer: the region that it left may be the one that is ill.
            when(
                "$observed.writer_settled",
                "RollbackStays",
                assign=_incomplete_now("the writer did not come back: the weights stay"),
            ),
            default="NotifyIncomplete",
            assign=_incomplete_now("the writer is nowhere: the weights stay, and writes may be paused"),
        ),
        "BackWait": wait(writer.POLL_SECONDS, "BackObserve"),
        "RollbackPause": writer.act(
            inputs,
            "pause",
            then="RollbackDrain",
            failed=catch("RollbackSwitch", assign=_incomplete("writes could not be paused")),
        ),
        "RollbackDrain": wait("$plan.drain_seconds", "RollbackSwitch"),
        "RollbackSwitch": writer.switch(
            inputs,
            _HOME,
            then="BackObserve",
            failed=catch("RollbackStays", assign=_incomplete("the switchover back was refused")),
        ),
        "RollbackResume": writer.resume(
            inputs,
            then="RestoreTraffic",
            failed=catch("RestoreTraffic", assign=_incomplete("writes are still paused")),
        ),
        "RollbackStays": writer.act(
            inputs,
            "resume",
            then="NotifyIncomplete",
            failed=catch("NotifyIncomplete", assign=because("writes are still paused")),
        ),
        **traffic.shift(
            inputs,
            "Restore",
            weights="$plan.found.weights",
            then="RestoredHow",
            failed="NotifyIncomplete",
            attempts=10,
        ),
        "RestoredHow": choice(when("$incomplete", "NotifyIncomplete"), default="CheckpointRolledBack"),
        "CheckpointRolledBack": checkpoint(
            inputs, "rolled-back", then="NotifyRolledBack", failed=catch("NotifyRolledBack")
        ),
        "NotifyRolledBack": notify(inputs, "rolled-back", then="RollbackEnd"),
        "RollbackEnd": choice(when("$asked_for_rollback", "RolledBackAsAsked"), default="RolledBack"),
        "RolledBack": fail("MigrationRolledBack"),
        "RolledBackAsAsked": succeeded("rolled-back"),
        # The checkpoint stays at "rolling-back": the next execution finishes the rollback first.
        "NotifyIncomplete": notify(inputs, "rollback-incomplete", then="RollbackIncomplete"),
        "RollbackIncomplete": fail("RollbackIncomplete"),
        **_hold(inputs),
    }


def _hold(inputs: MachineInputs) -> States:
    """Return the states that end an execution and leave everything as it is: nobody answered."""
    return {
        "Hold": choice(when("$scope = 'moved'", "NotifyHeld"), default="CheckpointHeld"),
        "CheckpointHeld": checkpoint(inputs, "held", then="NotifyHeld"),
        "NotifyHeld": notify(inputs, "held", then="Held"),
        "Held": fail("MigrationHeld"),
    }


def _incomplete(what: str) -> Assign:
    """Return what a failed task of the way back sets: it is said at the end."""
    return {"incomplete": True, **because(what)}


def _incomplete_now(what: str) -> Assign:
    return {"incomplete": True, **reason(f"'{what}'")}
