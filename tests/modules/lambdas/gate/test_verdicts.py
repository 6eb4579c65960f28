"""What follows from what both regions say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.gate.question import METRICS, SCOPES
from modules.lambdas.gate.readings import Look, Unreadable
from modules.lambdas.gate.verdicts import Measurement, error_rate, fails_in, judge, overall
from tests.modules.lambdas.gate.inputs import configuration, healthy, question, traffic
from tests.modules.lambdas.world import REGIONS, SOURCE, TARGET

COUNTS = st.integers(0, 10_000)


def judged(looks: dict[str, Look] | None = None, **keys: Any) -> list[Measurement]:
    asked = question(**keys)
    return judge(configuration(), asked, looks or healthy(asked.writer))


def one(measurements: list[Measurement], metric: str, region: str = TARGET) -> Measurement:
    found = [each for each in measurements if (each.metric, each.region) == (metric, region)]
    assert len(found) == 1
    return found[0]


def changed(region: str, **keys: Any) -> dict[str, Look]:
    looks = healthy()
    return {**looks, region: replace(looks[region], **keys)}


def test_two_healthy_regions_pass():
    measurements = judged()
    assert overall(measurements) == "pass"
    assert {each.verdict for each in measurements} == {"pass"}
    assert [(each.metric, each.region) for each in measurements] == [
        ("alarms", SOURCE),
        ("alarms", TARGET),
        ("alarms", TARGET),
        ("replication_lag", TARGET),
        ("healthy_targets", SOURCE),
        ("healthy_targets", TARGET),
        ("error_rate", TARGET),
    ]


@pytest.mark.parametrize("writer", REGIONS)
def test_the_lag_counts_where_the_database_does_not_write(writer):
    measurements = judged(writer=writer)
    reader = TARGET if writer == SOURCE else SOURCE
    alarms = [each.reason for each in measurements if each.metric == "alarms"]
    assert sum("lag-" in reason for reason in alarms) == 1
    assert f"alarms in {reader}: lag-{reader} is OK" in alarms
    assert one(measurements, "replication_lag", reader).value == 80.0


@pytest.mark.parametrize(
    ("state", "verdict", "said"),
    [
        ("OK", "pass", "hosts-us-east-1 is OK"),
        ("ALARM", "fail", "hosts-us-east-1 is ALARM"),
        ("INSUFFICIENT_DATA", "inconclusive", "hosts-us-east-1 is INSUFFICIENT_DATA"),
        (None, "inconclusive", "there is no alarm hosts-us-east-1"),
    ],
)
def test_an_alarm_has_to_be_there_and_ok(state, verdict, said):
    states = {f"hosts-{SOURCE}": state} if state else {}
    measurement = one(judged(changed(SOURCE, alarms=states)), "alarms", SOURCE)
    assert (measurement.verdict, measurement.value) == (verdict, state)
    assert measurement.reason == f"alarms in us-east-1: {said}"


@pytest.mark.parametrize(
    ("lag", "verdict", "said"),
    [
        (1000.0, "pass", "1000 ms, 1000 are allowed"),
        (1000.5, "fail", "1000.5 ms, 1000 are allowed"),
        (None, "fail", "no data: a secondary without lag is one that does not replicate"),
    ],
)
def test_the_lag_has_to_be_known_and_small(lag, verdict, said):
    measurement = one(judged(changed(TARGET, lag_ms=lag)), "replication_lag")
    assert (measurement.verdict, measurement.value, measurement.limit) == (verdict, lag, 1000)
    assert measurement.reason == f"replication_lag in eu-west-1: {said}"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(("count", "verdict"), [(0, "fail"), (1, "fail"), (2, "pass")])
def test_each_region_needs_its_healthy_targets(region, count, verdict):
    measurement = one(judged(changed(region, healthy=count)), "healthy_targets", region)
    assert (measurement.verdict, measurement.value, measurement.limit) == (verdict, count, 2)


@pytest.mark.parametrize(
    ("source", "target", "verdict", "value", "limit"),
    [
        (traffic(), traffic(target=10), "pass", 1.0, 1.0),
        (traffic(), traffic(target=11), "fail", 1.1, 1.0),
        (traffic(), traffic(target=6, balancer=5), "fail", 1.1, 1.0),
        (traffic(target=50), traffic(target=60), "pass", 6.0, 6.0),
        (traffic(target=50), traffic(target=61), "fail", 6.1, 6.0),
        (traffic(99, target=99), traffic(target=20), "fail", 2.0, 1.0),
        (traffic(), traffic(99, target=99), "inconclusive", 100.0, 1.0),
        (traffic(), traffic(0), "inconclusive", 0.0, 1.0),
        (traffic(), traffic(0, balancer=500), "fail", 100.0, 1.0),
    ],
)
def test_the_target_may_fail_little_more_often_than_the_source(source, target, verdict, value, limit):
    looks = {**changed(SOURCE, traffic=source), TARGET: replace(healthy()[TARGET], traffic=target)}
    measurement = one(judged(looks), "error_rate")
    assert (measurement.verdict, measurement.value, measurement.limit) == (verdict, value, limit)


def test_few_requests_say_nothing_only_where_some_are_expected():
    looks = changed(TARGET, traffic=traffic(99))
    assert one(judged(looks), "error_rate").verdict == "inconclusive"
    calm = one(judged(looks, phase=0), "error_rate")
    assert calm.verdict == "pass"
    assert calm.reason == (
        "error_rate in eu-west-1: 0.00 % of 99 requests failed, 1.00 % are allowed; "
        "below 100 requests that says nothing"
    )


def test_the_pause_of_writes_is_not_held_against_the_target_afterwards():
    paused = traffic(1000, balancer=300, fixed=295)
    assert error_rate(paused, "switchover") == (30.0, 1000)
    assert error_rate(paused, "moved") == (0.5, 1000)
    assert error_rate(traffic(1000, target=20, fixed=295), "moved") == (2.0, 1000)


@given(requests=COUNTS, target=COUNTS, balancer=COUNTS, fixed=COUNTS, scope=st.sampled_from(SCOPES))
def test_a_rate_is_a_share_of_what_was_asked(requests, target, balancer, fixed, scope):
    rate, samples = error_rate(traffic(requests, target, balancer, fixed), scope)
    assert 0 <= rate <= 100
    assert samples >= max(requests, target)
    assert rate >= error_rate(traffic(requests, target), scope)[0]


def test_the_worst_verdict_wins():
    inconclusive = changed(SOURCE, alarms={})
    assert overall(judged(inconclusive)) == "inconclusive"
    assert overall(judged({**inconclusive, TARGET: replace(healthy()[TARGET], healthy=0)})) == "fail"


def test_a_dry_run_is_reported_and_changes_nothing():
    measurements = judged(changed(TARGET, healthy=0), dry_run_metrics=["healthy_targets"])
    assert overall(measurements) == "pass"
    measurement = one(measurements, "healthy_targets")
    assert (measurement.verdict, measurement.dry_run) == ("fail", True)
    assert [each.metric for each in measurements if each.dry_run] == ["healthy_targets"] * 2


def test_what_could_not_be_read_has_no_verdict():
    lost = {"alarms": Unreadable(why="alarms!"), "healthy": Unreadable(why="health!")}
    lost |= {"traffic": Unreadable(why="traffic!"), "lag_ms": Unreadable(why="lag!")}
    for region in REGIONS:
        measurements = judged(changed(region, **(lost if region == TARGET else {**lost, "lag_ms": None})))
        failed = {each.metric: each.reason for each in measurements if each.failed_call}
        assert failed["error_rate"] == "traffic!"
        assert set(failed) == set(METRICS) - (set() if region == TARGET else {"replication_lag"})
        assert {each.region for each in measurements if each.failed_call} == {region}


def test_what_fails_in_the_source_alone_is_left_to_a_person():
    ill = judged(changed(SOURCE, healthy=0))
    assert overall(ill) == "fail"
    assert overall(ill, spared=SOURCE) == "inconclusive"
    assert fails_in(ill, SOURCE)
    assert not fails_in(ill, TARGET)
    both = judged({region: replace(look, healthy=0) for region, look in healthy().items()})
    assert overall(both, spared=SOURCE) == "fail"
