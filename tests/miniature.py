"""The platform in miniature, made by boto3: what the migration's machine and operations act on.

Terraform takes minutes for what these tests need in a second. Everything that carries the migration out
is the product's own: the machine's definition, the functions' code, their configuration.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from modules.lambda_function import archive
from modules.machine.definition import definition
from modules.machine.inputs import MachineInputs, RecordSide
from modules.migration import configuration
from modules.migration.ids import MigrationIds, RegionIds
from shared.naming import Naming
from tests.at_work import MachineAtWork

US, EU = "us-east-1", "eu-west-1"
RECORD = "api.payments.example.com"
SECRET = "payments/database/application"
ENGINE = {"Engine": "aurora-mysql", "EngineVersion": "8.0.mysql_aurora.3.10.1"}
GLOBAL = "aurora-global-payments-x1"
#: One of many: all of them take a second to list.
IMAGE = "amzn-ami-hvm-2017.09.1.20171103-x86_64-gp2"
SETS = {"source": "record-source-x1", "target": "record-target-x1"}
DEFAULTS = {
    "phases": [25, 50, 75, 100],
    "bake_seconds": 1,
    "approve_phases": [],
    "switchover": True,
    "approval_timeout_seconds": 60,
    "drain_seconds": 0,
    "settle_seconds": 1,
    # a busy machine reports late at times: the gate looks again, as long as a test does not forbid it
    "limits": {"failure": 0, "inconclusive": 8, "consecutive_error": 1},
    "retry_seconds": 1,
    "dry_run_metrics": [],
}
LIMITS = {
    "replication_lag_ms": 1000,
    "healthy_hosts_minimum": 2,
    "minimum_samples": 100,
    "error_rate_increase": 1.0,
}


@dataclass
class Miniature(MachineAtWork):
    """The platform's ids, and what a test asks of it."""

    aws: Any
    ids: MigrationIds
    machine_arn: str
    topic_arn: str
    approval: str
    region = EU

    def start(self, **document: Any) -> str:
        return self.begin({"action": "migrate"} | document)

    def question(self, execution: str, seconds: float = 120) -> dict[str, Any]:
        """Wait until this execution asks something, and return the document of the question."""
        limit = time.monotonic() + seconds
        while True:
            parameter = self.aws.client("ssm", EU).get_parameter(Name=self.approval, WithDecryption=True)
            document = json.loads(parameter["Parameter"]["Value"])
            if document.get("execution") == execution:
                return dict(document)
            assert time.monotonic() < limit, f"it asks nothing: {self.path(execution)}"
            time.sleep(0.1)

    def answer(self, execution: str, decision: str, **more: str) -> dict[str, Any]:
        """Answer the question that the execution asks; returns the question."""
        asked = self.question(execution)
        self.states.send_task_success(
            taskToken=asked["token"], output=json.dumps({"decision": decision, "by": "a test", **more})
        )
        # a second question of the same execution must not be taken for this one
        self.aws.client("ssm", EU).put_parameter(
            Name=self.approval, Value="{}", Type="SecureString", Overwrite=True
        )
        return asked

    def wait_for_alarms(self, state: str = "OK", seconds: float = 240) -> None:
        """Wait until every alarm that counts before the switchover has a state."""
        limit = time.monotonic() + seconds
        while True:
            found = {
                (side.region, alarm["AlarmName"]): alarm["StateValue"]
                for side in self.ids.sides
                for alarm in self.aws.client("cloudwatch", side.region).describe_alarms()["MetricAlarms"]
            }
            if set(found.values()) == {state}:
                return
            assert time.monotonic() < limit, found
            time.sleep(0.1)

    def weights(self) -> dict[str, int]:
        records = self.aws.client("route53").list_resource_record_sets(HostedZoneId=self.ids.hosted_zone_id)
        found = {
            record["SetIdentifier"]: record["Weight"]
            for record in records["ResourceRecordSets"]
            if "Weight" in record
        }
        return {side: found[name] for side, name in SETS.items()}

    def writer(self) -> str:
        found = self.aws.client("rds", EU).describe_global_clusters(GlobalClusterIdentifier=GLOBAL)
        (writer,) = (m for m in found["GlobalClusters"][0]["GlobalClusterMembers"] if m["IsWriter"])
        return str(writer["DBClusterArn"].split(":")[3])

    def checkpoint(self) -> dict[str, Any]:
        found = self.aws.client("ssm", EU).get_parameter(Name=self.ids.checkpoint_parameter)
        return dict(json.loads(found["Parameter"]["Value"]))

    def pauses(self) -> dict[str, int]:
        """How many rules pause writes, by region."""
        return {
            side.region: sum(
                rule["Priority"] == "1"
                for rule in self.aws.client("elbv2", side.region).describe_rules(
                    ListenerArn=side.https_listener_arn
                )["Rules"]
            )
            for side in self.ids.sides
        }


