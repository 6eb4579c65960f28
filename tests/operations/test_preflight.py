from __future__ import annotations

import pytest

from shared.clients import Clients
from shared.errors import Problem, UserError
from shared.operations.migration import preflight, stacks
from shared.operations.migration.operator import Operator
from tests.aws_proxy import Answer, misbehaving, refusal
from tests.operations.platform import SOURCE, TARGET, Platform


@pytest.fixture(autouse=True)
def stacks_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning has its own tests: it needs Terraform."""
    monkeypatch.setattr(stacks, "problems", lambda _: [])


def found(platform: Platform, **options: object) -> list[tuple[str | None, str]]:
    operator = platform.operator(**options)
    return [(one.where, one.what) for one in preflight.check(operator, platform.handles, platform.observe())]


def test_a_platform_that_is_right_passes_and_what_was_checked_is_said(platform: Platform) -> None:
    assert found(platform) == []
    assert [line.split("  ")[0] for line in platform.shown.splitlines()] == ["right"] * 8
    assert "right  the zone is delegated" in platform.shown


def test_conditions_that_are_broken_are_said_all_at_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = platform.environment
    platform.aws("ecr").delete_repository(repositoryName=environment.service.image_repository, force=True)
    platform.aws("secretsmanager", SOURCE).remove_regions_from_replication(
        SecretId=environment.service.credentials_secret_name, RemoveReplicaRegions=[TARGET]
    )
    platform.delegate(["ns1.elsewhere.org."])
    platform.alarm(TARGET, "hosts", "ALARM")
    platform.pause(SOURCE)
    platform.stage("rolled-back", 60, 40, weights={"source": 100, "target": 0})
    changed = Problem(where="eu-west-1/service", what="its plan is not empty")
    monkeypatch.setattr(stacks, "problems", lambda _: [changed])

    reasons = found(platform)

    assert [where for where, _ in reasons] == [
        f"image in {TARGET}",
        f"secret in {TARGET}",
        None,
        f"alarm in {TARGET}",
        f"load balancer in {SOURCE}",
        "traffic",
        "eu-west-1/service",
    ]
    assert reasons[3][1] == "hosts is ALARM"
    assert reasons[5][1] == "the weights are 60 to 40, and the checkpoint (rolled-back) says 100 to 0"
    assert platform.shown.count("wrong  ") == 6  # image and secret are one look


@pytest.mark.parametrize("stage", ["switching", "rolling-back"])
def test_what_the_machine_has_to_end_is_not_kept_from_it(platform: Platform, stage: str) -> None:
    platform.pause(SOURCE)
    platform.stage(stage, 0, 100, weights={"source": 100, "target": 0})

    assert found(platform) == []


def test_engines_have_the_patch_of_the_settings_in_both_regions(platform: Platform) -> None:
    topology = platform.observe()

    problems = preflight.engine(topology, "8.0.mysql_aurora.3.99.9")

    assert [one.where for one in problems] == [f"database in {SOURCE}", f"database in {TARGET}"]
    version = platform.environment.database.engine_version
    assert problems[0].what == f"its engine is {version}, and 8.0.mysql_aurora.3.99.9 is set"
    assert preflight.engine(topology, version) == []


def test_a_certificate_that_is_not_issued_is_named(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    pending = '{"Certificate": {"Status": "PENDING_VALIDATION", "DomainName": "api.payments.example.com"}}'
    with misbehaving(None, lambda *_: Answer(200, pending)) as waiting:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ACM", waiting)
        operator = platform.operator(clients=Clients(platform.environment.account_id))
        problems = preflight.certificates(operator, handles)

    assert [one.where for one in problems] == [f"certificate in {SOURCE}", f"certificate in {TARGET}"]
    assert problems[0].what == "api.payments.example.com is PENDING_VALIDATION: clients would be refused"


def test_what_may_not_be_looked_at_is_a_reason_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles, topology = platform.handles, platform.observe()
    with misbehaving(None, lambda *_: refusal("AccessDenied", "not you")) as refusing:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", refusing)
        operator = platform.operator(clients=Clients(platform.environment.account_id))
        (problem,) = preflight.check(operator, handles, topology)

    assert problem.what.startswith("AWS does not say what has to be known: An error occurred")


def test_stacks_that_cannot_be_planned_are_reasons_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Operator) -> list[Problem]:
        raise UserError("the state is locked", remedy="wait")

    monkeypatch.setattr(stacks, "problems", locked)

    assert found(platform) == [(None, "the state is locked")]
