"""What the functions look at and change, in both regions of an embedded AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

    from tests.rehearsal.conftest import Aws

SOURCE, TARGET = "us-east-1", "eu-west-1"
REGIONS = (SOURCE, TARGET)
RECORD = "api.payments.example.com"
CHECKPOINT = "/migration/abc123/checkpoint"
#: Nobody listens on the port "discard".
NOWHERE = "http://127.0.0.1:9"
VERSION = "8.0.mysql_aurora.3.10.1"

Answers = dict[tuple[str, str, str], list[dict[str, Any] | None]]


@dataclass
class World:
    """The embedded AWS, seen by the test (`aws`) and by the functions (`make`)."""

    aws: Aws
    session: boto3.Session
    lost: set[str] = field(default_factory=set)
    """Regions that the functions cannot reach."""
    answers: Answers = field(default_factory=dict)
    """(service, region, operation) -> what is answered instead, one a call; None passes it on."""
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    """(service, region, operation) of the functions, in order."""
    made: list[Any] = field(default_factory=list)
    zone: str = ""
    """Id of the hosted zone, once there is one."""

    def make(self, service: str, *, region_name: str, config: Any) -> Any:
        """Make a client for a function."""
        endpoint = NOWHERE if region_name in self.lost else None
        client = self.session.client(service, region_name=region_name, config=config, endpoint_url=endpoint)

        def before(model: Any, **_: Any) -> Any:
            call = (service, region_name, model.name)
            self.calls.append(call)
            said = self.answers[call].pop(0) if self.answers.get(call) else None
            status = 400 if said and "Error" in said else 200
            return None if said is None else (SimpleNamespace(status_code=status), said)

        client.meta.events.register("before-call", before)
        self.made.append(client)
        return client

    def close(self) -> None:
        for client in self.made:
            client.close()

    def says(self, service: str, region: str, operation: str, *answers: dict[str, Any] | None) -> None:
        """Answer the next calls instead of AWS; None passes one on."""
        for answer in answers:
            said = None if answer is None else {"ResponseMetadata": {}, **answer}
            self.answers.setdefault((service, region, operation), []).append(said)

    def refuses(
        self, service: str, region: str, operation: str, code: str, message: str = "refused by the test"
    ) -> None:
        self.says(service, region, operation, {"Error": {"Code": code, "Message": message}})

    def called(self, service: str, region: str) -> list[str]:
        return [call[2] for call in self.calls if call[:2] == (service, region)]


def global_database(aws: Aws) -> dict[str, str]:
    """Make a global database that writes in the source; return region -> cluster ARN."""
    aws.client("rds").create_global_cluster(
        GlobalClusterIdentifier="ledger", Engine="aurora-mysql", EngineVersion=VERSION
    )
    arns = {}
    for region in REGIONS:
        rds = aws.client("rds", region)
        login = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"} if not arns else {}
        made = rds.create_db_cluster(
            DBClusterIdentifier=f"ledger-{region}",
            Engine="aurora-mysql",
            EngineVersion=VERSION,
            GlobalClusterIdentifier="ledger",
            **login,
        )
        rds.create_db_instance(
            DBInstanceIdentifier=f"ledger-{region}-0",
            DBClusterIdentifier=f"ledger-{region}",
            Engine="aurora-mysql",
            DBInstanceClass="db.r6g.large",
        )
        arns[region] = str(made["DBCluster"]["DBClusterArn"])
    return arns


def move_writer(aws: Aws, arn: str) -> None:
    aws.client("rds").switchover_global_cluster(
        GlobalClusterIdentifier="ledger", TargetDbClusterIdentifier=arn
    )


def zone(aws: Aws) -> str:
    made = aws.client("route53").create_hosted_zone(Name="payments.example.com", CallerReference="1")
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def set_weights(aws: Aws, zone_id: str, weights: dict[str, int], name: str = RECORD) -> None:
    """Set the weighted records: set identifier -> weight."""
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": "A",
                "SetIdentifier": identifier,
                "Weight": weight,
                "TTL": 60,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
            },
        }
        for identifier, weight in weights.items()
    ]
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def set_alarm(aws: Aws, region: str, name: str, state: str) -> None:
    cloudwatch = aws.client("cloudwatch", region)
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="n",
        MetricName="m",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test")


def put_metric(
    aws: Aws,
    region: str,
    *,
    namespace: str,
    name: str,
    dimension: tuple[str, str],
    value: float,
    age_seconds: int = 20,
) -> None:
    aws.client("cloudwatch", region).put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
                "Timestamp": datetime.now(UTC) - timedelta(seconds=age_seconds),
                "Value": value,
            }
        ],
    )


def load_balancer(aws: Aws, region: str, *, targets: int = 2) -> dict[str, str]:
    """Make a load balancer with a listener and healthy targets; return the ARNs by kind."""
    ec2, elbv2 = aws.client("ec2", region), aws.client("elbv2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{letter}")
        for number, letter in enumerate("ab")
    ]
    balancer = elbv2.create_load_balancer(
        Name="alb-abc123", Subnets=[subnet["Subnet"]["SubnetId"] for subnet in subnets]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    group = elbv2.create_target_group(Name="tg-abc123", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
        "TargetGroups"
    ][0]["TargetGroupArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]["ListenerArn"]
    if targets:
        elbv2.register_targets(
            TargetGroupArn=group, Targets=[{"Id": f"10.0.0.{10 + number}"} for number in range(targets)]
        )
    return {"balancer": balancer, "group": group, "listener": listener}
