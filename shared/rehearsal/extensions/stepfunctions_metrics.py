"""Step Functions: how executions end is counted in CloudWatch, as alarms about it need.

moto 5.2.5 publishes no metrics of executions. AWS: Step Functions developer guide, monitoring with
CloudWatch (namespace AWS/States, dimension StateMachineArn, one count an end).
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

#: How an execution ends -> what counts it.
METRICS = {
    ExecutionStatus.SUCCEEDED: "ExecutionsSucceeded",
    ExecutionStatus.FAILED: "ExecutionsFailed",
    ExecutionStatus.ABORTED: "ExecutionsAborted",
    ExecutionStatus.TIMED_OUT: "ExecutionsTimedOut",
}

_ends: dict[str, Any] = {}


def install() -> None:
    """Count after the end was written down, by the execution itself or by StopExecution."""
    _ends.update(stop=Execution.stop, reflect=BaseExecutionWorkerCommunication._reflect_execution_status)
    Execution.stop = stop
    BaseExecutionWorkerCommunication._reflect_execution_status = reflect_execution_status


def stop(self: Execution, *args: Any, **kwargs: Any) -> None:
    """Stop, and count it when it was this that ended the execution."""
    before = self.exec_status
    _ends["stop"](self, *args, **kwargs)
    _count(self, before)


def reflect_execution_status(self: BaseExecutionWorkerCommunication) -> None:
    """Take over the end, and count it."""
    before = self.execution.exec_status
    _ends["reflect"](self)
    _count(self.execution, before)


def _count(execution: Execution, before: ExecutionStatus | None) -> None:
    metric = METRICS.get(execution.exec_status)
    if metric is None or before is not ExecutionStatus.RUNNING:
        return
    arn = execution.state_machine_arn
    cloudwatch_backends[execution.account_id][arn.split(":")[3]].put_metric_data(
        "AWS/States",
        [
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "StateMachineArn", "Value": arn}],
                "Value": 1,
                "Unit": "Count",
                "Timestamp": utcnow(),
            }
        ],
    )
