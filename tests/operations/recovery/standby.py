"""A platform with a standby on the embedded AWS, made of the few resources that its operations look at."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from shared.clients import Clients
from shared.contracts import (
    Contract,
    Database,
    Domain,
    Failover,
    FailoverTraffic,
    Foundation,
    Intents,
    PrimaryDatabase,
    Probe,
    Service,
)
from shared.deploy.manifest import Manifest, StackEntry
from shared.intents import accept, schema
from shared.operations.recovery import handles as readers
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.handles import Handles
from shared.operations.recovery.operator import Operator
from shared.operations.recovery.topology import observe
from shared.rehearsal import prerequisites
from shared.rehearsal.fault_client import Controls
from shared.settings import DisasterRecovery
from tests.commands.states import apply

HOME, AWAY = "us-east-1", "us-west-2"
CHECKPOINT = "/failover/dr1234/checkpoint"
GLOBAL_CLUSTER = "aurora-global-payments-dr1234"
MACHINE, DRAIN, WORKER = "statemachine-failover-dr1234", "function-drain-dr1234", "function-failover-dr1234"
TABLE = "table-intents-dr1234"
BUCKET, KEY = "pin-primary-dr1234-x", "primary-is-pinned"
RUNBOOK = "# The runbook\n\n- a very long line " + "x" * 200
ALARMS = ("probe-unwell", "probe-unasked", "hosts", "lag")
CONTRACTS: dict[str, type[Contract]] = {
    "global/domain": Domain,
    "global/intents": Intents,
    "global/traffic": FailoverTraffic,
    f"{AWAY}/failover": Failover,
    **{f"{region}/foundation": Foundation for region in (HOME, AWAY)},
    **{f"{region}/service": Service for region in (HOME, AWAY)},
    **{f"{region}/probe": Probe for region in (HOME, AWAY)},
    f"{HOME}/database": PrimaryDatabase,
    f"{AWAY}/database": Database,
}


def manifest_of(environment: DisasterRecovery) -> Manifest:
    """Return the stacks that operations read, without a synthesis."""
    entries = [
        StackEntry(
            address=address,
            app="standby",
            stage=1,
            directory=address,
            region=AWAY,
            state_bucket=environment.state.bucket,
            state_region=environment.state.region,
            state_key=f"disaster-recovery/dr1234/{address}.tfstate",
            publishes=contract.schema(),
        )
        for address, contract in CONTRACTS.items()
    ]
    return Manifest(
        environment=environment.name,
        system="disaster-recovery",
        suffix="dr1234",
        account_id=environment.account_id,
        stage_names=("primary", "standby", "global"),
        stacks=tuple(entries),
    )


@dataclass
class Standby:
    """Everything of it; `build` makes it as it is when all is well."""

    environment: DisasterRecovery
    clients: Clients
    manifest: Manifest
    endpoint: str
    screen: io.StringIO = field(default_factory=io.StringIO)
    arns: dict[str, str] = field(default_factory=dict)

    @property
    def handles(self) -> Handles:
        return readers.read(self.environment, self.manifest, self.clients)

    @property
    def shown(self) -> str:
        return self.screen.getvalue()

    @property
    def controls(self) -> Controls:
        return Controls(self.endpoint)

    def aws(self, service: str, region: str = AWAY) -> Any:
        return self.clients.client(service, region)

    def observe(self, left_out: str = "") -> Topology:
        return observe(self.handles, self.clients, left_out=left_out)

    def operator(self, **options: Any) -> Operator:
        """Return one who watches as fast as it goes, and asks nobody."""
        values: dict[str, Any] = {
            "environment": self.environment,
            "manifest": self.manifest,
            "clients": self.clients,
            "console": Console(file=self.screen, width=200),
            "yes": True,
            "poll_seconds": 0.05,
        }
        return Operator(**{**values, **options})

    def build(self, *, lag: float = 80.0) -> None:
        self.aws("rds", HOME).create_global_cluster(
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            Engine="aurora-mysql",
            EngineVersion=self.environment.database.engine_version,
        )
        key = self.aws("kms").create_key()["KeyMetadata"]["Arn"]
        self.arns["key"] = key
        for region in (HOME, AWAY):
            self._region(region)
        self.checkpoint(stage="none")
        self._table()
        self.aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": AWAY})
        self.arns["topic"] = self.aws("sns").create_topic(Name="topic", Attributes={"KmsMasterKeyId": key})[
            "TopicArn"
        ]
        self.arns["machine"] = self.aws("stepfunctions").create_state_machine(
            name=MACHINE, definition=json.dumps(ends("failed-over")), roleArn=self.role
        )["stateMachineArn"]
        prerequisites.create(self.environment, self.clients)
        self._states()
        self.lag(AWAY, lag)

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{self.environment.account_id}:role/machine"

    def _region(self, region: str) -> None:
        first = {"MasterUsername": "admin", "MasterUserPassword": "password"} if region == HOME else {}
        self.arns[f"cluster {region}"] = self.aws("rds", region).create_db_cluster(
            DBClusterIdentifier=f"aurora-{region}",
            Engine="aurora-mysql",
            EngineVersion=self.environment.database.engine_version,
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            StorageEncrypted=True,
            EnableHttpEndpoint=True,
            **({} if region == HOME else {"KmsKeyId": self.arns["key"]}),
            **first,
        )["DBCluster"]["DBClusterArn"]
        for name in ALARMS:
            self.aws("cloudwatch", region).put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/X",
                MetricName="M",
                ComparisonOperator="LessThanThreshold",
                EvaluationPeriods=1,
                Period=60,
                Threshold=1,
                Statistic="Minimum",
            )
            self.alarm(region, name, "OK")

    def instance(self) -> None:
        """Make an instance of the standby's cluster."""
        self.aws("rds").create_db_instance(
            DBInstanceIdentifier="one",
            DBClusterIdentifier=f"aurora-{AWAY}",
            DBInstanceClass="db.r6g.large",
            Engine="aurora-mysql",
        )

    def _table(self) -> None:
        dynamodb = self.aws("dynamodb")
        names = schema.ATTRIBUTES.items()
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in names],
            KeySchema=[{"AttributeName": schema.KEY, "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": schema.INDEX,
                    "KeySchema": [
                        {"AttributeName": schema.SHARD, "KeyType": "HASH"},
                        {"AttributeName": schema.SEQUENCE, "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": schema.STREAM_VIEW_TYPE},
            SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.arns["key"]},
        )
        key = self.aws("kms", HOME).create_key()["KeyMetadata"]["Arn"]
        replica = {"RegionName": HOME, "KMSMasterKeyId": key}
        dynamodb.update_table(TableName=TABLE, ReplicaUpdates=[{"Create": replica}])

    def _states(self) -> None:
        state = self.environment.state
        self.aws("s3", state.region).create_bucket(
            Bucket=state.bucket, CreateBucketConfiguration={"LocationConstraint": state.region}
        )
        outputs: dict[str, dict[str, Any]] = {
            "global/intents": {"intents_table": TABLE},
            "global/traffic": {"pin_bucket": BUCKET, "pin_key": KEY},
            f"{AWAY}/failover": {
                "drain_function": DRAIN,
                "failover_function": WORKER,
                "state_machine_arn": self.arns["machine"],
                "checkpoint_parameter": CHECKPOINT,
                "failover_runbook": RUNBOOK,
            },
        }
        for region in (HOME, AWAY):
            outputs[f"{region}/foundation"] = {
                "kms_key_arn": self.arns["key"],
                "alarm_topic_arn": self.arns["topic"],
            }
            outputs[f"{region}/database"] = {
                "aurora_cluster_arn": self.arns[f"cluster {region}"],
                "aurora_cluster_identifier": f"aurora-{region}",
                "replication_lag_alarm": "lag",
            }
            outputs[f"{region}/service"] = {"healthy_hosts_alarm": "hosts"}
            outputs[f"{region}/probe"] = {
                "probe_unwell_alarm": "probe-unwell",
                "probe_unasked_alarm": "probe-unasked",
            }
        outputs[f"{HOME}/database"]["global_cluster_identifier"] = GLOBAL_CLUSTER
        for address, values in outputs.items():
            apply(self.manifest, self.clients, address, **values)

    def unapply(self, address: str) -> None:
        entry = self.manifest.stack(address)
        s3 = self.aws("s3", entry.state_region)
        s3.delete_object(Bucket=entry.state_bucket, Key=entry.state_key)

    def checkpoint(self, **document: Any) -> None:
        self.aws("ssm").put_parameter(
            Name=CHECKPOINT, Type="String", Value=json.dumps(document), Overwrite=True
        )

    def written(self) -> dict[str, Any]:
        """Return the checkpoint's document."""
        found = self.aws("ssm").get_parameter(Name=CHECKPOINT)["Parameter"]["Value"]
        return dict(json.loads(found))

    def promote(self, to: str = AWAY) -> None:
        """Move the writer, and wait until it has moved."""
        self.aws("rds", to).failover_global_cluster(
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            TargetDbClusterIdentifier=self.arns[f"cluster {to}"],
            AllowDataLoss=True,
        )
        self.until(lambda seen: seen.writer == to and not seen.changing)

    def pin(self, body: str = "{}") -> None:
        self.aws("s3").put_object(Bucket=BUCKET, Key=KEY, Body=body.encode())

    def alarm(self, region: str, name: str, state: str) -> None:
        self.aws("cloudwatch", region).set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    def lag(self, region: str, milliseconds: float) -> None:
        self.aws("cloudwatch", region).put_metric_data(
            Namespace="AWS/RDS",
            MetricData=[
                {
                    "MetricName": "AuroraGlobalDBRPOLag",
                    "Dimensions": [{"Name": "DBClusterIdentifier", "Value": f"aurora-{region}"}],
                    "Value": milliseconds,
                    "Timestamp": datetime.now(UTC),
                }
            ],
        )

    def accept(self, *keys: str) -> None:
        """Let payment intents wait."""
        table = accept.Intents(self.aws("dynamodb"), TABLE, region=AWAY)
        for key in keys:
            table.accept(key=key, ordering_key="account", payload={"amount": "1.00"})

    def function(self, name: str, code: str) -> None:
        """Make a Lambda function whose module has `handle`; one that is there is made anew."""
        folder = io.BytesIO()
        with zipfile.ZipFile(folder, "w") as archive:
            archive.writestr("main.py", code)
        client = self.aws("lambda")
        if name in [one["FunctionName"] for one in client.list_functions()["Functions"]]:
            client.delete_function(FunctionName=name)
        role = self.role.replace("/machine", "/function")
        iam = self.aws("iam")
        if "function" not in [one["RoleName"] for one in iam.list_roles()["Roles"]]:
            iam.create_role(RoleName="function", AssumeRolePolicyDocument="{}")
        client.create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.12",
            Handler="main.handle",
            Timeout=30,
            Code={"ZipFile": folder.getvalue()},
        )

    def machine(self, definition: dict[str, Any]) -> None:
        """Have executions from now on go so."""
        self.aws("stepfunctions").update_state_machine(
            stateMachineArn=self.arns["machine"], definition=json.dumps(definition)
        )

    def execute(self, definition: dict[str, Any], name: str = "one") -> str:
        self.machine(definition)
        started = self.aws("stepfunctions").start_execution(stateMachineArn=self.arns["machine"], name=name)
        return str(started["executionArn"])

    def end(self, arn: str) -> dict[str, Any]:
        """Wait until an execution has ended and return its description."""
        client = self.aws("stepfunctions")
        return dict(
            soon(lambda: client.describe_execution(executionArn=arn), lambda one: one["status"] != "RUNNING")
        )

    def inputs(self) -> list[dict[str, Any]]:
        """Return the input of every execution."""
        client = self.aws("stepfunctions")
        listed = client.list_executions(stateMachineArn=self.arns["machine"])["executions"]
        described = [client.describe_execution(executionArn=one["executionArn"]) for one in listed]
        return [json.loads(one["input"]) for one in described]

    def until(self, seen: Callable[[Topology], Any]) -> Topology:
        """Look again until something is seen."""
        found: Topology = soon(self.observe, seen)
        return found


