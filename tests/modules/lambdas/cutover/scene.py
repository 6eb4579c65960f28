"""A deployment that is ready for its cutover, or nearly: what the function looks at, and what it changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.events import ALARM_OK, TASK, TASK_STOPPED

if TYPE_CHECKING:
    from tests.modules.lambdas.world import World

REGION = "us-east-1"
RECORD = "db.migration-db1234.payments.example.com"
CONFIG, STATE = "/migration/db1234/config", "/migration/db1234/state"
REVERSE = TASK.replace("AAAA", "RRRR", 1)
SIDES = {"on_premises": "record-on-premises-db1234", "aurora": "record-aurora-db1234"}
LEADS_TO = {"on_premises": "payments-db.corp.example.net", "aurora": "aurora.cluster-x.rds.amazonaws.com"}
LIMITS = {"mode": "approval", "lag_limit_seconds": 5, "lag_window_minutes": 3, "drained_minutes": 30}
ALARMS = ("alarm-lag-source-db1234", "alarm-lag-target-db1234")
GOOD_TABLE = {
    "SchemaName": "public",
    "TableName": "payments",
    "TableState": "Table completed",
    "ValidationState": "Validated",
    "ValidationPendingRecords": 0,
    "ValidationFailedRecords": 0,
    "ValidationSuspendedRecords": 0,
}


@dataclass
class Scene:
    """The world with a zone, records, parameters and a topic; DMS and CloudWatch say what they are told."""

    world: World
    zone: str = ""
    topic: str = ""
    queue: str = ""
    forward: dict[str, Any] = field(default_factory=dict)
    reverse: dict[str, Any] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=lambda: [dict(GOOD_TABLE)])
    latencies: dict[str, list[float]] = field(
        default_factory=lambda: {"cdclatencysource": [1.0] * 3, "cdclatencytarget": [2.0] * 3}
    )

    def build(self) -> Scene:
        aws = self.world.aws
        zone = aws.client("route53").create_hosted_zone(
            Name="migration-db1234.payments.example.com", CallerReference="1"
        )
        self.zone = str(zone["HostedZone"]["Id"]).rpartition("/")[2]
        self.set_weights(100, 0)
        self.topic = aws.client("sns").create_topic(Name="sns-migration")["TopicArn"]
        sqs = aws.client("sqs")
        self.queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        aws.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.put(CONFIG, LIMITS)
        self.put(STATE, self.drained())
        self.forward = {"Status": "stopped", "StopReason": "Stop Reason NORMAL", "percent": 100}
        self.reverse = {"Status": "running", "percent": 0}
        return self

    @staticmethod
    def drained(stage: str = "drained", *, minutes: float = 1) -> dict[str, str]:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        return {"stage": stage, "at": at.isoformat(timespec="seconds"), "by": "somebody"}

    def put(self, parameter: str, document: Any) -> int:
        text = document if isinstance(document, str) else json.dumps(document)
        made = self.world.aws.client("ssm").put_parameter(
            Name=parameter, Value=text, Type="SecureString", Overwrite=True
        )
        return int(made["Version"])

    def set_limits(self, **changes: Any) -> None:
        self.put(CONFIG, {**LIMITS, **changes})

    def set_weights(self, on_premises: int, aurora: int) -> None:
        weights = {"on_premises": on_premises, "aurora": aurora}
        changes = [
            {
                "Action": "UPSERT",
                "ResourceRecordSet": {
                    "Name": RECORD,
                    "Type": "CNAME",
                    "TTL": 60,
                    "SetIdentifier": identifier,
                    "Weight": weights[side],
                    "ResourceRecords": [{"Value": LEADS_TO[side]}],
                },
            }
            for side, identifier in SIDES.items()
        ]
        self.world.aws.client("route53").change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": changes}
        )

    @property
    def weights(self) -> tuple[int, int]:
        records = self.records
        return records[SIDES["on_premises"]]["Weight"], records[SIDES["aurora"]]["Weight"]

    @property
    def records(self) -> dict[str, Any]:
        found = self.world.aws.client("route53").list_resource_record_sets(HostedZoneId=self.zone)
        return {r["SetIdentifier"]: r for r in found["ResourceRecordSets"] if r["Type"] == "CNAME"}

    @property
    def state(self) -> dict[str, Any]:
        found = self.world.aws.client("ssm").get_parameter(Name=STATE, WithDecryption=True)
        document: dict[str, Any] = json.loads(found["Parameter"]["Value"])
        return document

    @property
    def version(self) -> int:
        return int(self.world.aws.client("ssm").get_parameter(Name=STATE)["Parameter"]["Version"])

    def told(self) -> list[str]:
        """Subjects of what was published since the last look."""
        sqs = self.world.aws.client("sqs")
        messages = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"])["Subject"] for message in messages]

    def config(self) -> str:
        return json.dumps(
            {
                "region": REGION,
                "hosted_zone_id": self.zone,
                "record_name": RECORD,
                "set_identifiers": SIDES,
                "forward_task_arn": TASK,
                "reverse_task_arn": REVERSE,
                "instance_id": "dms-payments-db1234",
                "forward_task_id": "task-forward-db1234",
                "lag_alarms": ALARMS,
                "config_parameter": CONFIG,
                "state_parameter": STATE,
                "topic_arn": self.topic,
            }
        )

    def speak(self) -> None:
        """Let DMS and CloudWatch answer the next invocation."""
        for task in (self.forward, self.reverse):
            self.world.says("dms", REGION, "DescribeReplicationTasks", {"ReplicationTasks": _task(task)})
        self.world.says("dms", REGION, "DescribeTableStatistics", {"TableStatistics": self.tables})
        now = datetime.now(UTC)
        results = [
            {
                "Id": metric,
                "Values": values,
                "Timestamps": [now - timedelta(minutes=number) for number in range(len(values))],
            }
            for metric, values in self.latencies.items()
        ]
        self.world.says("cloudwatch", REGION, "GetMetricData", {"MetricDataResults": results})


def _task(task: dict[str, Any]) -> list[dict[str, Any]]:
    if not task:
        return []
    stats = {"FullLoadProgressPercent": task.get("percent", 0), "TablesErrored": task.get("errored", 0)}
    return [
        {
            "Status": task["Status"],
            "StopReason": task.get("StopReason", ""),
            "ReplicationTaskStats": stats,
        }
    ]


def person(action: str, by: str = "Ada") -> dict[str, str]:
    return {"action": action, "by": by}


EVENTS = {"task": TASK_STOPPED, "alarm": ALARM_OK}
