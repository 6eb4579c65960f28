from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import Refused
from shared.operations.recovery import calls, drain
from tests.operations.recovery.standby import AWAY, DRAIN, HOME, Standby

#: Answers in the order of a list in its package, and keeps its events in the parameter /events.
FUNCTION = """
import boto3, json
ANSWERS = json.loads({answers!r})

def handle(event, context):
    ssm = boto3.client("ssm", region_name="us-west-2")
    name = "/events"
    try:
        events = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        events = []
    ssm.put_parameter(Name=name, Type="String", Overwrite=True, Value=json.dumps([*events, event]))
    answer = ANSWERS[len(events)]
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer
"""


def function(standby: Standby, *answers: Any) -> None:
    standby.function(DRAIN, FUNCTION.format(answers=json.dumps(answers)))


def events(standby: Standby) -> list[dict[str, Any]]:
    return list(json.loads(standby.aws("ssm").get_parameter(Name="/events")["Parameter"]["Value"]))


def report(drained: int, already: int = 0, failed: int = 0, *, done: bool = True) -> dict[str, Any]:
    failures = [{"idempotency_key": f"k{n}", "reason": "too long"} for n in range(failed)]
    return {
        "drained": drained,
        "already_there": already,
        "failed": failed,
        "failures": failures,
        "done": done,
    }


def test_the_function_is_called_until_nothing_waits_and_the_counts_are_added(standby: Standby) -> None:
    standby.accept("one", "two", "three")
    function(standby, report(2, done=False), report(0, 1, done=False), report(1))

    result = drain.run(standby.operator())

    assert (result.operation, result.outcome, result.exit_code) == ("drain", "drained", 0)
    assert result.said == ("intents: 3 drained, 1 were there before",)
    assert result.before.waiting == 3
    assert events(standby) == [{"action": "drain", "region": HOME}] * 3
    assert "intents: 2 drained, 0 were there before ..." in standby.shown


def test_it_drains_into_the_region_that_writes_and_asks_the_other_nothing(standby: Standby) -> None:
    standby.promote()
    standby.accept("one")
    function(standby, report(1))
    standby.controls.lose_region(HOME)

    assert drain.run(standby.operator()).outcome == "drained"

    assert events(standby) == [{"action": "drain", "region": AWAY}]
    assert standby.controls.calls_to_lost(HOME) == {}


def test_what_the_database_refuses_is_named(standby: Standby) -> None:
    standby.accept("one", "two")
    function(standby, report(1, failed=2))

    result = drain.run(standby.operator())

    assert (result.outcome, result.exit_code) == ("drained", 1)
    assert result.said == (
        "intents: 1 drained, 0 were there before; the database refused 2, which go on waiting",
        "k0: too long",
        "k1: too long",
    )
    assert result.next_command == "invoke failover.status"


def test_a_function_that_fails_says_why_and_that_it_may_be_repeated(standby: Standby) -> None:
    standby.accept("one", "two")
    function(standby, report(1, done=False), "rds-data does not answer")

    result = drain.run(standby.operator())

    assert (result.outcome, result.exit_code) == ("DrainFailed", 1)
    assert result.said == (
        "RuntimeError: rds-data does not answer",
        "intents: 1 drained, 0 were there before",
        "what was drained stays so; draining again does no harm",
    )
    assert result.next_command == "invoke failover.drain"


def test_a_drain_that_brings_nothing_in_is_not_repeated_for_ever(standby: Standby) -> None:
    standby.accept("one")
    function(standby, report(0, done=False))

    result = drain.run(standby.operator())

    assert result.said[0] == "the function's time was up before it could bring in one"
    assert result.exit_code == 1


def test_a_function_that_is_not_there_is_said(standby: Standby) -> None:
    standby.accept("one")

    result = drain.run(standby.operator())

    assert result.said[0].startswith(f"{DRAIN}: An error occurred (ResourceNotFoundException)")


def test_an_answer_that_says_nothing_is_a_failure(standby: Standby) -> None:
    standby.accept("one")
    standby.function(DRAIN, "def handle(event, context):\n    return None\n")
    assert drain.run(standby.operator()).outcome == "DrainFailed"

    standby.function(DRAIN, "def handle(event, context):\n    return {'done': True, 'failures': None}\n")
    assert drain.run(standby.operator()).outcome == "drained"


def test_a_drain_that_is_not_waited_for_goes_on(standby: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    standby.accept("one")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calls, "drain", interrupted)

    result = drain.run(standby.operator())

    assert (result.outcome, result.exit_code) == ("started", 130)
    assert result.said[0] == "no longer waited for: the function goes on to its end"
    assert result.next_command == "invoke failover.drain"


def test_nothing_is_drained_when_nothing_waits(standby: Standby) -> None:
    with pytest.raises(Refused, match="no intent waits"):
        drain.run(standby.operator())


def test_a_drain_is_confirmed_with_the_region(standby: Standby) -> None:
    standby.accept("one")
    asked: list[str] = []

    result = drain.run(standby.operator(yes=False, ask=lambda question: asked.append(question) or "no"))

    assert result.outcome == "declined"
    assert asked == ["Drain into us-east-1? Only `yes` does:"]


def test_what_changed_while_a_person_thought_is_looked_at(standby: Standby) -> None:
    standby.accept("one")

    def ask(_: str) -> str:
        standby.promote()
        standby.aws("dynamodb").delete_item(
            TableName=standby.handles.intents_table, Key={"idempotency_key": {"S": "one"}}
        )
        return "yes"

    with pytest.raises(Refused, match="no intent waits"):
        drain.run(standby.operator(yes=False, ask=ask))
