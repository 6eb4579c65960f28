"""`REGION/foundation` of a system with intents: the region's key also encrypts a table."""

from __future__ import annotations

from typing import ClassVar

from regions.stacks.foundation import FoundationStack


class RecoveryFoundationStack(FoundationStack):
    """The foundation with a key that DynamoDB may use."""

    key_services: ClassVar[tuple[str, ...]] = ("dynamodb",)
