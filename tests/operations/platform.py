"""A platform on the embedded AWS, made of the few resources that operations look at."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shared.clients import Clients
from shared.contracts import Contract, Database, Domain, Migration, PrimaryDatabase, Service, Traffic
from shared.deploy.manifest import Manifest, StackEntry
from shared.deploy.options import Options
from shared.operations.migration import handles as readers
from shared.operations.migration.handles import Handles
from shared.operations.migration.operator import Operator
from shared.operations.migration.topology import Topology, observe
from shared.rehearsal import prerequisites
from shared.settings import RegionMigration
from tests.commands.states import apply

SOURCE, TARGET = "us-east-1", "eu-west-1"
CHECKPOINT, APPROVAL = "/migration/abc123/checkpoint", "/migration/abc123/approval"
CONTRACTS: dict[str, type[Contract]] = {
    f"{SOURCE}/database": PrimaryDatabase,
    f"{SOURCE}/service": Service,
    f"{TARGET}/database": Database,
    f"{TARGET}/service": Service,
    "global/domain": Domain,
    "global/traffic": Traffic,
    f"{TARGET}/migration": Migration,
}
GLOBAL_CLUSTER = "aurora-global-payments-abc123"
MACHINE = "statemachine-migration-abc123"


def manifest_of(environment: RegionMigration) -> Manifest:
    """Return the stacks that operations read, without a synthesis."""
    entries = [
        StackEntry(
            address=address,
            app="target",
            stage=1,
            directory=address,
            region=TARGET,
            state_bucket=environment.state.bucket,
            state_region=environment.state.region,
            state_key=f"region-migration/abc123/{address}.tfstate",
            publishes=contract.schema(),
        )
        for address, contract in CONTRACTS.items()
    ]
    return Manifest(
        environment=environment.name,
        system="region-migration",
        suffix="abc123",
        account_id=environment.account_id,
        stage_names=("source", "target", "global"),
        stacks=tuple(entries),
    )


@dataclass
class Platform:
    """Everything of it; `build` makes it as it is before a migration."""

    environment: RegionMigration
    clients: Clients
    manifest: Manifest
    screen: io.StringIO = field(default_factory=io.StringIO)
    arns: dict[str, str] = field(default_factory=dict)

    @property
    def handles(self) -> Handles:
        return readers.read(self.environment, self.manifest, self.clients)

    @property
    def shown(self) -> str:
        return self.screen.getvalue()

    def aws(self, service: str, region: str = TARGET) -> Any:
        return self.clients.client(service, region)

    def observe(self) -> Topology:
        return observe(self.handles, self.clients)

    def operator(self, **options: Any) -> Operator:
        """Return one who watches as fast as it goes, and answers nothing."""
        values: dict[str, Any] = {
            "environment": self.environment,
            "manifest": self.manifest,
            "clients": self.clients,
            "workdir": Path("nowhere"),
            "console": Console(file=self.screen, width=200),
            "options": Options(parallelism=1, protection="destroyable"),
            "yes": True,
            "poll_seconds": 0.05,
        }
        return Operator(**{**values, **options})

    def build(self) -> None:
        zone = self._zone(self.environment.domain.zone_name)
        servers = zone["DelegationSet"]["NameServers"]
        parent = self._zone("example.com")["HostedZone"]["Id"]
        self.arns["zone"], self.arns["parent"] = zone["HostedZone"]["Id"], parent
        self.delegate(servers)
        self.weights(100, 0)
        self.aws("rds", SOURCE).create_global_cluster(
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            Engine="aurora-mysql",
            EngineVersion=self.environment.database.engine_version,
        )
        for region in (SOURCE, TARGET):
            self._region(region)
        self.checkpoint(stage="none")
        self.aws("ssm").put_parameter(Name=APPROVAL, Type="SecureString", Value="{}")
        prerequisites.create(self.environment, self.clients)
        self.arns["machine"] = self.aws("stepfunctions").create_state_machine(
            name=MACHINE, definition=json.dumps(END), roleArn=self.role
        )["stateMachineArn"]
        self._states(servers)

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{self.environment.account_id}:role/machine"

    def delegate(self, servers: list[str], action: str = "UPSERT") -> None:
        record = {
            "Name": self.environment.domain.zone_name,
            "Type": "NS",
            "TTL": 300,
            "ResourceRecords": [{"Value": server} for server in servers],
        }
        self._change(self.arns["parent"], {"Action": action, "ResourceRecordSet": record})

    def weights(self, source: int, target: int) -> None:
        records = ((SOURCE, source), (TARGET, target))
        self._change(self.arns["zone"], *(self._record(region, weight) for region, weight in records))

    def _record(self, region: str, weight: int) -> dict[str, Any]:
        alias = {"HostedZoneId": "Z1", "DNSName": f"{region}.elb.example", "EvaluateTargetHealth": True}
        record = {
            "Name": self.environment.domain.record_name,
            "Type": "A",
            "SetIdentifier": region,
            "Weight": weight,
            "AliasTarget": alias,
        }
        return {"Action": "UPSERT", "ResourceRecordSet": record}

    def _change(self, zone: str, *changes: dict[str, Any]) -> None:
        self.aws("route53").change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": list(changes)}
        )

    def checkpoint(self, **document: Any) -> None:
        self.aws("ssm").put_parameter(
            Name=CHECKPOINT, Type="String", Value=json.dumps(document), Overwrite=True
        )

    def stage(self, stage: str, source: int, target: int, **more: Any) -> None:
        """Write a checkpoint of an execution that found 100 to 0, and set the weights."""
        self.weights(source, target)
        document = {
            "stage": stage,
            "found": {"weights": {"source": 100, "target": 0}, "writer": SOURCE},
            "weights": {"source": source, "target": target},
            "phase": target,
        }
        self.checkpoint(**{**document, **more})

    def switch(self, to: str = TARGET) -> None:
        """Move the writer, at once as far as these tests can tell."""
        self.aws("rds", SOURCE if to == TARGET else TARGET).switchover_global_cluster(
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            TargetDbClusterIdentifier=self.arns[f"cluster {to}"],
        )

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

    def pause(self, region: str, value: str = "write-pause") -> None:
        methods = {"Values": ["POST", "PUT", "PATCH", "DELETE"]}
        self.aws("elbv2", region).create_rule(
            ListenerArn=self.arns[f"listener {region}"],
            Priority=1,
            Conditions=[{"Field": "http-request-method", "HttpRequestMethodConfig": methods}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
            Tags=[{"Key": "regionshift:purpose", "Value": value}],
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
        return dict(_soon(lambda: client.describe_execution(executionArn=arn), _has_ended))

    def until(self, seen: Callable[[Topology], Any]) -> Topology:
        """Look again until something is seen."""
        found: Topology = _soon(self.observe, seen)
        return found

    def _zone(self, name: str) -> dict[str, Any]:
        return dict(self.aws("route53").create_hosted_zone(Name=name, CallerReference=name))

    def _region(self, region: str) -> None:
        rds = self.aws("rds", region)
        first = {"MasterUsername": "admin", "MasterUserPassword": "password"} if region == SOURCE else {}
        self.arns[f"cluster {region}"] = rds.create_db_cluster(
            DBClusterIdentifier=f"aurora-{region}",
            Engine="aurora-mysql",
            EngineVersion=self.environment.database.engine_version,
            GlobalClusterIdentifier=GLOBAL_CLUSTER,
            **first,
        )["DBCluster"]["DBClusterArn"]
        self._load_balancer(region)
        for name in ("hosts", "lag"):
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
        self.arns[f"certificate {region}"] = self.aws("acm", region).request_certificate(
            DomainName=self.environment.domain.record_name, ValidationMethod="DNS"
        )["CertificateArn"]

    def _load_balancer(self, region: str) -> None:
        ec2, elbv2 = self.aws("ec2", region), self.aws("elbv2", region)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{region}{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        balancer = elbv2.create_load_balancer(Name="alb", Subnets=subnets)["LoadBalancers"][0]
        group = elbv2.create_target_group(Name="tg", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": f"10.0.0.{n}"} for n in (4, 5)])
        self.arns[f"group {region}"] = group
        self.arns[f"listener {region}"] = elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Listeners"][0]["ListenerArn"]

    def _states(self, servers: list[str]) -> None:
        state = self.environment.state
        self.aws("s3", state.region).create_bucket(
            Bucket=state.bucket, CreateBucketConfiguration={"LocationConstraint": state.region}
        )
        outputs: dict[str, dict[str, Any]] = {
            "global/domain": {
                "route53_zone_id": self.arns["zone"].removeprefix("/hostedzone/"),
                "name_servers": servers,
                "record_name": self.environment.domain.record_name,
                "certificate_arns": {one: self.arns[f"certificate {one}"] for one in (SOURCE, TARGET)},
            },
            "global/traffic": {
                "traffic_record_name": self.environment.domain.record_name,
                "source_set_identifier": SOURCE,
                "target_set_identifier": TARGET,
            },
            f"{TARGET}/migration": {
                "state_machine_arn": self.arns["machine"],
                "checkpoint_parameter": CHECKPOINT,
                "approval_parameter": APPROVAL,
                "migration_runbook": "# The runbook\n\n- a very long line " + "x" * 200,
            },
        }
        for region in (SOURCE, TARGET):
            outputs[f"{region}/database"] = {
                "aurora_cluster_arn": self.arns[f"cluster {region}"],
                "aurora_cluster_identifier": f"aurora-{region}",
                "replication_lag_alarm": "lag",
            }
            outputs[f"{region}/service"] = {
                "healthy_hosts_alarm": "hosts",
                "target_group_arn": self.arns[f"group {region}"],
                "https_listener_arn": self.arns[f"listener {region}"],
            }
        outputs[f"{SOURCE}/database"]["global_cluster_identifier"] = GLOBAL_CLUSTER
        for address, values in outputs.items():
            apply(self.manifest, self.clients, address, **values)


def _soon(look: Callable[[], Any], wanted: Callable[[Any], Any]) -> Any:
    for _ in range(100):
        if wanted(found := look()):
            return found
        time.sleep(0.05)
    pytest.fail(f"that was never seen; the last look: {found}")


def _has_ended(description: dict[str, Any]) -> bool:
    return bool(description["status"] != "RUNNING")


def ends(outcome: str) -> dict[str, Any]:
    """Return a machine whose executions succeed with an outcome."""
    return {
        "StartAt": "End",
        "States": {"End": {"Type": "Pass", "Result": {"outcome": outcome}, "End": True}},
    }


def fails(error: str, cause: str = "") -> dict[str, Any]:
    """Return a machine whose executions fail."""
    return {"StartAt": "End", "States": {"End": {"Type": "Fail", "Error": error, "Cause": cause}}}


END = ends("finished")
#: Executions that run until they are stopped.
RUNS: dict[str, Any] = {"StartAt": "Bake", "States": {"Bake": {"Type": "Wait", "Seconds": 600, "End": True}}}


def asks(kind: str, *, phase: int = 75, then: str = "moved") -> dict[str, Any]:
    """Return a machine whose executions ask, and succeed when they are answered."""
    document = (
        f"{{% $string({{'token': $states.context.Task.Token, 'execution': $states.context.Execution.Id, "
        f"'question': '{kind}', 'phase': {phase}, 'reasons': ['alarm x is y'], 'asked_at': $now()}}) %}}"
    )
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter.waitForTaskToken",
        "Arguments": {"Name": APPROVAL, "Type": "SecureString", "Overwrite": True, "Value": document},
        "Assign": {"answer": "{% $states.result %}"},
        "Next": "End",
    }
    end = {"Type": "Succeed", "Output": {"outcome": then, "answer": "{% $answer %}"}}
    return {"QueryLanguage": "JSONata", "StartAt": "Await", "States": {"Await": ask, "End": end}}


def shifts(zone: str, record: str, source: int, target: int, *, then: str = "Bake") -> dict[str, Any]:
    """Return a machine that asks Route 53 for weights and then stays there."""
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": record,
                "Type": "A",
                "SetIdentifier": region,
                "Weight": weight,
                "AliasTarget": {"HostedZoneId": "Z1", "DnsName": f"{region}.x", "EvaluateTargetHealth": True},
            },
        }
        for region, weight in ((SOURCE, source), (TARGET, target))
    ]
    shift = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:route53:changeResourceRecordSets",
        "Parameters": {"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}},
        "Next": then,
    }
    return {"StartAt": "ShiftTraffic", "States": {"ShiftTraffic": shift, **RUNS["States"]}}
