"""Asking the function, as the state machine does."""

from __future__ import annotations

from typing import Any

import pytest

from modules.lambdas.writer.errors import WriterError
from modules.lambdas.writer.handler import handle

EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:statemachine-migration-abc123:1"


def do(action: str, **keys: Any) -> dict[str, Any]:
    if action == "canary":
        keys.setdefault("region", "eu-west-1")
    return handle({"action": action, "execution": EXECUTION, **keys}, None)


def failure(action: str, **keys: Any) -> str:
    with pytest.raises(WriterError) as error:
        do(action, **keys)
    return str(error.value)
