"""The traffic: the primary is pinned before the writer leaves it, and unpinned after it is back."""

from __future__ import annotations

from modules.failover_machine.hands import hands
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.records import doing, notify, stuck
from modules.machine.states import States, choice, js, wait, when

#: S3 in the standby region: what does not work for half a minute does not work.
_ATTEMPTS = 5


def pinning(inputs: FailoverMachineInputs) -> States:
    """Return the states that pin; in peace everybody has heard of it before the writer moves."""
    return {
        "Pin": hands(
            inputs,
            {"action": "pin", "execution": js("$states.context.Execution.Id")},
            then="NotifyPinned",
            assign={"fencing": _traffic("pinned"), "step": "Pin"},
            failed=stuck("Pin", "the primary could not be pinned"),
            attempts=_ATTEMPTS,
        ),
        "NotifyPinned": notify(inputs, "pinned", then="Pinned"),
        "Pinned": choice(
            when("$plan.action = 'switchover' and $not($plan.moved or $plan.under_way)", "WaitForDns"),
            default="CheckpointMove",
        ),
        "WaitForDns": wait("$plan.dns_seconds", "CheckpointMove"),
    }


def unpinning(inputs: FailoverMachineInputs) -> States:
    """Return the states that take the pin away; the wait for stragglers lets everybody hear of it."""
    return {
        "CheckpointUnpin": doing(inputs, "'Unpin'", then="Unpin"),
        "Unpin": hands(
            inputs,
            {"action": "unpin"},
            then="WaitForStragglers",
            assign={"fencing": _traffic("not-pinned"), "step": "Unpin"},
            failed=stuck("Unpin", "the pin could not be taken away"),
            attempts=_ATTEMPTS,
        ),
    }


def _traffic(word: str) -> str:
    return js(f"$merge([$fencing, {{'traffic': '{word}'}}])")