def build(aws: Any, *, account: str = "123456789012") -> Miniature:
    """Make the platform on an empty embedded AWS."""
    zone = aws.client("route53").create_hosted_zone(Name="payments.example.com", CallerReference="1")
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    _database(aws)
    sides = {role: _region(aws, role, region) for role, region in (("source", US), ("target", EU))}
    checkpoint = aws.client("ssm", EU).put_parameter(
        Name="/migration/x1/checkpoint", Value='{"stage": "none"}', Type="String"
    )
    assert checkpoint["Version"] == 1
    aws.client("ssm", EU).put_parameter(Name="/migration/x1/approval", Value="{}", Type="SecureString")
    key = aws.client("kms", EU).create_key()["KeyMetadata"]["Arn"]
    topic = _topic(aws, EU)
    for region in (US, EU):
        aws.client("secretsmanager", region).create_secret(
            Name=SECRET, SecretString=json.dumps({"username": "payments_app", "password": "p"})
        )
    ids = MigrationIds(
        naming=Naming(suffix="x1"),
        account_id=account,
        kms_key_arn=key,
        log_retention_days=1,
        source=sides["source"][0],
        target=sides["target"][0],
        global_cluster_identifier=GLOBAL,
        hosted_zone_id=zone_id,
        record_name=RECORD,
        set_identifiers=SETS,
        checkpoint_parameter="/migration/x1/checkpoint",
        checkpoint_parameter_arn="",
        canary={"enabled": True, "secret": SECRET, "database": "payments"},
        limits=LIMITS,
        defaults=DEFAULTS,
    )
    records = {
        role: RecordSide(
            set_identifier=SETS[role], dns_name=balancer["DNSName"], zone_id=balancer["CanonicalHostedZoneId"]
        )
        for role, (_, balancer) in sides.items()
    }
    _records(aws, zone_id, records)
    functions = {name: _function(aws, name, ids) for name in ("start", "gate", "writer")}
    machine = definition(
        MachineInputs(
            source_region=US,
            target_region=EU,
            hosted_zone_id=zone_id,
            record_name=RECORD,
            source=records["source"],
            target=records["target"],
            start_function_arn=functions["start"],
            gate_function_arn=functions["gate"],
            writer_function_arn=functions["writer"],
            checkpoint_parameter=ids.checkpoint_parameter,
            approval_parameter="/migration/x1/approval",
            kms_key_arn=key,
            topic_arn=topic,
        )
    )
    made = aws.client("stepfunctions", EU).create_state_machine(
        name="migration", definition=json.dumps(impatient(machine)), roleArn=_role(aws)
    )
    return Miniature(aws, ids, made["stateMachineArn"], topic, "/migration/x1/approval")


def impatient(machine: dict[str, Any]) -> dict[str, Any]:
    """The machine with a second between looks and between attempts, where it has several; else the same."""
    made: dict[str, Any] = json.loads(json.dumps(machine))
    for state in made["States"].values():
        if isinstance(state.get("Seconds"), int):
            state["Seconds"] = 1
        for retrier in state.get("Retry", ()):
            if retrier["MaxAttempts"]:
                retrier |= {"IntervalSeconds": 1, "MaxDelaySeconds": 2}
    return made


def _topic(aws: Any, region: str) -> str:
    return str(aws.client("sns", region).create_topic(Name="alarms")["TopicArn"])


def _role(aws: Any) -> str:
    return f"arn:aws:iam::123456789012:role/{_named_role(aws)}"


def _named_role(aws: Any) -> str:
    iam = aws.client("iam")
    if not [role for role in iam.list_roles()["Roles"] if role["RoleName"] == "mini"]:
        iam.create_role(
            RoleName="mini", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
        )
    return "mini"


