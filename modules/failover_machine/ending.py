"""How an execution ends: done, or stuck with everything left as it stands. Nothing goes back by itself."""

from __future__ import annotations

import json

from modules.failover_machine.inputs import FailoverMachineInputs
from modules.failover_machine.records import at, checkpoint, notify
from modules.machine.states import States, because, catch, fail, js, succeed

_REASONS = "$join($reasons, '; ')"
_STANDS = (
    "'. As it stands: step ' & $step & '; the database writes in ' & "
    "($writer = '' ? 'no single region' : $writer) & '; the primary is ' & "
    "($fencing.traffic = 'pinned' ? 'pinned' : 'not pinned')"
)
#: Until the writer has arrived, what was accepted before does not hold for the next execution.
_ACCEPT = (
    "($plan.action = 'failover' and $plan.accept_data_loss and $writer != $plan.target ? "
    "' --accept-data-loss' : '')"
)


def ending(inputs: FailoverMachineInputs) -> States:
    """Return the ends of an execution that changed something."""
    place = json.dumps(f" {inputs.env_options}")  # JSONata has the texts of JSON
    next_ = (
        f"'. Next: invoke failover.' & $plan.action & {_ACCEPT} & {place} & ' goes on' & "
        "($plan.action = 'failover' ? '' : '; if the other region is lost, invoke failover.failover' & "
        f"{place} & ' takes over')"
    )
    refused = "$append($why, $drained.failed & ' intents are refused by the database and wait')"
    return {
        # The stage decides what may come next: an execution that cannot write it has not finished.
        "CheckpointDone": checkpoint(
            inputs,
            "$plan.done",
            "'Done'",
            then="NotifyDone",
            failed=catch(
                "NotifyStuck",
                assign={**at("CheckpointDone"), **because("the checkpoint could not be written")},
            ),
        ),
        "NotifyDone": notify(inputs, "done", name="$plan.done", then="Done"),
        "Done": succeed(
            {
                "outcome": js("$plan.done"),
                "writer": js("$writer"),
                "lag_ms": js("$plan.lag_ms"),
                "lag_at": js("$plan.lag_at"),
                "fencing": js("$fencing"),
                "drained": js("$drained"),
                "why": js(f"$drained.failed > 0 ? {refused} : $why"),
            }
        ),
        "CheckpointStuck": checkpoint(inputs, "$plan.doing", "$step", why=_REASONS, then="NotifyStuck"),
        "NotifyStuck": notify(inputs, "stuck", then="Stuck"),
        "Stuck": fail("FailoverStuck", cause=f"{_REASONS} & {_STANDS} & {next_}"),
    }
