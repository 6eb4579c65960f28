"""The function `failover`: the hands and eyes of the state machine, outside of every network."""

from __future__ import annotations

from constructs import Construct

from modules.failover.configuration import configuration
from modules.failover.ids import FailoverIds
from modules.failover.permissions import function as permissions
from modules.lambda_function import LambdaFunction, LambdaFunctionInputs


class FailoverFunction(LambdaFunction):
    """It reaches AWS over HTTPS; for a failover nothing but the standby region's."""

    def __init__(self, scope: Construct, id_: str, inputs: FailoverIds) -> None:
        super().__init__(
            scope,
            id_,
            LambdaFunctionInputs(
                naming=inputs.naming,
                package="failover",
                purpose="failover",
                description="Looks, pins the primary, moves the writer of the database, writes the canary",
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=permissions(inputs),
                config=configuration(inputs),
            ),
        )
