"""Whether this execution is alone: two at once would undo each other's work."""

from __future__ import annotations

from typing import Any

from .aws import client
from .errors import AnotherRuns, calling


def refuse_another(machine: str, execution: str, region: str) -> None:
    """Raise AnotherRuns when an execution of the machine (ARNs) runs that began before this one.

    Of two that began in the same moment the one whose ARN sorts first goes on, so that never both and
    never none do. FailoverError when AWS does not answer.
    """
    running = calling("states:ListExecutions", region, lambda: _running(machine, region))
    own = running.pop(execution, None)
    others = [arn for arn, began in running.items() if own is None or (began, arn) < (own, execution)]
    if others:
        raise AnotherRuns(f"an execution runs already: {', '.join(sorted(others))}")


def _running(machine: str, region: str) -> dict[str, Any]:
    """Return ARN -> when it began."""
    pages = client("stepfunctions", region).get_paginator("list_executions")
    return {
        one["executionArn"]: one["startDate"]
        for page in pages.paginate(stateMachineArn=machine, statusFilter="RUNNING")
        for one in page["executions"]
    }