def _database(aws: Any) -> None:
    source, target = aws.client("rds", US), aws.client("rds", EU)
    source.create_global_cluster(GlobalClusterIdentifier=GLOBAL, DatabaseName="payments", **ENGINE)
    source.create_db_cluster(
        DBClusterIdentifier="aurora-source-x1",
        GlobalClusterIdentifier=GLOBAL,
        MasterUsername="payments_admin",
        MasterUserPassword="not-a-secret-1",
        DatabaseName="payments",
        EnableHttpEndpoint=True,
        **ENGINE,
    )
    target.create_db_cluster(
        DBClusterIdentifier="aurora-target-x1",
        GlobalClusterIdentifier=GLOBAL,
        EnableHttpEndpoint=True,
        **ENGINE,
    )
    for client, name in ((source, "aurora-source-x1"), (target, "aurora-target-x1")):
        for number in range(2):
            client.create_db_instance(
                DBInstanceIdentifier=f"{name}-{number}",
                DBClusterIdentifier=name,
                DBInstanceClass="db.r6g.large",
                Engine="aurora-mysql",
            )


def _region(aws: Any, role: str, region: str) -> tuple[RegionIds, dict[str, Any]]:
    ec2, elb, cloudwatch = (aws.client(name, region) for name in ("ec2", "elbv2", "cloudwatch"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(
        Name=f"alb-{role}", Subnets=[subnet["SubnetId"] for subnet in subnets]
    )["LoadBalancers"][0]
    group = elb.create_target_group(Name=f"tg-{role}", Protocol="HTTPS", Port=443, VpcId=vpc)["TargetGroups"][
        0
    ]
    certificate = aws.client("acm", region).request_certificate(DomainName=RECORD)["CertificateArn"]
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )["Listeners"][0]
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": [IMAGE]}])["Images"][0]["ImageId"]
    instances = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, SubnetId=subnets[0]["SubnetId"])
    targets = [{"Id": instance["InstanceId"]} for instance in instances["Instances"]]
    elb.register_targets(TargetGroupArn=group["TargetGroupArn"], Targets=targets)
    ids = RegionIds(
        region=region,
        cluster_identifier=f"aurora-{role}-x1",
        cluster_arn=f"arn:aws:rds:{region}:123456789012:cluster:aurora-{role}-x1",
        replication_lag_alarm="alarm-replication-lag-x1",
        healthy_hosts_alarm="alarm-healthy-hosts-x1",
        load_balancer_arn_suffix=balancer["LoadBalancerArn"].partition("loadbalancer/")[2],
        target_group_arn=group["TargetGroupArn"],
        target_group_arn_suffix=group["TargetGroupArn"].rpartition(":")[2],
        https_listener_arn=listener["ListenerArn"],
    )
    alarms = {
        ids.replication_lag_alarm: (
            "AWS/RDS",
            "AuroraGlobalDBRPOLag",
            "Maximum",
            "GreaterThanThreshold",
            1000,
        ),
        ids.healthy_hosts_alarm: (
            "AWS/ApplicationELB",
            "HealthyHostCount",
            "Minimum",
            "LessThanThreshold",
            2,
        ),
    }
    dimensions = {
        ids.replication_lag_alarm: {"DBClusterIdentifier": ids.cluster_identifier},
        ids.healthy_hosts_alarm: {
            "LoadBalancer": ids.load_balancer_arn_suffix,
            "TargetGroup": ids.target_group_arn_suffix,
        },
    }
    for name, (namespace, metric, statistic, comparison, threshold) in alarms.items():
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions[name].items()],
            Statistic=statistic,
            ComparisonOperator=comparison,
            Threshold=threshold,
            Period=60,
            EvaluationPeriods=2,
            AlarmActions=[_topic(aws, region)],
            TreatMissingData="notBreaching" if role == "source" and "lag" in name else "breaching",
        )
    return ids, balancer


def _records(aws: Any, zone_id: str, records: dict[str, RecordSide]) -> None:
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": RECORD,
                "Type": "A",
                "SetIdentifier": side.set_identifier,
                "Weight": {"source": 100, "target": 0}[role],
                "AliasTarget": {
                    "HostedZoneId": side.zone_id,
                    "DNSName": side.dns_name,
                    "EvaluateTargetHealth": True,
                },
            },
        }
        for role, side in records.items()
    ]
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def _function(aws: Any, name: str, ids: MigrationIds) -> str:
    config = {"start": configuration.start, "gate": configuration.gate, "writer": configuration.writer}[name]
    return str(
        aws.client("lambda", EU).create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=_role(aws),
            Handler=f"{name}.handler.handle",
            Timeout=60,
            Code={"ZipFile": archive(name)},
            Environment={"Variables": {"CONFIG": json.dumps(config(ids))}},
        )["FunctionArn"]
    )
