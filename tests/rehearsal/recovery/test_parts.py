"""The recovery's parts, in order, and what each of them looks at."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Problem, Refused
from shared.rehearsal.recovery import faults, measures, parts
from shared.rehearsal.scenario import RehearsalFailedError
from tests.operations.recovery.topologies import running, topology
from tests.rehearsal.recovery.platform import AWAY, HOME, Platform


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is looked at elsewhere."""
    monkeypatch.setattr(measures, "payments", lambda *_, **__: None)
    monkeypatch.setattr(measures, "late", lambda *_: None)


def titles(platform: Platform) -> list[str]:
    return [title for title, _ in parts.parts(platform.journey)]


def test_it_goes_there_and_back_as_planned_is_lost_twice_and_killed_once(platform: Platform) -> None:
    found = titles(platform)
    wanted = (
        "Planned switchover to us-west-2",
        "Failback to us-east-1",
        "us-east-1 is lost: it refuses connections; failover",
        "What can be planned without us-east-1 (refuse)",
        "us-east-1 is back (refuse)",
        "Failback after the loss (refuse)",
        "us-east-1 is lost: it does not answer; failover",
        "us-east-1 is back (hang)",
        f"Fault killed@promote: {faults.named('killed@promote').what}",
    )
    places = [found.index(title) for title in wanted]
    assert places == sorted(places)
    assert len([title for title in found if title.startswith("The plan of every stack is empty")]) == 4
    assert (found[0][:15], found[-1]) == ("Systems report,", "Systems report no more")


def test_each_part_does_what_its_title_says(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    done = platform.log
    for module, name in (
        (parts, "switch_over"),
        (parts, "fail_back"),
        (parts, "behind"),
        (parts, "lose"),
        (parts, "plan_without_home"),
        (parts, "come_back"),
        (faults, "suffer"),
        (faults, "restore"),
    ):
        monkeypatch.setattr(
            module, name, lambda _, *more, name=name: done.append(" ".join([name, *map(_named, more)]))
        )
    for _, part in parts.parts(platform.journey):
        part(None)  # type: ignore[arg-type]
    outage = [
        "lose {0}", "plan_without_home", "come_back {0}", "fail_back Failback ({0})", "plan",
    ]  # fmt: skip
    assert done == [
        *("open", "switch_over", "plan", "fail_back Planned failback", "behind", "plan"),
        *[step.format("refuse") for step in outage],
        *[step.format("hang") for step in outage],
        *("suffer killed@promote", "restore", "close"),
    ]


def _named(value: Any) -> str:
    return str(getattr(value, "name", value))


def test_a_switchover_that_arrives_is_right_and_its_states_are_noted(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(operator: Any, _request: Any) -> Any:
        for state in ("Pin", "Pin", "WaitForDns"):
            operator.seen(topology("switching-over", HOME, running=running(state)))
        operator.seen(topology("switching-over", HOME))
        platform.stand("switched-over", AWAY)
        platform.tell("started", "pinned", "promoted", "drained", "switched-over")
        return platform.result("switched-over", "switchover")

    monkeypatch.setattr(parts.switchover, "run", run)
    parts.switch_over(platform.journey)
    (chapter,) = platform.chapters.written
    assert chapter.outcome == "switched-over"
    states = [event.detail for event in chapter.events if event.name == "state"]
    assert states == ["Pin", "WaitForDns"]
    assert next(number.name for number in chapter.numbers).startswith("Operation")


def test_a_failback_that_stops_on_its_way_fails(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.stand("failed-over", AWAY)
    monkeypatch.setattr(parts.failback, "run", lambda *_: platform.result("FailoverStuck", "failback"))
    monkeypatch.setattr(measures, "clients_are_home", lambda _: None)
    with pytest.raises(RehearsalFailedError, match="Planned failback: it ends as failed-back: FailoverStuck"):
        parts.fail_back(platform.journey, "Planned failback")


def test_behind_the_standby_is_not_switched_over_to_and_catches_up(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def suffer(journey: Any, fault: Any) -> None:
        platform.log.append(fault.name)
        journey.telemetry.lag_ms = 9000

    monkeypatch.setattr(faults, "suffer", suffer)
    parts.behind(platform.journey)
    assert platform.log == ["lag@switchover"]
    assert platform.telemetry.lag_ms is None


def failing_over(platform: Platform, *, refuses: bool = True) -> Any:
    def run(_operator: Any, request: Any) -> Any:
        if refuses and not request.accept_data_loss:
            raise Refused([Problem(what="data may be lost: the last known lag is 80 ms")])
        return platform.fails_over()

    return run


def test_a_loss_is_timed_by_the_clock_refused_without_leave_and_failed_over_with_it(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.failover, "run", failing_over(platform))
    platform.looked = lambda: platform.pay(AWAY) if platform.lost else None
    parts.lose(platform.journey, "hang")
    assert platform.log == [
        *("pace 1", "hold_replication", "lose hang", "release_replication", "pace 0.1"),
    ]
    assert platform.refusals == ["data may be lost: the last known lag is 80 ms"]
    (chapter,) = platform.chapters.written
    assert chapter.title == "us-east-1 is lost: it does not answer"
    assert chapter.failed == ()
    assert [number.name for number in chapter.numbers][:2] == [
        "Entry: DNS answers with the standby",
        "Entry: the first payment accepted there",
    ]


def test_a_failover_that_needs_no_leave_is_wrong_here(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.failover, "run", failing_over(platform, refuses=False))
    platform.looked = lambda: platform.pay(AWAY) if platform.lost else None
    with pytest.raises(RehearsalFailedError, match="without --accept-data-loss it is refused: failed-over"):
        parts.lose(platform.journey, "refuse")


def test_what_can_be_planned_is_planned_first_without_the_control_planes_then_with_them(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_manifest: Any, lost: set[str]) -> dict[str, str]:
        return {"one": HOME, "two": "IAM"} if "IAM" in lost else {"one": HOME}

    monkeypatch.setattr(parts, "unreachable", unreachable)
    parts.plan_without_home(platform.journey)
    assert platform.log == ["plan three", f"restore_control_planes {HOME}", "plan two three"]
    assert platform.rehearsal.findings["not planned"] == {
        "CloudFront, IAM, Route 53, us-east-1": {"one": HOME, "two": "IAM"},
        HOME: {"one": HOME},
    }


def test_where_nothing_can_be_planned_nothing_is(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "unreachable", lambda *_: dict.fromkeys(platform.rehearsal.stacks, HOME))
    parts.plan_without_home(platform.journey)
    assert platform.log == [f"restore_control_planes {HOME}"]


def test_when_it_is_back_the_traffic_has_to_stay(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "PACE", 0.0005)
    platform.stand("failed-over", AWAY)
    parts.come_back(platform.journey, "refuse")
    (chapter,) = platform.chapters.written
    assert platform.log == ["back"]
    assert [event.name for event in chapter.events] == ["back", "follows"]
    monkeypatch.setattr(measures, "stays", lambda _: {AWAY, HOME})
    with pytest.raises(RehearsalFailedError, match="the traffic stays in us-west-2"):
        parts.come_back(platform.journey, "refuse")
