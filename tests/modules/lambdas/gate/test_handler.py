"""The function `gate` on an embedded AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.lambdas.gate.errors import GateError
from modules.lambdas.gate.handler import answer, handle
from modules.lambdas.gate.verdicts import Measurement
from tests.modules.lambdas.gate.inputs import EVENT, LIMITS, region
from tests.modules.lambdas.world import (
    REGIONS,
    SOURCE,
    TARGET,
    World,
    load_balancer,
    put_metric,
    set_alarm,
)

BALANCER = ("LoadBalancer", "app/alb/1")


@pytest.fixture
def groups(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two healthy regions with their traffic; region -> target group."""
    made = {name: load_balancer(world.aws, name)["group"] for name in REGIONS}
    for name in REGIONS:
        set_alarm(world.aws, name, f"hosts-{name}", "OK")
        count(world, name, "RequestCount", 600)
        count(world, name, "RequestCount", 500, age_seconds=100)
    set_alarm(world.aws, TARGET, f"lag-{TARGET}", "OK")
    set_alarm(world.aws, SOURCE, f"lag-{SOURCE}", "INSUFFICIENT_DATA")
    lag(world, TARGET, 80)
    config = {
        "source": SOURCE,
        "target": TARGET,
        "regions": {name: region(name, target_group_arn=made[name]) for name in REGIONS},
        "limits": LIMITS,
    }
    monkeypatch.setenv("CONFIG", json.dumps(config))
    return made


def count(world: World, name: str, metric: str, value: float, *, age_seconds: int = 20) -> None:
    put_metric(
        world.aws,
        name,
        namespace="AWS/ApplicationELB",
        name=metric,
        dimension=BALANCER,
        value=value,
        age_seconds=age_seconds,
    )


def lag(world: World, name: str, value: float, *, age_seconds: int = 20) -> None:
    put_metric(
        world.aws,
        name,
        namespace="AWS/RDS",
        name="AuroraGlobalDBRPOLag",
        dimension=("DBClusterIdentifier", f"ledger-{name}"),
        value=value,
        age_seconds=age_seconds,
    )


def gate(**keys: Any) -> dict[str, Any]:
    return handle({**EVENT, **keys}, None)


def failure(**keys: Any) -> list[str]:
    with pytest.raises(GateError) as error:
        gate(**keys)
    return str(error.value).splitlines()


def shown(result: dict[str, Any], metric: str) -> list[Any]:
    return [one["value"] for one in result["measurements"] if one["metric"] == metric]


@pytest.mark.usefixtures("groups")
def test_two_healthy_regions_pass():
    result = gate()
    assert (result["verdict"], result["reasons"]) == ("pass", [])
    assert shown(result, "alarms") == ["OK", "OK", "OK"]
    assert shown(result, "replication_lag") == [80.0]
    assert shown(result, "healthy_targets") == [2, 2]
    assert result["measurements"][-1] == {
        "metric": "error_rate",
        "region": TARGET,
        "verdict": "pass",
        "value": 0.0,
        "limit": 1.0,
        "reason": "error_rate in eu-west-1: 0.00 % of 1100 requests failed, 1.00 % are allowed",
        "dry_run": False,
    }
    assert len(json.dumps(result)) < 8192


def test_errors_of_targets_and_of_the_load_balancer_are_counted(world, groups):
    assert groups
    count(world, TARGET, "HTTPCode_Target_5XX_Count", 11)
    count(world, TARGET, "HTTPCode_ELB_5XX_Count", 11, age_seconds=100)
    count(world, SOURCE, "HTTPCode_Target_5XX_Count", 6)
    result = gate()
    assert result["verdict"] == "fail"
    assert result["reasons"] == [
        "error_rate in eu-west-1: 2.00 % of 1100 requests failed, 1.55 % are allowed"
    ]


def test_only_the_window_counts(world, groups):
    assert groups
    lag(world, TARGET, 5000, age_seconds=600)
    count(world, TARGET, "HTTPCode_Target_5XX_Count", 1000, age_seconds=600)
    assert gate()["verdict"] == "pass"
    lag(world, TARGET, 1200, age_seconds=200)
    result = gate()
    assert shown(result, "replication_lag") == [1200.0]
    assert result["verdict"] == "fail"
    assert shown(gate(window_seconds=2), "replication_lag") == [80.0]


