"""What running systems would report."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.rehearsal.fault_client import Controls
from shared.rehearsal.telemetry import LAG_MS, Side, System, Telemetry
from shared.rehearsal.traffic import Answered, Weighted
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


@dataclass(frozen=True)
class Standing:
    """A system with its records."""

    system: System
    weights: Weighted

    def telemetry(self, aws: Aws, **how: Any) -> Telemetry:
        return Telemetry(self.system, aws, self.weights, **how)


@pytest.fixture
def standing(extended: Aws) -> Standing:
    """Records 75 to 25, a global database that writes in us-east-1, two and one registered targets."""
    create_global(extended)
    zone = extended.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    groups = {}
    for region, count in ((SOURCE, 2), (TARGET, 1)):
        groups[region] = target_group(extended, "ip", region=region)
        extended.client("elbv2", region).register_targets(
            TargetGroupArn=groups[region], Targets=[{"Id": f"10.0.0.{number}"} for number in range(count)]
        )
    outputs = {
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
    }
    weights = Weighted.of(outputs, (SOURCE, TARGET), extended)
    weigh(extended, weights.hosted_zone_id, source=75, target=25)
    return Standing(System.of(outputs, (SOURCE, TARGET)), weights)


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


def seen(aws: Aws, standing: Standing, region: str) -> dict[str, Any]:
    side = standing.system.sides[region]
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


def test_traffic_follows_the_weights_and_the_lag_is_the_secondarys(extended: Aws, standing: Standing) -> None:
    standing.telemetry(extended).report()
    assert seen(extended, standing, SOURCE) == {"requests": 1500, "errors": 0, "hosts": 2, "lag": None}
    target = seen(extended, standing, TARGET)
    assert LAG_MS[0] <= target.pop("lag") <= LAG_MS[1]
    assert target == {"requests": 500, "errors": 0, "hosts": 1}


def test_a_side_without_traffic_counts_nothing(extended: Aws, standing: Standing) -> None:
    weigh(extended, standing.weights.hosted_zone_id, source=0, target=100)
    standing.telemetry(extended).report()
    assert [seen(extended, standing, region)["requests"] for region in (SOURCE, TARGET)] == [None, 2000]


def test_weights_of_nought_send_nobody_anywhere(extended: Aws, standing: Standing) -> None:
    weigh(extended, standing.weights.hosted_zone_id, source=0, target=0)
    standing.telemetry(extended).report()
    assert [seen(extended, standing, region)["requests"] for region in (SOURCE, TARGET)] == [None, None]


def test_it_misbehaves_as_it_is_told(extended: Aws, standing: Standing) -> None:
    telemetry = standing.telemetry(extended)
    telemetry.error_rate[TARGET] = 5
    telemetry.healthy_hosts[SOURCE] = 0
    telemetry.lag_ms = 4000
    telemetry.report()
    assert seen(extended, standing, SOURCE) == {"requests": 1500, "errors": 0, "hosts": 0, "lag": None}
    assert seen(extended, standing, TARGET) == {"requests": 500, "errors": 25, "hosts": 1, "lag": 4000}


def test_silence_is_no_data(extended: Aws, standing: Standing) -> None:
    telemetry = standing.telemetry(extended)
    telemetry.silent = True
    telemetry.report()
    assert set(seen(extended, standing, TARGET).values()) == {None}
    assert telemetry.reports == 1


def test_it_reports_until_it_is_stopped_and_survives_a_call_that_fails(
    extended: Aws, standing: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    controls = Controls(extended.server.endpoint)
    with standing.telemetry(extended, interval=0.05) as telemetry:
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
    assert (seen(extended, standing, SOURCE)["requests"] or 0) > 100


def test_a_system_that_is_not_there_is_said_at_once(extended: Aws, standing: Standing) -> None:
    with pytest.raises(extended.client("rds").exceptions.GlobalClusterNotFoundFault):
        Telemetry(replace(standing.system, global_cluster="nobody"), extended, standing.weights).start()


def test_a_target_groups_metrics_have_the_end_of_its_arn() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/tg/1"
    side = Side(load_balancer="x", target_group_arn=arn, cluster_identifier="x")
    assert side.target_group == "targetgroup/tg/1"


def test_a_region_that_is_lost_reports_nothing_and_nobody_follows_its_writer(
    extended: Aws, standing: Standing
) -> None:
    lost: set[str] = {SOURCE}
    telemetry = standing.telemetry(extended, lost=lambda: lost)
    telemetry.report()
    assert set(seen(extended, standing, SOURCE).values()) == {None}
    # the writer is in the source: nothing is behind it any more
    assert seen(extended, standing, TARGET) == {"requests": 500, "errors": 0, "hosts": 1, "lag": None}
    lost.add(TARGET)
    telemetry.report()
    assert seen(extended, standing, TARGET)["requests"] == 500
    lost.clear()
    telemetry.report()
    assert seen(extended, standing, TARGET)["lag"]


def test_nothing_is_reported_while_somebody_has_the_turn(extended: Aws, standing: Standing) -> None:
    with standing.telemetry(extended, interval=0.02) as telemetry, telemetry.turn:
        reports = telemetry.reports
        assert not telemetry._stop.wait(0.3)
        assert telemetry.reports == reports


class Resolver:
    """Answers as the embedded AWS's name servers would."""

    def __init__(self, *values: str, ttl: int | None = 10) -> None:
        self.answer = {"values": list(values), "ttl": ttl}

    def dns(self, name: str, kind: str) -> dict[str, Any]:
        assert (name, kind) == ("api.example.com", "CNAME")
        return self.answer


@pytest.mark.parametrize(
    ("answer", "shares", "kept"),
    [
        (Resolver("us.elb.amazonaws.com."), {SOURCE: 1.0}, 10.0),
        (Resolver("eu.elb.amazonaws.com", ttl=None), {TARGET: 1.0}, 0.0),
        (Resolver("somebody.else"), {}, 10.0),
        (Resolver(ttl=None), {}, 0.0),
    ],
)
def test_traffic_goes_where_dns_sends_it(answer: Any, shares: dict[str, float], kept: float) -> None:
    outputs = {
        "global/traffic": {"traffic_record_name": "api.example.com"},
        f"{SOURCE}/service": {"alb_dns_name": "us.elb.amazonaws.com"},
        f"{TARGET}/service": {"alb_dns_name": "eu.elb.amazonaws.com"},
    }
    traffic = Answered.of(outputs, (SOURCE, TARGET), answer)
    assert traffic() == shares
    assert traffic.answer()[1] == kept
