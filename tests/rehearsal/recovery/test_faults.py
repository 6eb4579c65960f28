"""Faults put into a failover: what each does, where it has to end, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import Problem, Refused
from shared.operations.recovery.facts import Lag
from shared.rehearsal.recovery import faults, measures
from shared.rehearsal.recovery.faults import FAULTS, named
from shared.rehearsal.scenario import RehearsalFailedError
from tests.operations.recovery.topologies import NOW, running, topology
from tests.rehearsal.recovery.platform import AWAY, HOME, Platform

Run = Callable[[Any, Any], Any]


@pytest.fixture
def operations(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """What the operations do; a test replaces it. Each gets the operator and the request."""

    def over(_operator: Any, _request: Any) -> Any:
        return platform.fails_over()

    def back(_operator: Any, _request: Any) -> Any:
        platform.stand("failed-back", HOME)
        return platform.result("failed-back", "failback")

    acts: dict[str, Run] = {"failover": over, "switchover": over, "failback": back}

    def running_of(name: str) -> Run:
        def run(operator: Any, request: Any) -> Any:
            platform.log.append(f"{name}{' accepting' * request.accept_data_loss}")
            return acts[name](operator, request)

        return run

    for name in acts:
        monkeypatch.setattr(getattr(faults, name), "run", running_of(name))
    monkeypatch.setattr(measures, "payments", lambda *_, **__: None)
    return acts


def refuse(*reasons: str) -> Run:
    def run(_operator: Any, _request: Any) -> Any:
        raise Refused([Problem(what=reason) for reason in reasons])

    return run


def checks(platform: Platform) -> dict[str, bool]:
    return {check.name: check.passed for check in platform.chapters.written[-1].checks}


@pytest.mark.parametrize("name", ["refuse", "hang"])
@pytest.mark.usefixtures("operations")
def test_a_lost_primary_is_failed_over_from_when_dns_has_moved(platform: Platform, name: str) -> None:
    faults.suffer(platform.journey, named(name))
    assert platform.log == [f"lose {name}", "failover accepting"]
    assert all(checks(platform).values())
    assert platform.chapters.written[-1].outcome == "failed-over"


def test_with_an_unknown_lag_nothing_is_done(platform: Platform, operations: dict[str, Run]) -> None:
    operations["failover"] = refuse("the lag is not known", "and more")
    faults.suffer(platform.journey, named("unknown-lag"))
    assert platform.log == [
        f"fail cloudwatch GetMetricData InternalServiceFault 500 -1 {AWAY}",
        "lose refuse",
        "failover",
    ]
    assert platform.refusals == ["the lag is not known; and more"]
    assert checks(platform)["the checkpoint is what it was"]


def test_a_standby_that_is_behind_is_not_switched_over_to(
    platform: Platform, operations: dict[str, Run]
) -> None:
    operations["switchover"] = refuse("the replication lag is 9000 ms")

    def lag() -> None:
        if platform.telemetry.lag_ms:
            late = Lag(milliseconds=platform.telemetry.lag_ms, at=NOW)
            platform.now = replace(platform.now, lags={AWAY: late})

    platform.looked = lag
    faults.suffer(platform.journey, named("lag@switchover"))
    assert platform.log == ["switchover"]
    assert platform.telemetry.lag_ms == 9000


def test_a_fault_that_was_not_refused_although_it_has_to_be_fails(
    platform: Platform, operations: dict[str, Run]
) -> None:
    platform.looked = lambda: setattr(
        platform,
        "now",
        replace(platform.now, lags={AWAY: Lag(milliseconds=platform.telemetry.lag_ms or 10, at=NOW)}),
    )
    operations["switchover"] = lambda *_: platform.fails_over("switched-over")
    with pytest.raises(RehearsalFailedError) as failed:
        faults.suffer(platform.journey, named("lag@switchover"))
    for wrong in ("it ends as refused: switched-over", "the checkpoint is what it was: failed-over"):
        assert wrong in str(failed.value)


def test_an_execution_that_is_killed_is_gone_on_with(platform: Platform, operations: dict[str, Run]) -> None:
    def killed(operator: Any, _request: Any) -> Any:
        for state in ("Pin", "Observe", "Observe"):
            platform.now = topology("failing-over", HOME, running=running(state))
            operator.seen(platform.now)
        operations["failover"] = lambda *_: platform.fails_over()
        platform.now = topology("failing-over", HOME)
        return platform.result("Crash")

    operations["failover"] = killed
    faults.suffer(platform.journey, named("killed@promote"), mode="hang")
    assert platform.log == ["lose hang", "failover accepting", "stop arn:run", "failover accepting"]
    assert checks(platform)["the fault happened"]
    names = [(event.name, event.detail) for event in platform.chapters.written[-1].events]
    assert ("state", "Crash") in names


def test_nothing_is_killed_where_nothing_runs(platform: Platform) -> None:
    named("killed@promote").act(platform.journey)
    assert platform.log == []


def test_a_primary_that_is_lost_during_a_switchover_is_failed_over_from(
    platform: Platform, operations: dict[str, Run]
) -> None:
    def stuck(operator: Any, _request: Any) -> Any:
        platform.now = topology("switching-over", HOME, running=running("WaitForDns"))
        operator.seen(platform.now)
        platform.now = topology("switching-over", HOME)
        return platform.result("FailoverStuck", "switchover")

    operations["switchover"] = stuck
    # the switchover itself asks both regions
    platform.asked = {"rds": 4}
    faults.suffer(platform.journey, named("lost@switchover"))
    assert platform.log == ["switchover", "lose refuse", "failover accepting"]


@pytest.mark.usefixtures("operations")
def test_a_call_to_the_lost_primary_fails_it(platform: Platform) -> None:
    platform.asked = {"rds": 1}
    with pytest.raises(RehearsalFailedError, match=r"nothing was asked of us-east-1: \{'rds': 1\}"):
        faults.suffer(platform.journey, named("refuse"))


def test_a_fault_whose_moment_never_came_fails(platform: Platform, operations: dict[str, Run]) -> None:
    operations["failover"] = lambda *_: platform.fails_over()
    with pytest.raises(RehearsalFailedError, match="the fault happened: the execution is killed"):
        faults.suffer(platform.journey, named("killed@promote"))


@pytest.mark.usefixtures("operations")
def test_everything_is_taken_back(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(faults.time, "sleep", slept.append)
    platform.stand("failed-over", AWAY)
    platform.lost, platform.telemetry.lag_ms = HOME, 9000
    faults.restore(platform.journey)
    assert platform.log == ["clear_faults", "back", "failback", "alarms"]
    assert (platform.telemetry.lag_ms, slept) == (None, [60])
    platform.log.clear()
    faults.restore(platform.journey)
    assert platform.log == ["clear_faults", "alarms"]


@pytest.mark.usefixtures("operations")
def test_after_each_fault_everything_answers_again_before_everything_is_planned(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("suffer", "settle", "restore"):
        monkeypatch.setattr(
            faults, name, lambda _, fault=None, name=name: platform.log.append(fault.name if fault else name)
        )
    for _, part in faults.parts(platform.journey, FAULTS[:2]):
        part(None)  # type: ignore[arg-type]
    again = ["settle", "plan", "restore"]
    assert platform.log == ["open", "refuse", *again, "hang", *again, "close"]
