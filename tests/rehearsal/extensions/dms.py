"""A replication instance, endpoints and tasks in an embedded AWS, between two databases or to nowhere."""

from __future__ import annotations

import json
from typing import Any

from tests.rehearsal.replication.scene import THINGS
from tests.rehearsal.waiting import until

SETTINGS = {
    "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
    "ValidationSettings": {"EnableValidation": True},
}


class Dms:
    """Makes what a test needs of DMS, and asks for it."""

    def __init__(self, aws: Any) -> None:
        self.aws, self.dms = aws, aws.client("dms")
        self.instance = self.dms.create_replication_instance(
            ReplicationInstanceIdentifier="instance", ReplicationInstanceClass="dms.r5.large"
        )["ReplicationInstance"]["ReplicationInstanceArn"]

    def secret(self, name: str, **document: Any) -> str:
        made = self.aws.client("secretsmanager").create_secret(
            Name=name, SecretString=json.dumps(document) if document else "no JSON"
        )
        return str(made["ARN"])

    def endpoint(self, name: str, kind: str, **further: Any) -> str:
        values = {"EngineName": "postgres", "DatabaseName": "payments", "SslMode": "require", **further}
        made = self.dms.create_endpoint(EndpointIdentifier=name, EndpointType=kind, **values)
        return str(made["Endpoint"]["EndpointArn"])

    def between(self, both: Any) -> dict[str, str]:
        """Endpoints of both databases: `source`, `target`, and those of the other way."""
        secrets = [
            self.secret(f"secret-{number}", **both.secret(server))
            for number, server in enumerate(both.servers)
        ]
        found = {}
        for name, number, kind in (
            ("source", 0, "source"),
            ("target", 1, "target"),
            ("back-source", 1, "source"),
            ("back-target", 0, "target"),
        ):
            settings = {"SecretsManagerSecretId": secrets[number]}
            found[name] = self.endpoint(name, kind, PostgreSQLSettings=settings)
        return found

    def task(self, source: str, target: str, name: str = "forward", **further: Any) -> str:
        values = {
            "MigrationType": "full-load-and-cdc",
            "TableMappings": THINGS,
            "ReplicationTaskSettings": json.dumps(SETTINGS),
            **further,
        }
        made = self.dms.create_replication_task(
            ReplicationTaskIdentifier=name,
            SourceEndpointArn=source,
            TargetEndpointArn=target,
            ReplicationInstanceArn=self.instance,
            **values,
        )
        return str(made["ReplicationTask"]["ReplicationTaskArn"])

    def start(self, task: str, how: str = "start-replication") -> dict[str, Any]:
        return dict(
            self.dms.start_replication_task(ReplicationTaskArn=task, StartReplicationTaskType=how)[
                "ReplicationTask"
            ]
        )

    def look(self, task: str) -> dict[str, Any]:
        wanted = [{"Name": "replication-task-arn", "Values": [task]}]
        return dict(self.dms.describe_replication_tasks(Filters=wanted)["ReplicationTasks"][0])

    def until(self, task: str, status: str) -> dict[str, Any]:
        return until(lambda: found if (found := self.look(task))["Status"] == status else None)

    def follows(self, task: str) -> None:
        """Wait until it runs and everything is loaded: who stops it before that stops the load."""
        self.until(task, "running")
        until(lambda: self.look(task)["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100)

    def tables(self, task: str, **asked: Any) -> list[dict[str, Any]]:
        found = self.dms.describe_table_statistics(ReplicationTaskArn=task, **asked)
        return list(found["TableStatistics"])

    def tested(self, endpoint: str) -> tuple[str, str]:
        self.dms.test_connection(ReplicationInstanceArn=self.instance, EndpointArn=endpoint)
        wanted = [{"Name": "endpoint-arn", "Values": [endpoint]}]

        def ended() -> dict[str, Any] | None:
            (found,) = self.dms.describe_connections(Filters=wanted)["Connections"]
            return found if found["Status"] != "testing" else None

        found = until(ended)
        assert found is not None
        return found["Status"], found["LastFailureMessage"]
