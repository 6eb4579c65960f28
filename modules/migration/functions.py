"""The three functions of the migration, each with the least that it needs.

`start` reads where things stand, `gate` looks at both regions, `writer` is the only one that changes
anything: it moves the database's writer and pauses writes at the load balancers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs import Construct

from modules.lambda_function import LambdaFunction, LambdaFunctionInputs, LambdaFunctionOutputs
from modules.migration import configuration, permissions
from modules.migration.ids import MigrationIds
from modules.role import Statement


@dataclass(frozen=True, kw_only=True)
class MigrationFunctionsOutputs:
    """The functions."""

    start: LambdaFunctionOutputs
    gate: LambdaFunctionOutputs
    writer: LambdaFunctionOutputs


class MigrationFunctions(Construct):
    """`start`, `gate` and `writer`."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationIds) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        self.outputs = MigrationFunctionsOutputs(
            start=self._function(
                "start",
                "Decides where an execution of the migration begins; changes nothing",
                permissions.start(inputs),
                configuration.start(inputs),
            ),
            gate=self._function(
                "gate",
                "Looks at both regions and says pass, fail or inconclusive; changes nothing",
                permissions.gate(),
                configuration.gate(inputs),
            ),
            writer=self._function(
                "writer",
                "Moves the writer of the database, pauses and resumes writes, writes the canary",
                permissions.writer(inputs),
                configuration.writer(inputs),
            ),
        )

    def _function(
        self, package: str, description: str, statements: tuple[Statement, ...], config: Mapping[str, Any]
    ) -> LambdaFunctionOutputs:
        inputs = self._inputs
        return LambdaFunction(
            self,
            package,
            LambdaFunctionInputs(
                naming=inputs.naming,
                package=package,
                purpose=f"migration-{package}",
                description=description,
                account_id=inputs.account_id,
                kms_key_arn=inputs.kms_key_arn,
                log_retention_days=inputs.log_retention_days,
                statements=statements,
                config=config,
            ),
        ).outputs
