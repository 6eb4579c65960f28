"""The dashboard: how far the replication is, what it does to Aurora, and whether anything failed.

A metric is a flat array: namespace, name, then dimension and value in turn, and an object with the rest
(CloudWatch user guide, dashboard body structure). Nested otherwise it is drawn as an empty widget.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3
_PERIOD_SECONDS = 60

Metric = list[Any]


@dataclass(frozen=True, kw_only=True)
class MigrationDashboardInputs:
    """What is drawn."""

    naming: Naming
    region: str
    instance_id: str
    forward_task_id: str
    cluster_identifier: str
    function_name: str
    dead_letters: str
    lag_seconds: int
    connections: int


@dataclass(frozen=True, kw_only=True)
class MigrationDashboardOutputs:
    """The dashboard."""

    name: str


class MigrationDashboard(Construct):
    """Nine graphs in three columns."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationDashboardInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("dashboard", "migration")
        resource(
            CloudwatchDashboard,
            self,
            "dashboard",
            dashboard_name=name,
            dashboard_body=json.dumps(body(inputs)),
        )
        self.outputs = MigrationDashboardOutputs(name=name)


def body(inputs: MigrationDashboardInputs) -> dict[str, Any]:
    """Return the dashboard as CloudWatch reads it."""
    graphs = _graphs(inputs)
    return {
        "widgets": [
            {
                "type": "metric",
                "x": _WIDTH * (number % _COLUMNS),
                "y": _HEIGHT * (number // _COLUMNS),
                "width": _WIDTH,
                "height": _HEIGHT,
                "properties": {
                    "title": title,
                    "region": inputs.region,
                    "view": "timeSeries",
                    "stacked": False,
                    "period": _PERIOD_SECONDS,
                    "metrics": list(metrics),
                    **(
                        {"annotations": {"horizontal": [{"label": "alarm", "value": limit}]}} if limit else {}
                    ),
                },
            }
            for number, (title, metrics, limit) in enumerate(graphs)
        ]
    }


def _graphs(inputs: MigrationDashboardInputs) -> list[tuple[str, Sequence[Metric], int]]:
    """Return title, metrics, and where an alarm goes off (0: there is none)."""
    instance = ("ReplicationInstanceIdentifier", inputs.instance_id)
    task = (*instance, "ReplicationTaskIdentifier", inputs.forward_task_id)
    cluster = ("DBClusterIdentifier", inputs.cluster_identifier)
    queue = ("QueueName", inputs.dead_letters)
    function = ("FunctionName", inputs.function_name)
    return [
        (
            "Latency of the changes (s)",
            [_dms(task, f"CDCLatency{side}", "Maximum") for side in ("Source", "Target")],
            inputs.lag_seconds,
        ),
        (
            "Changes (rows a second), and those that wait",
            [
                _dms(task, "CDCThroughputRowsSource", "Average"),
                _dms(task, "CDCThroughputRowsTarget", "Average"),
                _dms(task, "CDCIncomingChanges", "Maximum", yAxis="right"),
            ],
            0,
        ),
        (
            "Full load (rows a second)",
            [_dms(task, f"FullLoadThroughputRows{side}", "Average") for side in ("Source", "Target")],
            0,
        ),
        (
            "Connections to Aurora",
            [_rds(cluster, "DatabaseConnections", "Maximum")],
            inputs.connections,
        ),
        (
            "Aurora: processors (%), capacity units",
            [
                _rds(cluster, "CPUUtilization", "Maximum"),
                _rds(cluster, "ServerlessDatabaseCapacity", "Maximum", yAxis="right"),
            ],
            0,
        ),
        (
            "Aurora: memory (bytes), lag of the readers (ms)",
            [
                _rds(cluster, "FreeableMemory", "Minimum"),
                _rds(cluster, "AuroraReplicaLag", "Maximum", yAxis="right"),
            ],
            0,
        ),
        (
            "Replication instance: processors (%), memory (bytes)",
            [
                _dms(instance, "CPUUtilization", "Maximum"),
                _dms(instance, "FreeableMemory", "Minimum", yAxis="right"),
                _dms(instance, "SwapUsage", "Maximum", yAxis="right"),
            ],
            0,
        ),
        (
            "Rows that do not match, or could not be compared",
            [_dms(task, f"Validation{what}OverallCount", "Maximum") for what in ("Failed", "Suspended")],
            0,
        ),
        (
            "Errors of the cutover's function, events that it gave up",
            [
                ["AWS/Lambda", "Errors", *function, {"stat": "Sum"}],
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", *queue, {"stat": "Maximum"}],
            ],
            0,
        ),
    ]


def _dms(dimensions: Sequence[str], metric: str, statistic: str, **further: str) -> Metric:
    return ["AWS/DMS", metric, *dimensions, {"stat": statistic, **further}]


def _rds(dimensions: Sequence[str], metric: str, statistic: str, **further: str) -> Metric:
    return ["AWS/RDS", metric, *dimensions, {"stat": statistic, **further}]
