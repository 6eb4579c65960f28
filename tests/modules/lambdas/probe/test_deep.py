"""What the schedule puts as metrics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from modules.lambdas.probe.errors import ProbeError
from modules.lambdas.probe.handler import handle
from tests.modules.lambdas.probe.servers import nobody
from tests.modules.lambdas.world import TARGET, World, load_balancer, put_metric

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEDULED = {"detail-type": "Scheduled Event", "source": "aws.events"}


@pytest.fixture
def standby(world: World, configured: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Configure for the target region of an embedded AWS, with two healthy targets."""
    group = load_balancer(world.aws, TARGET)["group"]
    return lambda **changes: configured(region=TARGET, target_group_arn=group, **changes)


def lag(world: World, value: float, age_seconds: int) -> None:
    put_metric(
        world.aws,
        TARGET,
        namespace="AWS/RDS",
        name="AuroraGlobalDBRPOLag",
        dimension=("DBClusterIdentifier", "ledger-standby"),
        value=value,
        age_seconds=age_seconds,
    )


def put(world: World, name: str) -> list[float]:
    now = datetime.now(UTC)
    dimensions = [{"Name": "Region", "Value": TARGET}]
    metric = {"Namespace": "regionshift/abc123", "MetricName": name, "Dimensions": dimensions}
    found = world.aws.client("cloudwatch", TARGET).get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
    )
    return list(found["MetricDataResults"][0]["Values"])


def test_a_healthy_standby_is_put_whole(world, standby):
    standby()
    lag(world, 900, 200)
    lag(world, 80, 20)
    found = handle(SCHEDULED, None)
    assert 0 < found.pop("ServiceLatency") < 1200
    assert found == {
        "ServiceReachable": 1,
        "DatabaseReachable": 1,
        "HealthyTargets": 2,
        "ReplicationLag": 80,
    }
    assert put(world, "ReplicationLag") == [80]
    assert put(world, "HealthyTargets") == [2]
    assert len(put(world, "ServiceLatency")) == 1


def test_what_is_not_reached_is_0_and_has_no_latency_and_a_primary_no_lag(world, standby):
    standby(service={"port": nobody()}, database={"port": nobody()})
    assert handle(SCHEDULED, None) == {"ServiceReachable": 0, "DatabaseReachable": 0, "HealthyTargets": 2}
    assert put(world, "DatabaseReachable") == [0]


def test_what_cannot_be_read_is_left_out(world, standby, capsys):
    standby()
    world.refuses("elbv2", TARGET, "DescribeTargetHealth", "Throttling")
    world.refuses("cloudwatch", TARGET, "GetMetricData", "AccessDenied")
    assert set(handle(SCHEDULED, None)) == {"ServiceReachable", "ServiceLatency", "DatabaseReachable"}
    logged = capsys.readouterr().out
    assert "not read: elasticloadbalancing:DescribeTargetHealth" in logged
    assert "not read: cloudwatch:GetMetricData" in logged


def test_metrics_that_cannot_be_put_are_an_error_of_the_function(world, standby):
    standby()
    world.refuses("cloudwatch", TARGET, "PutMetricData", "AccessDenied")
    with pytest.raises(ProbeError, match=r"cloudwatch:PutMetricData in eu-west-1: .*AccessDenied"):
        handle(SCHEDULED, None)
