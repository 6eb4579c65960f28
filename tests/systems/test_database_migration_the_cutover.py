"""C15: the deployed platform takes a database over, gives it back and takes it again, while customers pay."""

from __future__ import annotations

import json

import pytest

from shared.rehearsal import report, summary
from shared.rehearsal.cutover import parts
from shared.rehearsal.cutover.journey import Journey
from shared.rehearsal.report import Chapter
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def crossed(crossing: Journey) -> Journey:
    """Go there, back and there again, as a rehearsal does; every part raises if what came of it is wrong.

    A TTL lasts three seconds: the runbook's commands wait for all of it. So do they plan once more.
    """
    parts.load(crossing)
    parts.judge(crossing)
    parts.cut_over(crossing, "Cutover")
    crossing.rehearsal.plan_again()
    parts.roll_back(crossing, "Rollback")
    parts.load(crossing, again=True)
    parts.cut_over(crossing, "Cutover again")
    parts.settle_up(crossing)
    return crossing


def chapter(journey: Journey, title: str) -> Chapter:
    (found,) = (one for one in journey.chapters.written if one.title == title)
    return found


def test_every_check_passed(crossed: Journey) -> None:
    assert [(one.title, one.outcome) for one in crossed.chapters.written] == [
        ("Full load, and every change since", "replicating"),
        ("What speaks against a cutover", ""),
        ("Cutover", "cut-over"),
        ("Rollback", "rolled-back"),
        ("Full load again", "replicating"),
        ("Cutover again", "cut-over"),
        ("Everything, counted at the end", ""),
    ]
    checks = [check for one in crossed.chapters.written for check in one.checks]
    assert len(checks) >= 40
    assert [check for check in checks if not check.passed] == []


def test_no_payment_is_lost_and_none_is_doubled_whenever_it_is_counted(crossed: Journey) -> None:
    counted = [
        numbers
        for one in crossed.chapters.written
        if "Lost" in (numbers := {number.name: number.value for number in one.numbers})
    ]
    assert len(counted) == 6
    assert {(one["Lost"], one["Doubled"]) for one in counted} == {("0", "0")}
    acknowledged = [int(one["Payments acknowledged until now"]) for one in counted]
    assert 0 < acknowledged[0] < acknowledged[-1]
    assert acknowledged == sorted(acknowledged)


@pytest.mark.parametrize(
    ("title", "writers"),
    [
        ("Cutover", ["data centre", "Aurora"]),
        ("Rollback", ["Aurora", "data centre"]),
        ("Cutover again", ["data centre", "Aurora"]),
    ],
)
def test_the_write_name_leads_to_one_database_and_then_to_the_other(
    crossed: Journey, title: str, writers: list[str]
) -> None:
    samples = chapter(crossed, title).samples
    assert list(dict.fromkeys(sample.writer for sample in samples if sample.writer)) == writers


def test_the_plan_after_the_cutover_is_empty(crossed: Journey) -> None:
    stacks = crossed.rehearsal.findings["second plan"]["stacks"]
    assert {stack["address"]: stack["status"] for stack in stacks} == dict.fromkeys(
        crossed.rehearsal.stacks, "unchanged"
    )


def test_the_states_history_tells_all_of_it(landed_system: Deployed, crossed: Journey) -> None:
    client = landed_system.client("ssm", crossed.region)
    pages = client.get_paginator("get_parameter_history").paginate(
        Name=crossed.handles.state_parameter, WithDecryption=True
    )
    stages = [json.loads(one["Value"])["stage"] for page in pages for one in page["Parameters"]]
    there = ["ready", "freezing", "draining", "drained", "moving", "moved", "cut-over"]
    back = ["freezing-back", "draining-back", "drained-back", "returning", "returned", "rolled-back"]
    told = [stage for number, stage in enumerate(stages) if stages[number - 1 : number] != [stage]]
    assert told == ["replicating", *there, *back, "replicating", *there]


def test_passwords_are_in_no_log_and_no_report_of_it(crossed: Journey) -> None:
    # those of both servers' logins, too
    assert len(crossed.rehearsal.secrets) == 6
    crossed.rehearsal.search()
    assert crossed.rehearsal.findings["leaks"] == ()


def test_the_report_of_it_can_be_written_and_read(
    landed_system: Deployed, crossed: Journey, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("report")
    found = summary.report(
        landed_system.environment,
        crossed.chapters,
        seconds={"all": 1.0},
        findings=landed_system.rehearsal.findings,
        failure="",
        began_at="2026-01-01T00:00:00+00:00",
    )
    paths = report.write(found, folder)
    assert [path.name for path in paths] == ["report.json", "report.html", "report.xml"]
    assert report.read(folder).succeeded
    assert len(found.stacks) == 6
