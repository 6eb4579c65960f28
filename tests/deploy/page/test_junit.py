"""A deployment run as JUnit XML: what a CI system shows of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from shared.deploy.page.junit import document
from shared.deploy.report import RunReport
from tests.deploy.page import runs
from tests.deploy.page.runs import DATABASE, FOUNDATION, SERVICE, TARGET, run, span, stack


def root(shown: RunReport) -> ET.Element:
    return ET.fromstring(document(shown).encode())  # noqa: S314 - it is ours


def cases(shown: RunReport) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in root(shown).iter("testcase")}


def properties(of: ET.Element) -> dict[str, str]:
    return {one.attrib["name"]: one.attrib["value"] for one in of.iter("property")}


def test_there_is_a_suite_a_stage_and_a_case_a_stack() -> None:
    found = root(runs.rollout())

    assert found.attrib["name"] == "rollout region-migration"
    assert [(suite.attrib["name"], suite.attrib["tests"]) for suite in found] == [
        ("source", "3"),
        ("target", "1"),
    ]
    assert set(cases(runs.rollout())) == {FOUNDATION, DATABASE, SERVICE, TARGET}
    assert found[1][1].attrib["classname"] == "regionshift.region-migration.target"


def test_times_are_those_at_work_and_the_suites_begin_when_their_first_stack_does() -> None:
    source, target = root(runs.rollout())

    assert source.attrib["timestamp"] == "2026-03-14T09:26:53+00:00"
    assert target.attrib["timestamp"] == "2026-03-14T09:26:57+00:00"
    assert (source.attrib["time"], target.attrib["time"]) == ("30.000", "35.000")
    assert cases(runs.rollout())[DATABASE].attrib["time"] == "18.000"
    nothing = root(run(stack(FOUNDATION, "absent")))[0]
    assert (nothing.attrib["time"], nothing.attrib["timestamp"]) == ("0.000", "2026-03-14T09:26:53+00:00")


def test_what_a_plan_does_and_how_long_its_phases_took_are_properties() -> None:
    found = properties(cases(runs.rollout())[FOUNDATION])

    assert found["status"] == "applied"
    assert (found["add"], found["destroy"], found["seconds.apply"]) == ("2", "0", "6.000")
    assert found["log"].endswith("us-east-1-foundation.log")
    assert properties(next(iter(root(runs.rollout()))).find("properties")) == {  # type: ignore[arg-type]
        "command": "rollout",
        "suffix": "abc123",
    }


def test_a_failure_says_what_terraform_said_and_a_refusal_why() -> None:
    found = cases(runs.failed())

    failure = found[FOUNDATION].find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "Error: the quota", "type": "Failed"}
    assert failure.text == "Error: the quota\nof VPCs"
    refusal = found[SERVICE].find("failure")
    assert refusal is not None
    assert refusal.attrib["type"] == "Refused"
    assert refusal.text == ("aws_rds_cluster.c: would be replaced\n    --allow-replace X\nis not allowed")


def test_a_failure_without_a_word_is_a_failure() -> None:
    failure = cases(run(stack(FOUNDATION, "failed"), exit_code=1))[FOUNDATION].find("failure")

    assert failure is not None
    assert failure.attrib["message"] == "failed"


@pytest.mark.parametrize(
    ("shown", "address", "why"),
    [
        (runs.failed(), DATABASE, f"{FOUNDATION} failed"),
        (runs.failed(), TARGET, "not agreed to"),
        (runs.interrupted(), DATABASE, "stopped"),
        (runs.planned(), DATABASE, f"waits for {FOUNDATION} (not applied yet)"),
        (run(stack(FOUNDATION, "pending")), FOUNDATION, "pending"),
    ],
)
def test_what_was_not_tried_is_skipped_and_says_why(shown: RunReport, address: str, why: str) -> None:
    skipped = cases(shown)[address].find("skipped")

    assert skipped is not None
    assert skipped.attrib["message"] == why


def test_drift_is_a_failure_and_what_operations_own_is_told_beside_it() -> None:
    found = cases(runs.drifted())

    failure = found[SERVICE].find("failure")
    assert failure is not None
    assert failure.attrib["type"] == "Drift"
    assert "ingress[0].cidr: 10.0.0.0/16 -> 0.0.0.0/0" in (failure.text or "")
    assert "desired_capacity: 2 -> 3  (the scaling policy)" in (failure.text or "")
    assert "aws_eip.e is gone" in (failure.text or "")
    assert found[FOUNDATION].find("failure") is None
    assert found[TARGET].findtext("system-out") == "never applied"


@pytest.mark.parametrize("recorded", runs.ALL)
def test_numbers_add_up(recorded) -> None:
    found = root(recorded())

    for count, tag in (("failures", "failure"), ("skipped", "skipped"), ("tests", "testcase")):
        for suite in found:
            assert int(suite.attrib[count]) == len(list(suite.iter(tag)))
    assert int(found.attrib["failures"]) == len(list(found.iter("failure")))


def test_what_no_xml_may_contain_is_replaced() -> None:
    evil = stack(FOUNDATION, "failed", span("plan", 0, 1), error="\x1b[31mred\x1b[0m <b> \x00 & ]]>")
    failure = cases(run(evil))[FOUNDATION].find("failure")

    assert failure is not None
    assert failure.text == "red <b> \ufffd & ]]>"
