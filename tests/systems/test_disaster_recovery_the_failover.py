"""B4, B5, B7: the deployed platform is moved as planned, loses its primary, fails over, and goes home."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from shared.rehearsal import report, summary
from shared.rehearsal.recovery import faults, parts
from shared.rehearsal.recovery.journey import PACE, Journey
from shared.rehearsal.report import Chapter
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system

HOME, AWAY = "us-east-1", "us-west-2"


@pytest.fixture(scope="module")
def journey(recovered_system: Deployed) -> Iterator[Journey]:
    """There and back twice, once as planned; each part looks at what came of it and raises if it is wrong."""
    going = Journey(rehearsal=recovered_system.rehearsal, endpoint=recovered_system.endpoint)
    try:
        going.open()
        yield going
    finally:
        going.close()


def chapter(journey: Journey, title: str) -> Chapter:
    (found,) = (one for one in journey.chapters.written if one.title.startswith(title))
    return found


def numbers(found: Chapter) -> dict[str, str]:
    return {number.name: number.value for number in found.numbers}


def planned(recovered_system: Deployed) -> dict[str, str]:
    """What the last plan said of each stack."""
    stacks = recovered_system.rehearsal.findings["second plan"]["stacks"]
    return {stack["address"]: stack["status"] for stack in stacks}


def test_a_planned_switchover_moves_traffic_and_writer_and_leaves_every_plan_empty(
    recovered_system: Deployed, journey: Journey
) -> None:
    parts.switch_over(journey)
    recovered_system.rehearsal.plan_again()
    assert planned(recovered_system) == dict.fromkeys(recovered_system.rehearsal.stacks, "unchanged")
    assert numbers(chapter(journey, "Planned switchover"))["Lost"] == "0"


def test_the_failback_moves_the_writer_before_the_traffic(journey: Journey) -> None:
    parts.fail_back(journey, "Planned failback")
    samples = chapter(journey, "Planned failback").samples
    assert [*dict.fromkeys(sample.writer for sample in samples)] == [AWAY, HOME]
    away = [sample for sample in samples if sample.writer == AWAY]
    assert away
    assert all(sample.weights == {"source": 0, "target": 100} for sample in away)


def test_behind_by_more_than_is_allowed_nothing_is_moved(journey: Journey) -> None:
    parts.behind(journey)
    assert "9000 ms; at most 5000 ms are allowed" in journey.refusals[-1]


def test_a_primary_that_refuses_connections_is_failed_over_from_without_a_call_to_it(
    journey: Journey,
) -> None:
    parts.lose(journey, "refuse", pace=PACE)
    found = numbers(chapter(journey, "us-east-1 is lost: it refuses"))
    assert found["Calls to us-east-1 and its control planes"] == "0"
    assert found["Writer, before and after"] == f"{HOME} → {AWAY}"
    assert found["Doubled"] == "0"
    assert int(found["Payments accepted meanwhile"]) > 0
    # what had been accepted in the second before is not here yet, and nobody says that it is
    assert int(found["Lost"].split(" ")[0]) > 0


def test_what_can_be_planned_without_the_primary_is_planned_empty(
    recovered_system: Deployed, journey: Journey
) -> None:
    parts.plan_without_home(journey)
    reached = planned(recovered_system)
    assert set(reached.values()) == {"unchanged"}
    names = ("foundation", "routing", "database", "service", "probe", "failover")
    assert set(reached) == {*(f"{AWAY}/{name}" for name in names), "global/traffic"}
    not_planned = recovered_system.rehearsal.findings["not planned"][HOME]
    assert set(not_planned) | set(reached) == set(recovered_system.rehearsal.stacks)
    # the plans asked it nothing either
    assert journey.calls_to_lost() == {}


def test_when_the_primary_is_back_the_traffic_stays_and_the_old_writer_follows(journey: Journey) -> None:
    parts.come_back(journey, "refuse")
    samples = chapter(journey, "us-east-1 is back").samples
    assert {json.dumps(sample.weights) for sample in samples} == {json.dumps({"source": 0, "target": 100})}


def test_after_the_failback_no_payment_is_lost_or_doubled(journey: Journey) -> None:
    parts.fail_back(journey, "Failback after the loss")
    found = numbers(chapter(journey, "Failback after the loss"))
    assert (found["Lost"], found["Doubled"]) == ("0", "0")


def test_a_primary_that_hangs_and_an_execution_that_is_killed_end_in_the_same_way(journey: Journey) -> None:
    killed = faults.named("killed@promote")
    faults.suffer(journey, killed, mode="hang")
    assert numbers(chapter(journey, "Fault killed@promote"))["Doubled"] == "0"
    faults.restore(journey)


def test_every_check_passed_and_the_report_can_be_written_and_read(
    recovered_system: Deployed, journey: Journey, tmp_path: pytest.TempPathFactory
) -> None:
    checks = [check for one in journey.chapters.written for check in one.checks]
    assert len(checks) > 40
    assert [check for check in checks if not check.passed] == []
    found = summary.report(
        recovered_system.environment,
        journey.chapters,
        seconds={"all": 1.0},
        findings=recovered_system.rehearsal.findings,
        failure="",
        began_at="2026-01-01T00:00:00+00:00",
        refusals=journey.refusals,
    )
    report.write(found, tmp_path)
    assert report.read(tmp_path).succeeded
    assert len(report.read(tmp_path).refusals) == 2