def soon(look: Callable[[], Any], wanted: Callable[[Any], Any]) -> Any:
    for _ in range(200):
        if wanted(found := look()):
            return found
        time.sleep(0.05)
    pytest.fail(f"that was never seen; the last look: {found}")


def ends(outcome: str, **output: Any) -> dict[str, Any]:
    """Return a machine whose executions succeed with an outcome."""
    state = {"Type": "Pass", "Result": {"outcome": outcome, **output}, "End": True}
    return {"StartAt": "End", "States": {"End": state}}


def fails(error: str, cause: str = "") -> dict[str, Any]:
    """Return a machine whose executions fail."""
    return {"StartAt": "End", "States": {"End": {"Type": "Fail", "Error": error, "Cause": cause}}}


#: Executions that run until they are stopped.
RUNS: dict[str, Any] = {"StartAt": "Poll", "States": {"Poll": {"Type": "Wait", "Seconds": 600, "End": True}}}


def moves(platform: Standby, outcome: str, **output: Any) -> dict[str, Any]:
    """Return a machine that does what the real one does, in its order, as far as the operations see it."""
    stage = {"failed-over": "failing-over", "switched-over": "switching-over", "failed-back": "failing-back"}
    back = outcome == "failed-back"
    pin = {"Bucket": BUCKET, "Key": KEY}
    promote = {
        "GlobalClusterIdentifier": GLOBAL_CLUSTER,
        "TargetDbClusterIdentifier": platform.arns[f"cluster {HOME if back else AWAY}"],
        "AllowDataLoss": True,
    }
    tasks = {
        "Begin": ("ssm:putParameter", _checkpoint(stage[outcome])),
        "Traffic": ("s3:deleteObject", pin) if back else ("s3:putObject", {**pin, "Body": "{}"}),
        "Promote": ("rds:failoverGlobalCluster", promote),
    }
    names = [*tasks, "Wait", "Finish"]
    states: dict[str, Any] = {
        name: {
            "Type": "Task",
            "Resource": f"arn:aws:states:::aws-sdk:{call}",
            "Parameters": arguments,
            "Next": names[names.index(name) + 1],
        }
        for name, (call, arguments) in tasks.items()
    }
    states["Wait"] = {"Type": "Wait", "Seconds": 3, "Next": "Finish"}
    states["Finish"] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
        "Parameters": _checkpoint(outcome),
        "Next": "End",
    }
    states["End"] = ends(outcome, **output)["States"]["End"]
    return {"StartAt": "Begin", "States": states}


def _checkpoint(stage: str) -> dict[str, Any]:
    value = json.dumps({"stage": stage})
    return {"Name": CHECKPOINT, "Type": "String", "Overwrite": True, "Value": value}
