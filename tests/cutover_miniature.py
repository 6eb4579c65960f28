"""A database migration in miniature: two PostgreSQL servers, and an embedded AWS whose DMS replicates.

The few resources that a cutover looks at are made by boto3 in seconds.

What carries it out is the product's own: the task settings, the function `cutover`, its configuration.

    with databases() as both:                       # a session's: two seconds to start
        miniature = CutoverMiniature(both, clients).build(payments=1000)
        miniature.start("forward", "start-replication")
        miniature.until_valid()
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console

from modules.cutover.function import CutoverFunctionInputs, configuration
from modules.lambda_function import archive
from modules.replication import task_settings
from shared.clients import Clients
from shared.contracts import Contract, Cutover, LandedDatabase, Replication
from shared.deploy.manifest import Manifest, StackEntry
from shared.naming import Naming
from shared.rehearsal.cutover import bank
from shared.rehearsal.databases.pair import Databases
from shared.rehearsal.databases.server import ADMINISTRATOR, Server
from shared.settings import DatabaseMigration
from tests.commands.states import apply
from tests.rehearsal.waiting import until
from tests.synthesized import landing_settings

REGION = "us-east-1"
SUFFIX = "db1234"
CLUSTER = f"aurora-payments-{SUFFIX}"
CONTRACTS: dict[str, type[Contract]] = {
    f"{REGION}/database": LandedDatabase,
    f"{REGION}/replication": Replication,
    f"{REGION}/cutover": Cutover,
}
SIDES = {"on_premises": f"record-on-premises-{SUFFIX}", "aurora": f"record-aurora-{SUFFIX}"}
TASKS = {"forward": f"task-forward-{SUFFIX}", "reverse": f"task-reverse-{SUFFIX}"}
INSTANCE = f"dms-payments-{SUFFIX}"
ALARMS = (f"alarm-lag-source-{SUFFIX}", f"alarm-lag-target-{SUFFIX}")
METRICS = ("CDCLatencySource", "CDCLatencyTarget")
DIMENSIONS = [
    {"Name": "ReplicationInstanceIdentifier", "Value": INSTANCE},
    {"Name": "ReplicationTaskIdentifier", "Value": TASKS["forward"]},
]
CONFIG, STATE = f"/migration/{SUFFIX}/config", f"/migration/{SUFFIX}/state"
FUNCTION = f"function-cutover-{SUFFIX}"
_SLOTS = "SELECT slot_name, active_pid FROM pg_replication_slots"


@contextmanager
def databases() -> Iterator[Databases]:
    """Both servers, with an empty database each; `CutoverMiniature.build` makes it anew for each test."""
    with Databases.started(settings={"fsync": "off"}) as started:
        yield started


def anew(both: Databases) -> None:
    """Take the database of both servers away with everything in it, and make it again; logins stay."""
    for server in both.servers:
        _forget_subscriptions(server, both.database)
    for server in both.servers:
        with server.connect() as connection:
            for slot, reader in connection.execute(_SLOTS).fetchall():
                connection.execute("SELECT pg_terminate_backend(%s)", [reader])
                until(partial(_dropped, connection, slot))
            name = sql.Identifier(both.database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _forget_subscriptions(server: Server, database: str) -> None:
    with server.connect() as connection:
        names = [name for (name,) in connection.execute("SELECT subname FROM pg_subscription").fetchall()]
    if not names:
        return
    with server.connect(database, options="-c default_transaction_read_only=off") as connection:
        for name in names:
            for what in ("ALTER {} DISABLE", "ALTER {} SET (slot_name = NONE)", "DROP {}"):
                text = what.replace("{}", "SUBSCRIPTION {}")
                connection.execute(sql.SQL(text).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _dropped(connection: psycopg.Connection[Any], slot: str) -> bool:
    query = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
    try:
        connection.execute(query, [slot])
    except psycopg.errors.ObjectInUse:
        return False
    return True


def settings_for(both: Databases, **changes: Any) -> DatabaseMigration:
    """The documented environment, with these two servers; a window of one minute, a TTL of a second."""
    sections = {
        "on_premises": {"port": both.port, "database": both.database, "ca_certificate": both.authority_pem},
        "replication": {"target_ca_certificate": both.authority_pem},
        "cutover": {"ttl": 1, "lag_window_minutes": 1, "drain_seconds": 30},
    }
    for section, values in changes.items():
        sections[section] = {**sections.get(section, {}), **values}
    return landing_settings(**sections)


def manifest_of(environment: DatabaseMigration) -> Manifest:
    """The stacks that operations read, without a synthesis."""
    return Manifest(
        environment=environment.name,
        system=environment.system,
        suffix=SUFFIX,
        account_id=environment.account_id,
        stage_names=("landing",),
        stacks=tuple(
            StackEntry(
                address=address,
                app="landing",
                stage=1,
                directory=address,
                region=REGION,
                state_bucket=environment.state.bucket,
                state_region=environment.state.region,
                state_key=f"database-migration/{SUFFIX}/{address}.tfstate",
                publishes=contract.schema(),
            )
            for address, contract in CONTRACTS.items()
        ),
    )


@dataclass
class CutoverMiniature:
    """Both databases, and what stands in AWS; an embedded AWS of the test answers `clients`."""

    both: Databases
    clients: Clients
    environment: DatabaseMigration = field(init=False)
    manifest: Manifest = field(init=False)
    screen: io.StringIO = field(default_factory=io.StringIO)
    arns: dict[str, str] = field(default_factory=dict)
    """`instance`, `on-premises source`, `aurora target`, ..., `forward`, `reverse`, `topic`."""
    zone: str = ""

    def build(self, *, payments: int = 1000, filled: bool = True, **changes: Any) -> CutoverMiniature:
        """Make it all: the data centre has `payments` (three rows each), Aurora the tables, nothing runs.

        `filled` False: two empty databases. `changes` of settings: `cutover={"ttl": 2}`.
        """
        anew(self.both)
        if filled:
            bank.build(self.both, payments=payments)
        self.environment = settings_for(self.both, **changes)
        self.manifest = manifest_of(self.environment)
        self._cluster()
        self._replication()
        self._parameters()
        self._name()
        self._alarms()
        self._function()
        self._states()
        return self

    # --- what a test asks for

    def aws(self, service: str) -> Any:
        return self.clients.client(service, REGION)

    @property
    def console(self) -> Console:
        return Console(file=self.screen, width=200)

    @property
    def shown(self) -> str:
        return self.screen.getvalue()

    def on_premises(self, user: str = ADMINISTRATOR) -> psycopg.Connection[Any]:
        return self._connect(self.both.on_premises, user)

    def aurora(self, user: str = ADMINISTRATOR) -> psycopg.Connection[Any]:
        return self._connect(self.both.aurora, user)

    def _connect(self, server: Server, user: str) -> psycopg.Connection[Any]:
        given = {} if user == ADMINISTRATOR else {"user": user, "password": self.both.passwords[user]}
        return server.connect(self.both.database, **given)

    def task(self, purpose: str) -> dict[str, Any]:
        wanted = [{"Name": "replication-task-arn", "Values": [self.arns[purpose]]}]
        (found,) = self.aws("dms").describe_replication_tasks(Filters=wanted)["ReplicationTasks"]
        return dict(found)

    def tables(self, purpose: str = "forward") -> dict[str, dict[str, Any]]:
        found = self.aws("dms").describe_table_statistics(ReplicationTaskArn=self.arns[purpose])
        return {f"{one['SchemaName']}.{one['TableName']}": one for one in found["TableStatistics"]}

    def start(self, purpose: str, how: str = "start-replication", status: str = "running") -> dict[str, Any]:
        """Start a task and wait until it has this status."""
        self.aws("dms").start_replication_task(
            ReplicationTaskArn=self.arns[purpose], StartReplicationTaskType=how
        )
        return self.until_task(purpose, status)

    def stop(self, purpose: str) -> dict[str, Any]:
        self.aws("dms").stop_replication_task(ReplicationTaskArn=self.arns[purpose])
        return self.until_task(purpose, "stopped")

    def until_task(self, purpose: str, status: str) -> dict[str, Any]:
        def so() -> dict[str, Any] | None:
            found = self.task(purpose)
            ended = found["Status"] in {"failed", "stopped"} and found["Status"] != status
            assert not ended, (found["Status"], found.get("LastFailureMessage"), found.get("StopReason"))
            return found if found["Status"] == status else None

        found = until(so)
        assert found is not None
        return found

    def load(self, how: str = "start-replication") -> None:
        """Load everything, and let the forward task follow: it stops in between, as its settings say."""
        self.aws("dms").start_replication_task(
            ReplicationTaskArn=self.arns["forward"], StartReplicationTaskType=how
        )
        until(lambda: self.task("forward")["Status"] in {"stopped", "failed"})
        self.start("forward", "resume-processing")

    def until_valid(self, purpose: str = "forward") -> None:
        until(lambda: {one["ValidationState"] for one in self.tables(purpose).values()} == {"Validated"})

    def latency(self, seconds: float = 1.0) -> None:
        """Let the last minutes have a latency, which the embedded DMS reports three times a minute only."""
        for name in METRICS:
            self.aws("cloudwatch").put_metric_data(
                Namespace="AWS/DMS",
                MetricData=[{"MetricName": name, "Dimensions": DIMENSIONS, "Value": seconds}],
            )

    @property
    def state(self) -> dict[str, Any]:
        found = self.aws("ssm").get_parameter(Name=STATE, WithDecryption=True)["Parameter"]["Value"]
        return dict(json.loads(found))

    def put_state(self, **document: Any) -> None:
        self.aws("ssm").put_parameter(
            Name=STATE, Type="SecureString", Overwrite=True, Value=json.dumps(document)
        )

    @property
    def weights(self) -> tuple[int, int]:
        """Of the data centre's record, and of Aurora's."""
        found = self.aws("route53").list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        weights = {one["SetIdentifier"]: one["Weight"] for one in found if "Weight" in one}
        return weights[SIDES["on_premises"]], weights[SIDES["aurora"]]

    # --- what stands in AWS

    def _cluster(self) -> None:
        self.aws("rds").create_db_cluster(
            DBClusterIdentifier=CLUSTER,
            Engine="aurora-postgresql",
            EngineVersion=self.environment.database.engine_version,
            MasterUsername="payments_admin",
            MasterUserPassword="not-a-secret-1",
            DatabaseName=self.both.database,
        )

    def _replication(self) -> None:
        dms, environment = self.aws("dms"), self.environment
        names = (environment.on_premises.secret_name, environment.replication.target_secret_name)
        for name, server in zip(names, self.both.servers, strict=True):
            self.arns[f"secret {name}"] = self.aws("secretsmanager").create_secret(
                Name=name, SecretString=json.dumps(self.both.secret(server))
            )["ARN"]
        self.arns["certificate"] = dms.import_certificate(
            CertificateIdentifier="authority", CertificatePem=self.both.authority_pem
        )["Certificate"]["CertificateArn"]
        self.arns["instance"] = dms.create_replication_instance(
            ReplicationInstanceIdentifier=INSTANCE, ReplicationInstanceClass="dms.r5.large"
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        for side, name in zip(("on-premises", "aurora"), names, strict=True):
            for kind in ("source", "target"):
                self.arns[f"{side} {kind}"] = self._endpoint(side, kind, self.arns[f"secret {name}"])
        ends = {"forward": ("on-premises", "aurora"), "reverse": ("aurora", "on-premises")}
        for purpose, (ours, theirs) in ends.items():
            document = getattr(task_settings, purpose)(environment.replication)
            self.arns[purpose] = dms.create_replication_task(
                ReplicationTaskIdentifier=TASKS[purpose],
                ResourceIdentifier=TASKS[purpose],
                SourceEndpointArn=self.arns[f"{ours} source"],
                TargetEndpointArn=self.arns[f"{theirs} target"],
                ReplicationInstanceArn=self.arns["instance"],
                MigrationType="full-load-and-cdc" if purpose == "forward" else "cdc",
                TableMappings=json.dumps(task_settings.mappings(environment.replication)),
                ReplicationTaskSettings=json.dumps(document),
            )["ReplicationTask"]["ReplicationTaskArn"]

    def _endpoint(self, side: str, kind: str, secret: str) -> str:
        further: dict[str, Any] = (
            {"AfterConnectScript": "SET session_replication_role='replica'"}
            if kind == "target"
            else {"CaptureDdls": True}
        )
        made = self.aws("dms").create_endpoint(
            EndpointIdentifier=f"endpoint-{side}-{kind}-{SUFFIX}",
            EndpointType=kind,
            EngineName="postgres" if side == "on-premises" else "aurora-postgresql",
            SslMode="verify-full",
            CertificateArn=self.arns["certificate"],
            # as the Terraform provider sends it
            PostgreSQLSettings={
                "SecretsManagerSecretId": secret,
                "DatabaseName": self.both.database,
                **further,
            },
        )
        return str(made["Endpoint"]["EndpointArn"])

    def _parameters(self) -> None:
        cutover = self.environment.cutover
        names = ("mode", "lag_limit_seconds", "lag_window_minutes", "drained_minutes")
        for name, document in (
            (CONFIG, {name: getattr(cutover, name) for name in names}),
            (STATE, {"stage": "replicating"}),
        ):
            self.aws("ssm").put_parameter(Name=name, Type="SecureString", Value=json.dumps(document))

    def _name(self) -> None:
        route53, environment = self.aws("route53"), self.environment
        made = route53.create_hosted_zone(Name=environment.zone_name, CallerReference="1")
        self.zone = str(made["HostedZone"]["Id"]).rpartition("/")[2]
        leads = {"on_premises": (environment.on_premises.host, 100), "aurora": (self.endpoint, 0)}
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": environment.record_name,
                    "Type": "CNAME",
                    "TTL": environment.cutover.ttl,
                    "SetIdentifier": SIDES[side],
                    "Weight": weight,
                    "ResourceRecords": [{"Value": host}],
                },
            }
            for side, (host, weight) in leads.items()
        ]
        route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    @property
    def endpoint(self) -> str:
        """Aurora's writer endpoint, a name that leads nowhere but in our name server."""
        (cluster,) = self.aws("rds").describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"]
        return str(cluster["Endpoint"])

    def _alarms(self) -> None:
        for name, metric in zip(ALARMS, METRICS, strict=True):
            self.aws("cloudwatch").put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/DMS",
                MetricName=metric,
                Dimensions=DIMENSIONS,
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=2,
                Threshold=60,
                ComparisonOperator="GreaterThanThreshold",
                TreatMissingData="missing",
            )

    def _function(self) -> None:
        self.arns["topic"] = self.aws("sns").create_topic(Name=f"sns-migration-{SUFFIX}")["TopicArn"]
        iam = self.aws("iam")
        iam.create_role(
            RoleName="mini", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
        )
        inputs = CutoverFunctionInputs(
            naming=Naming(suffix=SUFFIX),
            account_id=self.environment.account_id,
            region=REGION,
            kms_key_arn="",
            log_retention_days=1,
            hosted_zone_id=self.zone,
            record_name=self.environment.record_name,
            on_premises_set_identifier=SIDES["on_premises"],
            aurora_set_identifier=SIDES["aurora"],
            forward_task_arn=self.arns["forward"],
            forward_task_id=TASKS["forward"],
            reverse_task_arn=self.arns["reverse"],
            instance_id=INSTANCE,
            lag_alarms=ALARMS,
            config_parameter=CONFIG,
            config_parameter_arn="",
            state_parameter=STATE,
            state_parameter_arn="",
            topic_arn=self.arns["topic"],
        )
        self.aws("lambda").create_function(
            FunctionName=FUNCTION,
            Runtime="python3.12",
            Role=f"arn:aws:iam::{self.environment.account_id}:role/mini",
            Handler="cutover.handler.handle",
            Timeout=60,
            Code={"ZipFile": archive("cutover")},
            Environment={"Variables": {"CONFIG": json.dumps(configuration(inputs))}},
        )

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """What the stacks publish: address -> outputs."""
        return {
            f"{REGION}/database": {
                "aurora_cluster_identifier": CLUSTER,
                "aurora_cluster_endpoint": self.endpoint,
            },
            f"{REGION}/replication": {
                "dms_replication_instance_arn": self.arns["instance"],
                "dms_replication_instance_id": INSTANCE,
                "dms_source_endpoint_arn": self.arns["on-premises source"],
                "dms_target_endpoint_arn": self.arns["aurora target"],
                "dms_forward_task_arn": self.arns["forward"],
                "dms_forward_task_id": TASKS["forward"],
                "dms_reverse_task_arn": self.arns["reverse"],
            },
            f"{REGION}/cutover": {
                "route53_zone_id": self.zone,
                "record_name": self.environment.record_name,
                "on_premises_set_identifier": SIDES["on_premises"],
                "aurora_set_identifier": SIDES["aurora"],
                "cutover_function": FUNCTION,
                "config_parameter": CONFIG,
                "state_parameter": STATE,
                "migration_topic_arn": self.arns["topic"],
                "lag_source_alarm": ALARMS[0],
                "lag_target_alarm": ALARMS[1],
            },
        }

    def _states(self) -> None:
        bucket, region = self.environment.state.bucket, self.environment.state.region
        where = {} if region == REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.clients.client("s3", region).create_bucket(Bucket=bucket, **where)
        for address, values in self.outputs.items():
            apply(self.manifest, self.clients, address, **values)
