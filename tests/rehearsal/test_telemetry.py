"""What running systems would report."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.rehearsal.fault_client import Controls
from shared.rehearsal.telemetry import LAG_MS, Side, System, Telemetry
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_elbv2_targets import target_group
from tests.rehearsal.extensions.test_rds_global import create_global
from tests.rehearsal.waiting import until

SOURCE, TARGET = "us-east-1", "eu-west-1"
BALANCERS = {SOURCE: "app/us/1", TARGET: "app/eu/2"}


def weigh(aws: Aws, zone: str, **weights: int) -> None:
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": "A",
                "SetIdentifier": region,
                "Weight": weight,
                "TTL": 60,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
            },
        }
        for name in ("api.example.com", "other.example.com")
        for region, weight in ((SOURCE, weights["source"]), (TARGET, weights["target"]))
    ]
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


@pytest.fixture
def system(extended: Aws) -> System:
    """Records 75 to 25, a global database that writes in us-east-1, two and one registered targets."""
    create_global(extended)
    zone = extended.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    groups = {}
    for region, count in ((SOURCE, 2), (TARGET, 1)):
        groups[region] = target_group(extended, "ip", region=region)
        extended.client("elbv2", region).register_targets(
            TargetGroupArn=groups[region], Targets=[{"Id": f"10.0.0.{number}"} for number in range(count)]
        )
    system = System.of(
        {
            "global/domain": {"route53_zone_id": zone["HostedZone"]["Id"].removeprefix("/hostedzone/")},
            "global/traffic": {
                "traffic_record_name": "api.example.com",
                "source_set_identifier": SOURCE,
                "target_set_identifier": TARGET,
            },
            f"{SOURCE}/database": {"global_cluster_identifier": "g", "aurora_cluster_identifier": "us"},
            f"{TARGET}/database": {"aurora_cluster_identifier": "eu"},
            **{
                f"{region}/service": {
                    "alb_arn_suffix": BALANCERS[region],
                    "target_group_arn": groups[region],
                }
                for region in groups
            },
        },
        (SOURCE, TARGET),
    )
    weigh(extended, system.hosted_zone_id, source=75, target=25)
    return system


def read(aws: Aws, region: str, name: str, dimensions: dict[str, str], stat: str = "Sum") -> float | None:
    """Read the last minutes as the migration's gate does."""
    now = datetime.now(UTC)
    namespace = "AWS/RDS" if "DBClusterIdentifier" in dimensions else "AWS/ApplicationELB"
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}
    found = aws.client("cloudwatch", region).get_metric_data(
        MetricDataQueries=[{"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
    )["MetricDataResults"][0]["Values"]
    if not found:
        return None
    return float({"Sum": sum(found), "Maximum": max(found), "Minimum": min(found)}[stat])


def seen(aws: Aws, system: System, region: str) -> dict[str, Any]:
    side = system.sides[region]
    balancer = {"LoadBalancer": side.load_balancer}
    group = {**balancer, "TargetGroup": side.target_group}
    return {
        "requests": read(aws, region, "RequestCount", balancer),
        "errors": read(aws, region, "HTTPCode_Target_5XX_Count", balancer),
        "hosts": read(aws, region, "HealthyHostCount", group, "Minimum"),
        "lag": read(
            aws, region, "AuroraGlobalDBRPOLag", {"DBClusterIdentifier": side.cluster_identifier}, "Maximum"
        ),
    }


def test_traffic_follows_the_weights_and_the_lag_is_the_secondarys(extended: Aws, system: System) -> None:
    Telemetry(system, extended).report()
    assert seen(extended, system, SOURCE) == {"requests": 1500, "errors": 0, "hosts": 2, "lag": None}
    target = seen(extended, system, TARGET)
    assert LAG_MS[0] <= target.pop("lag") <= LAG_MS[1]
    assert target == {"requests": 500, "errors": 0, "hosts": 1}


def test_a_side_without_traffic_counts_nothing(extended: Aws, system: System) -> None:
    weigh(extended, system.hosted_zone_id, source=0, target=100)
    Telemetry(system, extended).report()
    assert [seen(extended, system, region)["requests"] for region in (SOURCE, TARGET)] == [None, 2000]


def test_weights_of_nought_send_nobody_anywhere(extended: Aws, system: System) -> None:
    weigh(extended, system.hosted_zone_id, source=0, target=0)
    Telemetry(system, extended).report()
    assert [seen(extended, system, region)["requests"] for region in (SOURCE, TARGET)] == [None, None]


def test_it_misbehaves_as_it_is_told(extended: Aws, system: System) -> None:
    telemetry = Telemetry(system, extended)
    telemetry.error_rate[TARGET] = 5
    telemetry.healthy_hosts[SOURCE] = 0
    telemetry.lag_ms = 4000
    telemetry.report()
    assert seen(extended, system, SOURCE) == {"requests": 1500, "errors": 0, "hosts": 0, "lag": None}
    assert seen(extended, system, TARGET) == {"requests": 500, "errors": 25, "hosts": 1, "lag": 4000}


def test_silence_is_no_data(extended: Aws, system: System) -> None:
    telemetry = Telemetry(system, extended)
    telemetry.silent = True
    telemetry.report()
    assert set(seen(extended, system, TARGET).values()) == {None}
    assert telemetry.reports == 1


def test_it_reports_until_it_is_stopped_and_survives_a_call_that_fails(
    extended: Aws, system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    controls = Controls(extended.server.endpoint)
    with Telemetry(system, extended, interval=0.05) as telemetry:
        assert telemetry.reports == 1
        until(lambda: telemetry.reports > 2)
        controls.fail("cloudwatch", "PutMetricData", "InternalServiceFault")
        until(lambda: controls.hits("cloudwatch", "PutMetricData"))
        reports = telemetry.reports
        until(lambda: telemetry.reports > reports)
    assert "a report was missed" in capsys.readouterr().err
    reports = telemetry.reports
    telemetry.stop()
    assert telemetry.reports == reports
    assert (seen(extended, system, SOURCE)["requests"] or 0) > 100


def test_a_system_that_is_not_there_is_said_at_once(extended: Aws, system: System) -> None:
    with pytest.raises(extended.client("rds").exceptions.GlobalClusterNotFoundFault):
        Telemetry(replace(system, global_cluster="nobody"), extended).start()


def test_a_target_groups_metrics_have_the_end_of_its_arn() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/tg/1"
    side = Side(set_identifier="x", load_balancer="x", target_group_arn=arn, cluster_identifier="x")
    assert side.target_group == "targetgroup/tg/1"
