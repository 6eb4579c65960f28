"""Asking checkov: what it is given, and what is made of its answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from shared.errors import UserError
from shared.policy import scanner
from shared.policy.registry import A
from shared.policy.scanner import Source
from tests.policy.programs import Checkov, answer_of, result
from tests.policy.worlds import ref, world
from tests.tools import ROOT

_PLATFORM = world(
    {
        "us-east-1/service": {
            "aws_lb": {"balancer_AA": {}},
            "aws_s3_bucket": {"bucket_BB": {}},
            "output": {"arn": ref("aws_lb.balancer_AA.arn")},
        },
        "global/empty": {},
        "global/traffic": {"aws_route53_zone": {"zone": {}}},
    }
)


_ANSWER = answer_of(
    [result("/001/main.tf.json", "aws_route53_zone.zone", check="CKV_AWS_1")],
    [
        result("/000/main.tf.json", "aws_lb.balancer_AA"),
        result("/000/main.tf.json", "resource.bucket_BB[0]"),
        result("/000/main.tf.json", "aws_lb.unknown"),
    ],
)


@pytest.fixture
def program(tmp_path: Path) -> Checkov:
    return Checkov(tmp_path)


def test_it_is_given_copies_of_the_resources_and_no_way_to_the_network(
    program: Checkov, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BC_API_KEY", "a key")
    scanner.scan(scanner.synthesized([_PLATFORM]), program.answering(_ANSWER))
    seen = program.seen
    assert sorted(seen["given"]) == ["000/main.tf.json", "001/main.tf.json"]
    assert sorted(seen["given"]["000/main.tf.json"]) == ["data", "provider", "resource"]
    for option in ("--skip-download", "--soft-fail", "--compact"):
        assert option in seen["arguments"]
    assert seen["arguments"][seen["arguments"].index("--framework") + 1] == "terraform_json"
    assert "BC_API_KEY" not in seen["variables"]
    assert not Path(seen["variables"]["HOME"]).exists()  # its own, and gone
    assert seen["variables"]["CKV_SKIP_PACKAGE_UPDATE_CHECK"] == "true"


def test_its_answer_is_about_our_places(program: Checkov) -> None:
    found = scanner.scan(scanner.synthesized([_PLATFORM]), program.answering([_ANSWER]))
    assert found.version == "3.3.30"
    assert [each.place for each in found.findings] == [
        "us-east-1/service/balancer_AA",
        "us-east-1/service/bucket_BB",
        "us-east-1/service/aws_lb.unknown",
    ]
    first = found.findings[0]
    assert (first.check, first.wrong, first.environment, first.system, first.protection) == (
        "CKV_AWS_150",
        "Ensure CKV_AWS_150",
        A,
        A,
        "destroyable",
    )
    assert first.file == _PLATFORM.stacks[0].file
    assert found.titles == {"CKV_AWS_150": "Ensure CKV_AWS_150", "CKV_AWS_1": "Ensure CKV_AWS_1"}
    assert found.looked_at == {"CKV_AWS_150": 3, "CKV_AWS_1": 1}
    assert found.passed == {A: 1}


def test_plans_are_given_as_plans(program: Checkov) -> None:
    source = Source(
        platform=_PLATFORM, stack=_PLATFORM.stacks[0], document={"a": 1}, framework="terraform_plan"
    )
    answer = answer_of([result("/000/plan.json", "aws_lb.balancer_AA")], [])
    found = scanner.scan([source], program.answering(answer))
    assert program.seen["given"] == {"000/plan.json": {"a": 1}}
    assert "terraform_plan" in program.seen["arguments"]
    assert found.findings == ()


@pytest.mark.parametrize(
    ("answer", "options", "said"),
    [
        (
            "",
            {"code": 3, "errors": "Traceback\nImportError: no module\n"},
            "exit code 3: ImportError: no module",
        ),
        ("", {"code": 3}, "exit code 3: it said nothing"),
        ("Usage", {}, "what it printed is no JSON: 'Usage'"),
        (answer_of([], [], ["/000/main.tf.json"]), {}, "it did not read /000/main.tf.json"),
        (answer_of(_ANSWER["results"]["passed_checks"], []), {}, "it did not read us-east-1/service"),
        ({"passed": 0}, {}, "it did not read us-east-1/service, global/traffic"),
    ],
    ids=["it ends", "it ends silently", "no JSON", "a file that it cannot read", "passed over", "nothing"],
)
def test_an_answer_that_is_none_is_an_error(
    program: Checkov, answer: object, options: Any, said: str
) -> None:
    with pytest.raises(UserError) as failed:
        scanner.scan(scanner.synthesized([_PLATFORM]), program.answering(answer, **options))
    assert str(failed.value).startswith(f"checkov: {said}\n")
    assert "make policy" in str(failed.value)


def test_a_checkov_that_does_not_end_is_ended(program: Checkov, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "_TIMEOUT_SECONDS", 0.2)
    with pytest.raises(UserError, match=r"it did not end within 0.2 s"):
        scanner.scan(scanner.synthesized([_PLATFORM]), program.answering(_ANSWER, seconds=5))


def test_it_is_the_one_that_make_installs(tmp_path: Path) -> None:
    assert scanner.executable(tmp_path) is None
    (tmp_path / ".venv-policy" / "bin").mkdir(parents=True)
    (tmp_path / ".venv-policy" / "bin" / "checkov").touch()
    assert scanner.executable(tmp_path) == tmp_path / ".venv-policy" / "bin" / "checkov"


def test_the_real_one_finds_what_is_wrong_without_the_network() -> None:
    program = scanner.executable(ROOT)
    assert program is not None, ".venv-policy is missing: make tools"
    topics = {
        "us-east-1/wrong": {"aws_sns_topic": {"topic_11": {"name": "alarms"}}},
        "us-east-1/right": {"aws_sns_topic": {"topic_22": {"name": "alarms", "kms_master_key_id": "key"}}},
    }
    found = scanner.scan(scanner.synthesized([world(topics)]), program)
    assert found.version == (ROOT / "tools" / "requirements-policy.in").read_text().split("==")[1].strip()
    assert [(each.check, each.place) for each in found.findings] == [
        ("CKV_AWS_26", "us-east-1/wrong/topic_11")
    ]
    assert found.looked_at["CKV_AWS_26"] == 2
    assert found.passed[A] >= 1


def test_the_lock_file_has_hashes_and_no_address_of_a_registry() -> None:
    text = (ROOT / "requirements-policy.lock").read_text()
    pinned = [line for line in text.splitlines() if "==" in line and not line.startswith(("#", " "))]
    wanted = (ROOT / "tools" / "requirements-policy.in").read_text().splitlines()[-1]
    assert any(line.startswith(wanted) for line in pinned)
    assert text.count("--hash=") >= len(pinned)
    assert "://" not in text


def test_a_finding_is_told_apart_by_its_environment() -> None:
    one = scanner.Finding(check="RS01", place="p", wrong="w", remedy="r", file=Path("f"), environment="a")
    assert one.subject != dataclasses.replace(one, environment="b").subject
