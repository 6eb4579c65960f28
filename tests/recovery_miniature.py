"""The platform with a standby in miniature, made by boto3: what the failover's machine acts on.

Everything that carries it out is the product's own: the machine's definition, the functions' code, their
configuration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from modules.drain import DrainInputs
from modules.drain import configuration as drain_configuration
from modules.failover.configuration import configuration
from modules.failover.ids import FailoverIds
from modules.failover_machine.definition import definition
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.lambda_function import archive
from shared.intents.accept import Intents
from shared.naming import Naming
from tests.at_work import MachineAtWork
from tests.intents.tables import TABLE, create
from tests.miniature import impatient
from tests.rehearsal.waiting import until

HOME, AWAY = "us-east-1", "us-west-2"
SIDES = {HOME: "primary", AWAY: "standby"}
SECRET = "payments/database/application"
ENGINE = {"Engine": "aurora-mysql", "EngineVersion": "8.0.mysql_aurora.3.10.1"}
GLOBAL = "aurora-global-payments-x1"
CHECKPOINT = "/failover/x1/checkpoint"
#: What leads `invoke` here.
PLACE = "--env miniature --suffix x1"
PIN = {"Bucket": "pin-primary-x1", "Key": "primary-is-pinned"}
ACCOUNT = "123456789012"
ARNS = {region: f"arn:aws:rds:{region}:{ACCOUNT}:cluster:aurora-{side}-x1" for region, side in SIDES.items()}
ALARMS = {HOME: ("alarm-healthy-hosts-x1",), AWAY: ("alarm-probe-unwell-x1", "alarm-healthy-hosts-x1")}
ACTOR = "arn:aws:iam::123456789012:user/ann"


@dataclass
class RecoveryMiniature(MachineAtWork):
    """The platform's ids, and what a test asks of it."""

    aws: Any
    ids: FailoverIds
    machine_arn: str
    topic_arn: str
    region = AWAY

    def start(self, action: str, **document: Any) -> str:
        return self.begin({"action": action, "requested_by": ACTOR, "reason": "a drill", **document})

    def run(self, action: str, **document: Any) -> dict[str, Any]:
        """Start an action and wait for its end."""
        return self.ended(self.start(action, **document))

    def checkpoint(self) -> dict[str, Any]:
        found = self.aws.client("ssm", AWAY).get_parameter(Name=CHECKPOINT)
        return dict(json.loads(found["Parameter"]["Value"]))

    def put_checkpoint(self, **document: Any) -> None:
        self.aws.client("ssm", AWAY).put_parameter(
            Name=CHECKPOINT, Type="String", Overwrite=True, Value=json.dumps(document)
        )

    def database(self) -> dict[str, Any]:
        rds = self.aws.client("rds", AWAY)
        return dict(rds.describe_global_clusters(GlobalClusterIdentifier=GLOBAL)["GlobalClusters"][0])

    def writer(self) -> str:
        (writer,) = (m for m in self.database()["GlobalClusterMembers"] if m["IsWriter"])
        return str(writer["DBClusterArn"].split(":")[3])

    def whole(self) -> None:
        """Wait until nothing is under way and both regions' clusters follow."""

        def settled() -> bool:
            found = self.database()
            members = [one["SynchronizationStatus"] for one in found["GlobalClusterMembers"]]
            return bool(found["Status"] == "available" and set(members) == {"connected"})

        until(settled)

    def pinned(self) -> bool:
        try:
            self.aws.client("s3", AWAY).head_object(**PIN)
        except ClientError:
            return False
        return True

    def report_lag(self, milliseconds: float = 0, region: str = AWAY) -> None:
        """Put a sample of the lag of a region's cluster."""
        metric = {
            "MetricName": "AuroraGlobalDBRPOLag",
            "Dimensions": [{"Name": "DBClusterIdentifier", "Value": f"aurora-{SIDES[region]}-x1"}],
            "Value": milliseconds,
        }
        self.aws.client("cloudwatch", region).put_metric_data(Namespace="AWS/RDS", MetricData=[metric])

    def accept(self, *keys: str, region: str = AWAY) -> None:
        """Accept payment intents as the service of a region does."""
        intents = Intents(self.aws.client("dynamodb", region), TABLE, region=region)
        for key in keys:
            intents.accept(key=key, ordering_key="account-1", payload={"amount": "1", "order": key})

    def waiting(self) -> int:
        return Intents(self.aws.client("dynamodb", AWAY), TABLE, region=AWAY).waiting()

    def sql(self, statement: str) -> list[str]:
        """The first column of what a statement finds, in the region that writes."""
        region = self.writer()
        found = self.aws.client("rds-data", region).execute_statement(
            resourceArn=ARNS[region], secretArn=SECRET, database="payments", sql=statement
        )
        return [record[0]["stringValue"] for record in found["records"]]

    def rows(self) -> list[str]:
        """The keys of the intents in the database, as often as they are there."""
        return self.sql("SELECT idempotency_key FROM payment_intents ORDER BY idempotency_key")

    def canaries(self) -> list[str]:
        return self.sql("SELECT execution FROM regionshift_canary")

    def move_by_hand(self, to: str) -> None:
        """Let the writer be in a region, as an earlier action left it."""
        if self.writer() != to:
            rds = self.aws.client("rds", self.writer())
            rds.switchover_global_cluster(GlobalClusterIdentifier=GLOBAL, TargetDbClusterIdentifier=ARNS[to])
            self.whole()

    def stand_away(self) -> None:
        """Let the platform be in the standby region, as a switchover leaves it."""
        self.move_by_hand(AWAY)
        self.aws.client("s3", AWAY).put_object(**PIN, Body=b"{}")
        fencing = {"traffic": "pinned", "writes": "not-needed"}
        self.put_checkpoint(stage="switched-over", fencing=fencing)
        self.report_lag(80, HOME)


