"""Ends of executions are counted, once each."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.rehearsal.extensions.stepfunctions_metrics import METRICS
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import REGION, SUCCEED, create

FAIL = {"Type": "Fail", "Error": "No"}
WAIT = {"Type": "Wait", "Seconds": 60, "Next": "Done"}


def counts(aws: Aws, machine: str) -> dict[str, float]:
    """Metric -> how many ends of the machine's executions it has counted, where there are any."""
    now = datetime.now(UTC)
    answer = aws.client("cloudwatch", REGION).get_metric_data(
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        MetricDataQueries=[
            {
                "Id": metric.lower(),
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/States",
                        "MetricName": metric,
                        "Dimensions": [{"Name": "StateMachineArn", "Value": machine}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for metric in METRICS.values()
        ],
    )
    return {one["Label"]: sum(one["Values"]) for one in answer["MetricDataResults"] if one["Values"]}


def run(aws: Aws, machine: str, *, stop: bool = False) -> None:
    states = aws.client("stepfunctions", REGION)
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    if stop:
        states.stop_execution(executionArn=arn)
    limit = time.monotonic() + 120
    while states.describe_execution(executionArn=arn)["status"] == "RUNNING":
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("states", "stop", "counted"),
    [
        ({"Done": SUCCEED}, False, "ExecutionsSucceeded"),
        ({"Done": FAIL}, False, "ExecutionsFailed"),
        ({"Wait": WAIT, "Done": SUCCEED}, True, "ExecutionsAborted"),
    ],
)
def test_each_end_is_counted_under_its_name(aws, states, stop, counted):
    machine = create(aws, states)
    run(aws, machine, stop=stop)
    assert counts(aws, machine) == {counted: 1}
    run(aws, machine, stop=stop)
    assert counts(aws, machine) == {counted: 2}
