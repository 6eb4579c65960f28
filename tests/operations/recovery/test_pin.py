from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import pytest

from shared.clients import QUICK, Clients
from shared.errors import Refused, UserError
from shared.operations.recovery import pin
from shared.operations.recovery.operator import Operator, Result
from shared.operations.recovery.request import Request
from tests.aws_proxy import Answer, misbehaving, refusal
from tests.operations.recovery.standby import BUCKET, HOME, KEY, RUNS, Standby

CHECKERS = "Route 53's checkers see it within the time that `invoke doctor` shows"


def pinned_by(standby: Standby, *, lost: bool = False) -> Result:
    if lost:
        standby.controls.lose_region(HOME, mode="hang")
    return pin.pin(standby.operator(), Request(reason="the application is ill"))


def test_a_pin_keeps_the_home_region_out_and_says_who_and_why(standby: Standby) -> None:
    result = pinned_by(standby, lost=True)

    assert (result.operation, result.outcome, result.exit_code) == ("pin", "pinned", 0)
    assert result.said == ("us-east-1 is pinned out of DNS", CHECKERS)
    assert result.next_command == ""
    assert standby.controls.calls_to_lost(HOME) == {}
    found = result.after.pin
    assert found is not None
    assert (found.by.endswith(":user/moto"), found.reason) == (True, "the application is ill")
    body = standby.aws("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    assert set(json.loads(body)) == {"requested_by", "reason", "at"}


def test_an_unpin_lets_it_in_again_and_leaves_the_checkpoint(standby: Standby) -> None:
    standby.pin()
    standby.checkpoint(stage="failed-back", at="then")

    result = pin.unpin(standby.operator())

    assert (result.operation, result.outcome, result.exit_code) == ("unpin", "unpinned", 0)
    assert result.said == ("us-east-1 is not pinned", CHECKERS)
    assert result.after.pinned is False
    assert standby.written() == {"stage": "failed-back", "at": "then"}


@pytest.mark.parametrize("stage", ["failing-over", "switching-over"])
def test_an_unpin_gives_up_what_was_begun_and_has_moved_nothing(standby: Standby, stage: str) -> None:
    standby.pin()
    standby.checkpoint(stage=stage)

    result = pin.unpin(standby.operator(), Request(reason="home is well"))

    written = standby.written()
    assert (written["stage"], written["reason"]) == ("none", f"{stage} was given up: home is well")
    assert result.after.stage == "none"
    assert result.after.pinned is False


def test_what_was_begun_before_the_pin_is_given_up_as_well(standby: Standby) -> None:
    standby.checkpoint(stage="failing-over")
    pin.unpin(standby.operator())
    assert standby.written()["reason"] == "failing-over was given up"


def test_a_pin_stays_while_the_database_writes_away(standby: Standby) -> None:
    standby.promote()
    standby.pin()

    with pytest.raises(Refused, match="clients would be sent to a region that only reads"):
        pin.unpin(standby.operator())

    assert standby.observe().pinned


@pytest.mark.parametrize(
    ("operation", "question"),
    [(pin.pin, "Keep us-east-1 out of DNS?"), (pin.unpin, "Let us-east-1 into DNS?")],
)
def test_it_is_confirmed(standby: Standby, operation: object, question: str) -> None:
    if operation is pin.unpin:
        standby.pin()
    asked: list[str] = []
    operator: Operator = standby.operator(yes=False, ask=lambda text: asked.append(text) or "no")
    before = standby.observe().pinned

    assert callable(operation)
    assert operation(operator).outcome == "declined"

    assert asked == [f"{question} Only `yes` does:"]
    assert standby.observe().pinned is before


def test_what_began_while_a_person_thought_is_not_disturbed(standby: Standby) -> None:
    def ask(_: str) -> str:
        standby.execute(RUNS)
        return "yes"

    with pytest.raises(Refused, match="an execution runs"):
        pin.pin(standby.operator(yes=False, ask=ask))
    assert standby.observe().pinned is False


def test_a_reason_that_is_too_long_is_refused(standby: Standby) -> None:
    with pytest.raises(Refused, match="at most 500 are taken"):
        pin.pin(standby.operator(), Request(reason="x" * 501))


@contextlib.contextmanager
def refusing(standby: Standby, monkeypatch: pytest.MonkeyPatch, *methods: str) -> Iterator[Operator]:
    """Return one whom S3 refuses these methods on the pin."""
    wanted = f"/{BUCKET}/{KEY}"

    def answer(method: str, path: str) -> Answer | None:
        return refusal("AccessDenied") if method in methods and path.startswith(wanted) else None

    with misbehaving(standby.endpoint, answer) as endpoint, monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        yield standby.operator(clients=Clients(standby.environment.account_id, QUICK))


def test_what_s3_refuses_is_said(standby: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    said = pytest.raises(UserError, match=r"the pin could not be put: .*AccessDenied")
    with refusing(standby, monkeypatch, "PUT") as operator, said:
        pin.pin(operator)
    standby.pin()
    said = pytest.raises(UserError, match=r"the pin could not be taken away: .*AccessDenied")
    with refusing(standby, monkeypatch, "DELETE") as operator, said as caught:
        pin.unpin(operator)
    assert caught.value.problems[0].remedy == "look: `invoke failover.status`"


def test_a_checkpoint_that_cannot_be_given_up_is_said(standby: Standby) -> None:
    standby.checkpoint(stage="failing-over")
    standby.controls.fail("ssm", "PutParameter", "AccessDenied", count=9)
    with pytest.raises(UserError, match=r"the checkpoint could not be written: .*AccessDenied") as caught:
        pin.unpin(standby.operator())
    assert caught.value.problems[0].remedy == "`invoke failover.unpin` does it again"


def test_a_pin_that_is_not_seen_afterwards_is_not_done(
    standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing(standby, monkeypatch, "GET") as operator:
        result = pin.pin(operator)

    assert (result.outcome, result.exit_code) == ("pinned", 1)
    assert result.said[0] == "us-east-1 may be pinned or not"
    assert result.next_command == "invoke failover.status"
