"""Executions of a state machine on an embedded AWS: waiting for them, looking at them, killing them."""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar


class MachineAtWork:
    """A state machine, by its ARN, in a region of an embedded AWS."""

    aws: Any
    machine_arn: str
    region: ClassVar[str]

    @property
    def states(self) -> Any:
        return self.aws.client("stepfunctions", self.region)

    def begin(self, document: dict[str, Any]) -> str:
        """Start an execution with this input."""
        return str(
            self.states.start_execution(stateMachineArn=self.machine_arn, input=json.dumps(document))[
                "executionArn"
            ]
        )

    def ended(self, execution: str, seconds: float = 240) -> dict[str, Any]:
        """Wait until the execution ends."""
        limit = time.monotonic() + seconds
        while True:
            found = self.states.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return dict(found)
            assert time.monotonic() < limit, f"it still runs: {self.path(execution)}"
            time.sleep(0.1)

    def path(self, execution: str) -> list[str]:
        """The states that the execution entered, in order."""
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in events
            if "stateEnteredEventDetails" in event
        ]

    def running(self) -> list[str]:
        found = self.states.list_executions(stateMachineArn=self.machine_arn, statusFilter="RUNNING")
        return [execution["executionArn"] for execution in found["executions"]]

    def reached(self, execution: str, state: str, seconds: float = 120) -> None:
        """Wait until the execution enters a state."""
        limit = time.monotonic() + seconds
        while state not in (path := self.path(execution)):
            assert time.monotonic() < limit, f"not {state}, but {path}"
            time.sleep(0.05)

    def kill(self, execution: str) -> None:
        """End the execution where it stands; nothing of it runs any more."""
        self.states.stop_execution(executionArn=execution, error="Killed", cause="by a test")
