"""Asking the function, as the state machine does."""

from __future__ import annotations

from typing import Any

import pytest

from modules.lambdas.failover.errors import FailoverError
from modules.lambdas.failover.handler import handle

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:statemachine-failover-abc123"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:statemachine-failover-abc123:1"


def do(action: str, **keys: Any) -> dict[str, Any]:
    return handle({"action": action, "execution": EXECUTION, **keys}, None)


def failure(action: str, **keys: Any) -> str:
    with pytest.raises(FailoverError) as error:
        do(action, **keys)
    return str(error.value)
