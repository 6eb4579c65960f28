"""The failover's state machine in AWS. Its definition comes from `modules.failover_machine`."""

from __future__ import annotations

from constructs import Construct

from modules.failover.ids import FailoverIds
from modules.failover.permissions import machine as permissions
from modules.failover_machine.definition import definition
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.state_machine import StateMachine, StateMachineInputs


class FailoverStateMachine(StateMachine):
    """In the standby region, with nothing of the primary's: it may be started without a laptop, too."""

    def __init__(
        self, scope: Construct, id_: str, inputs: FailoverIds, machine: FailoverMachineInputs
    ) -> None:
        super().__init__(
            scope,
            id_,
            StateMachineInputs(
                naming=inputs.naming,
                purpose="failover",
                account_id=inputs.account_id,
                region=inputs.away,
                definition=definition(machine),
                statements=permissions(inputs, machine),
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
            ),
        )