def build(aws: Any) -> RecoveryMiniature:
    """Make the platform on an empty embedded AWS: at home, at rest, its lag not measured."""
    _database(aws)
    create(aws, AWAY, HOME)
    for region in (HOME, AWAY):
        aws.client("secretsmanager", region).create_secret(
            Name=SECRET, SecretString=json.dumps({"username": "payments_app", "password": "p"})
        )
        for name in ALARMS[region]:
            _alarm(aws, region, name)
    aws.client("s3", AWAY).create_bucket(
        Bucket=PIN["Bucket"], CreateBucketConfiguration={"LocationConstraint": AWAY}
    )
    aws.client("ssm", AWAY).put_parameter(Name=CHECKPOINT, Value='{"stage": "none"}', Type="String")
    topic = aws.client("sns", AWAY).create_topic(Name="alarms")["TopicArn"]
    ids = FailoverIds(
        naming=Naming(suffix="x1"),
        account_id=ACCOUNT,
        kms_key_arn="",
        log_retention_days=1,
        home=HOME,
        away=AWAY,
        cluster_arns=ARNS,
        global_cluster_identifier=GLOBAL,
        checkpoint_parameter=CHECKPOINT,
        checkpoint_parameter_arn="",
        pin_bucket=PIN["Bucket"],
        pin_key=PIN["Key"],
        alarms=ALARMS,
        replication_lag_ms=5000,
        dns_seconds=20,
        data_api=True,
        secret=SECRET,
        database="payments",
        env_options=PLACE,
    )
    inputs = FailoverMachineInputs(
        home=HOME,
        away=AWAY,
        failover_function_arn=_function(aws, "failover", configuration(ids)),
        drain_function_arn=_function(
            aws, "drain", {**drain_configuration(_drain(ids)), "index_seconds": 0.1}
        ),
        drain_seconds=330,
        checkpoint_parameter=CHECKPOINT,
        topic_arn=topic,
        env_options=PLACE,
    )
    made = aws.client("stepfunctions", AWAY).create_state_machine(
        name="failover", definition=json.dumps(hasty(definition(inputs))), roleArn=_role(aws)
    )
    return RecoveryMiniature(aws, ids, made["stateMachineArn"], topic)


def hasty(machine: dict[str, Any]) -> dict[str, Any]:
    """The machine with short pauses, and two more attempts at most where everything passing is caught."""
    made = impatient(machine)
    for state in made["States"].values():
        for retrier in state.get("Retry", ()):
            if "States.TaskFailed" in retrier["ErrorEquals"]:
                retrier["MaxAttempts"] = min(retrier["MaxAttempts"], 2)
    return made


def _drain(ids: FailoverIds) -> DrainInputs:
    return DrainInputs(
        naming=ids.naming,
        account_id=ACCOUNT,
        region=AWAY,
        kms_key_arn="",
        log_retention_days=1,
        table=TABLE,
        cluster_arn=ARNS[AWAY],
        other_region=HOME,
        other_cluster_arn=ARNS[HOME],
        global_cluster_identifier=GLOBAL,
        secret=SECRET,
        database="payments",
        retention_days=1,
    )


def _alarm(aws: Any, region: str, name: str) -> None:
    cloudwatch = aws.client("cloudwatch", region)
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="test",
        MetricName=name,
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="the test")


def _role(aws: Any) -> str:
    iam = aws.client("iam")
    if not [role for role in iam.list_roles()["Roles"] if role["RoleName"] == "mini"]:
        policy = '{"Version": "2012-10-17", "Statement": []}'
        iam.create_role(RoleName="mini", AssumeRolePolicyDocument=policy)
    return f"arn:aws:iam::{ACCOUNT}:role/mini"


def _function(aws: Any, name: str, config: dict[str, Any]) -> str:
    return str(
        aws.client("lambda", AWAY).create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=_role(aws),
            Handler=f"{name}.handler.handle",
            Timeout={"drain": 300}.get(name, 60),
            Code={"ZipFile": archive(name)},
            Environment={"Variables": {"CONFIG": json.dumps(config)}},
        )["FunctionArn"]
    )


def _database(aws: Any) -> None:
    aws.client("rds", HOME).create_global_cluster(
        GlobalClusterIdentifier=GLOBAL, DatabaseName="payments", **ENGINE
    )
    login = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret-1", "DatabaseName": "payments"}
    for region, side in SIDES.items():
        rds, name = aws.client("rds", region), f"aurora-{side}-x1"
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            GlobalClusterIdentifier=GLOBAL,
            EnableHttpEndpoint=True,
            **(login if region == HOME else {}),
            **ENGINE,
        )
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-0",
            DBClusterIdentifier=name,
            DBInstanceClass="db.r6g.large",
            Engine="aurora-mysql",
        )
