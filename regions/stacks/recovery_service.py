"""`REGION/service` of a system with intents: payments are accepted also while nobody can write."""

from __future__ import annotations

from modules.role import Statement
from regions.stacks.service import ServiceStack
from shared.contracts import Intents
from shared.settings import DisasterRecovery


class RecoveryServiceStack(ServiceStack):
    """The service with the table of intents, which both regions have under one name."""

    environment: DisasterRecovery

    def further_permissions(self) -> tuple[Statement, ...]:
        """Put an intent that is not there yet, and look it up; who drains them is another."""
        table = self._intents().intents_table
        prefix = f"arn:aws:dynamodb:{self.region}:{self.environment.account_id}"
        return (
            Statement(
                sid="AcceptIntents",
                actions=("dynamodb:GetItem", "dynamodb:PutItem"),
                resources=(f"{prefix}:table/{table}",),
            ),
        )

    def further_variables(self) -> dict[str, str]:
        """Name the table, its attributes, and how long an intent is kept."""
        intents = self._intents()
        return {
            "INTENTS_TABLE": intents.intents_table,
            "INTENTS_KEY": intents.intents_key,
            "INTENTS_EXPIRY": intents.intents_expiry,
            "INTENTS_RETENTION_DAYS": str(self.environment.intents.retention_days),
        }

    def _intents(self) -> Intents:
        return self.read(Intents, "global/intents")