def test_an_alarm_a_sick_region_and_a_silent_database_are_told_apart(world, groups):
    group = groups[SOURCE]
    world.aws.client("elbv2", SOURCE).deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.0.10"}])
    world.aws.client("cloudwatch", TARGET).set_alarm_state(
        AlarmName=f"lag-{TARGET}", StateValue="ALARM", StateReason="the test"
    )
    result = gate(writer=TARGET)
    assert result["reasons"] == [
        "alarms in us-east-1: lag-us-east-1 is INSUFFICIENT_DATA",
        "replication_lag in us-east-1: no data: a secondary without lag is one that does not replicate",
        "healthy_targets in us-east-1: 1 healthy targets, 2 are needed",
    ]
    assert gate()["reasons"][0] == "alarms in eu-west-1: lag-eu-west-1 is ALARM"


def test_every_call_that_fails_is_named(world, groups):
    assert groups
    world.lost.add(SOURCE)
    world.refuses("cloudwatch", TARGET, "DescribeAlarms", "Throttling", "Rate exceeded")
    reasons = failure()
    assert [reason.split(": ")[0] for reason in reasons] == [
        "cloudwatch:DescribeAlarms in us-east-1",
        "cloudwatch:DescribeAlarms in eu-west-1",
        "elasticloadbalancing:DescribeTargetHealth in us-east-1",
        "cloudwatch:GetMetricData (traffic) in us-east-1",
    ]
    assert "Throttling" in reasons[1]
    assert world.called("cloudwatch", TARGET) == ["DescribeAlarms", "GetMetricData", "GetMetricData"]


@pytest.mark.usefixtures("groups")
def test_a_call_that_fails_for_a_dry_run_has_no_effect(world):
    world.refuses("elbv2", SOURCE, "DescribeTargetHealth", "AccessDenied")
    result = gate(dry_run_metrics=["healthy_targets"])
    assert result["verdict"] == "pass"
    assert len(result["reasons"]) == 1
    assert result["reasons"][0].startswith("elasticloadbalancing:DescribeTargetHealth in us-east-1: ")
    assert result["reasons"][0].endswith("refused by the test (dry run: no effect)")


@pytest.mark.usefixtures("groups")
def test_a_metric_that_cloudwatch_does_not_give_is_a_call_that_failed(world):
    broken = {"Id": "requests", "StatusCode": "InternalError", "Values": []}
    world.says("cloudwatch", SOURCE, "GetMetricData", {"MetricDataResults": [broken]})
    assert failure() == ["cloudwatch:GetMetricData (traffic) in us-east-1: requests: InternalError"]


@pytest.mark.usefixtures("groups")
def test_every_page_of_points_is_counted(world):
    pages = [
        {
            "MetricDataResults": [{"Id": "requests", "StatusCode": code, "Values": [value]}],
            "NextToken": token,
        }
        for code, value, token in (("PartialData", 60.0, "1"), ("Complete", 50.0, None))
    ]
    # the first GetMetricData of a region is about its traffic
    world.says("cloudwatch", TARGET, "GetMetricData", *pages)
    assert "0.00 % of 110 requests failed" in gate()["measurements"][-1]["reason"]


@pytest.mark.usefixtures("groups")
def test_a_wrong_event_is_a_failure_of_the_gate():
    assert failure(writer="eu-north-1") == [
        "the gate was asked wrongly: writer is 'eu-north-1', which is none of us-east-1, eu-west-1"
    ]


def measurement(number: int, *, dry_run: bool = False, failed_call: bool = False) -> Measurement:
    return Measurement(
        metric="alarms",
        region=SOURCE,
        verdict="fail",
        value=None,
        limit=None,
        reason=f"{number} {'x' * 300}",
        dry_run=dry_run,
        failed_call=failed_call,
    )


def test_reasons_are_cut_and_those_that_count_come_first():
    result = answer([measurement(number, dry_run=number < 10) for number in range(30)])
    assert len(result["reasons"]) == 20
    assert [reason.split()[0] for reason in result["reasons"]] == [str(number) for number in range(10, 30)]
    assert {len(reason) for reason in result["reasons"]} == {250}
    assert {len(one["reason"]) for one in result["measurements"]} == {250}


def test_failed_calls_are_cut_too():
    with pytest.raises(GateError) as error:
        answer([measurement(1, failed_call=True), measurement(2, failed_call=True, dry_run=True)])
    assert str(error.value) == f"1 {'x' * 245}..."
