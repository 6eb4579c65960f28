"""The report: who looked at what, what is wrong, what is wrong on purpose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.policy import registry, report
from shared.policy.exceptions import Exemption
from shared.policy.finding import Finding
from shared.policy.registry import A, B, C, Check, Judged, complaints, unless
from shared.policy.scanner import Scan
from tests.policy.worlds import world

_STACK = "us-east-1/service"
_BALANCERS = {_STACK: {"aws_lb": {"good": {"name": "good"}, "bad": {"name": "bad"}}}}


def _named(platform):
    for balancer in platform.of("aws_lb"):
        good = balancer.get("name") == "good"
        yield from complaints(balancer, unless(good, "its name is bad"), unless(good, "its name is short"))


def _check(id_: str, body, systems=(A,)) -> Check:
    return Check(id=id_, title=f"Title of {id_}", why="why", remedy="Mend it.", systems=systems, body=body)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """Two checks instead of ours: one that has something to say, and one of another system."""
    found = [_check("RS01", _named), _check("RS02", lambda _: iter(()), systems=(B,))]
    monkeypatch.setattr(report, "checks", lambda: found)
    return found


def _entry(**changes) -> Exemption:
    words = {"check": "RS01", "places": (f"{_STACK}/bad",), "wrong": "its name is bad"}
    return Exemption(
        number=1, reason="a reason that is long enough", by="A4", systems=(A,), **{**words, **changes}
    )


def _theirs(place: str) -> Finding:
    return Finding(
        check="CKV_AWS_1",
        place=place,
        wrong="Ensure it",
        remedy="x",
        file=Path("f"),
        environment=A,
        system=A,
        protection="destroyable",
    )


def _scan(*places: str) -> Scan:
    return Scan(
        version="3.3.30",
        findings=tuple(_theirs(place) for place in places),
        titles={"CKV_AWS_1": "Ensure it"},
        looked_at={"CKV_AWS_1": 5},
        passed={A: 4},
    )


def test_what_is_wrong_is_told_and_what_is_meant_is_excused(checks) -> None:
    assert checks
    found = report.examine([world(_BALANCERS)], [_entry()], _scan())
    assert found.rows == (
        report.Row(check="RS01", title="Title of RS01", looked_at=2, wrong=1, excepted=1),
        report.Row(check="RS02", title="Title of RS02", looked_at=0, wrong=0, excepted=0),
        report.Row(
            check="EXCEPTIONS", title="Every exception excuses something", looked_at=1, wrong=0, excepted=0
        ),
    )
    ((finding),) = found.findings
    assert (finding.place, finding.wrong, finding.remedy) == (
        f"{_STACK}/bad",
        "its name is short",
        "Mend it.",
    )
    assert (finding.environment, finding.system, finding.protection) == (A, A, "destroyable")
    assert [(each.wrong, entry.number) for each, entry in found.excused] == [("its name is bad", 1)]
    assert found.tallies == (
        report.Tally(
            environment=A,
            own_passed=1,
            own_wrong=1,
            own_excepted=1,
            checkov_passed=4,
            checkov_wrong=0,
            checkov_excepted=0,
        ),
    )


def test_checkovs_findings_stand_beside_ours(checks) -> None:
    assert checks
    entries = [_entry(check="CKV_AWS_1", places=("*/meant",), wrong="")]
    found = report.examine([world(_BALANCERS)], entries, _scan("x/meant", "x/wrong"))
    theirs = found.rows[2]
    assert theirs == report.Row(check="CKV_AWS_1", title="Ensure it", looked_at=5, wrong=1, excepted=1)
    assert [each.place for each in found.findings if each.check == "CKV_AWS_1"] == ["x/wrong"]
    (tally,) = found.tallies
    assert (tally.checkov_passed, tally.checkov_wrong, tally.checkov_excepted) == (4, 1, 1)
    assert (tally.own_wrong, tally.own_excepted) == (2, 0)


def test_without_checkov_nothing_is_said_of_its_exceptions(checks) -> None:
    assert checks
    found = report.examine([world(_BALANCERS)], [_entry(check="CKV_AWS_1", wrong="")], None)
    assert [row.check for row in found.rows] == ["RS01", "RS02"]
    assert found.scan is None
    assert found.tallies[0].checkov_passed == 0
    assert found.as_json()["checkov"] is None


def test_a_stale_exception_is_wrong_unless_only_plans_were_looked_at(checks) -> None:
    assert checks
    stale = _entry(places=("*/gone",))
    found = report.examine([world(_BALANCERS)], [stale], _scan())
    assert found.findings[-1].wrong == "stale exception: nothing is wrong at */gone"
    assert found.rows[-1].wrong == 1
    some = report.examine([world(_BALANCERS)], [stale], _scan(), whole=False)
    assert [row.check for row in some.rows] == ["RS01", "RS02"]


def test_a_check_that_sees_nothing_any_more_is_wrong(checks) -> None:
    platforms = [world(_BALANCERS), world({}, B)]
    found = report.examine(platforms, [], None)
    blind = found.findings[-1]
    assert (blind.check, blind.place, blind.wrong) == (
        "RS02",
        "everywhere",
        "it looked at nothing in any environment",
    )
    # one that is for more systems than were looked at may see something there
    checks[1] = _check("RS02", lambda _: iter(()), systems=(B, C))
    assert {each.check for each in report.examine(platforms, [], None).findings} == {"RS01"}


def test_the_same_complaint_twice_is_one_finding() -> None:
    def twice(platform):
        yield from (Judged(platform, "wrong") for _ in range(2))

    looked_at, found = report.judge(_check("RS01", twice), [world({})])
    assert looked_at == {(A, A)}
    assert len(found) == 1


def test_a_program_gets_all_of_it(checks) -> None:
    assert checks
    found = report.examine([world(_BALANCERS)], [_entry()], _scan("x/wrong")).as_json()
    assert json.loads(json.dumps(found)) == found
    assert found["checkov"] == {"version": "3.3.30"}
    assert found["environments"][0]["own_passed"] == 1
    assert found["checks"][0]["check"] == "RS01"
    assert {each["check"] for each in found["findings"]} == {"RS01", "CKV_AWS_1"}
    assert found["excepted"][0]["by"] == "A4"
    assert found["excepted"][0]["reason"] == "a reason that is long enough"


def test_the_registry_gives_the_checks_in_the_order_of_their_ids() -> None:
    ids = [each.id for each in registry.checks()]
    assert ids == sorted(ids)
