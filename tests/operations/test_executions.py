from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from shared.clients import Clients
from shared.errors import Refused, UserError
from shared.operations.common.executions import name_after
from shared.operations.migration import executions
from shared.operations.migration.facts import Question
from tests.aws_proxy import Answer, misbehaving
from tests.operations.platform import END, RUNS, TARGET, Platform, asks, ends


def describe(platform: Platform, arn: str) -> dict[str, object]:
    return dict(platform.aws("stepfunctions").describe_execution(executionArn=arn))


def test_an_execution_has_its_input_and_a_name_made_of_the_one_before(platform: Platform) -> None:
    arns = []
    for share in (25, 50):
        arn = executions.start(platform.handles, platform.clients, {"action": "migrate", "phases": (share,)})
        assert json.loads(str(describe(platform, arn)["input"])) == {"action": "migrate", "phases": [share]}
        executions.stop(platform.handles, platform.clients, arn, cause="by me", sleep=lambda _: None)
        arns.append(arn)

    names = [arn.rpartition(":")[2] for arn in arns]
    machine = platform.handles.machine
    assert names == [name_after(machine, ""), name_after(machine, arns[0])]
    assert names[0].startswith("migration-")


def test_nothing_is_started_beside_an_execution(platform: Platform) -> None:
    platform.execute(RUNS, "first")

    with pytest.raises(Refused, match="an execution runs: first"):
        executions.start(platform.handles, platform.clients, {"action": "migrate"})


NOTHING_LISTED = Answer(200, '{"executions": []}')
TAKEN = Answer(400, json.dumps({"__type": "ExecutionAlreadyExists", "message": "x"}))


@contextlib.contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> Iterator[None]:
    """Step Functions answers like this, in this order, and is asked no more than that."""
    left = list(answers)
    with misbehaving(None, lambda *_: left.pop(0)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", endpoint)
        yield
    assert not left


def test_who_starts_after_the_same_execution_is_refused(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    platform.machine(END)
    running = Answer(200, json.dumps({"status": "RUNNING", "name": "one"}))
    clients = Clients(platform.environment.account_id)
    refused = pytest.raises(Refused, match=f"an execution runs: {name_after(handles.machine, '')}")
    with answering(monkeypatch, NOTHING_LISTED, TAKEN, running), refused:
        executions.start(handles, clients, {"action": "migrate"})


def test_an_execution_that_is_not_listed_yet_and_has_ended_is_the_one_before(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    platform.machine(END)
    old = Answer(200, json.dumps({"status": "ABORTED", "name": "one", "stopDate": 0}))
    new = Answer(200, json.dumps({"executionArn": "arn:new", "startDate": 0}))
    clients = Clients(platform.environment.account_id)
    with answering(monkeypatch, NOTHING_LISTED, TAKEN, old, new):
        assert executions.start(handles, clients, {"action": "rollback"}) == "arn:new"


def test_what_step_functions_refuses_otherwise_is_not_taken_for_another(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    platform.machine(END)
    full = Answer(400, json.dumps({"__type": "ExecutionLimitExceeded", "message": "x"}))
    clients = Clients(platform.environment.account_id)
    with answering(monkeypatch, NOTHING_LISTED, full), pytest.raises(ClientError, match="LimitExceeded"):
        executions.start(handles, clients, {"action": "migrate"})


def test_an_execution_that_the_list_still_has_and_that_has_ended_is_no_obstacle(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    platform.machine(END)
    old = {"executionArn": "arn:old", "name": "old", "status": "RUNNING", "startDate": 0}
    answers = [
        Answer(200, json.dumps({"executions": [old]})),
        Answer(200, json.dumps({**old, "status": "ABORTED", "stopDate": 0})),
        Answer(200, json.dumps({"executionArn": "arn:new", "startDate": 0})),
    ]
    with misbehaving(None, lambda *_: answers.pop(0)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", endpoint)
        clients = Clients(platform.environment.account_id)
        assert executions.start(handles, clients, {"action": "rollback"}) == "arn:new"


def test_what_is_stopped_has_ended_with_who_and_why(platform: Platform) -> None:
    arn = platform.execute(RUNS)

    for _ in range(2):
        executions.stop(platform.handles, platform.clients, arn, cause="by me", sleep=lambda _: None)

    found = describe(platform, arn)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "OperatorAbort", "by me")


def test_what_does_not_stop_is_said(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = platform.handles
    waited: list[float] = []
    running = Answer(200, json.dumps({"status": "RUNNING", "name": "one", "stopDate": 1}))
    with misbehaving(None, lambda *_: running) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", endpoint)
        with pytest.raises(UserError, match="was stopped and still runs"):
            executions.stop(
                handles, Clients(platform.environment.account_id), "arn", cause="", sleep=waited.append
            )
    assert sum(waited) == 30


def test_an_answer_reaches_the_execution(platform: Platform) -> None:
    arn = platform.execute(asks("phase", then="shifted"))
    question = platform.until(lambda seen: seen.question).question
    assert question is not None

    executions.answer(
        platform.handles, platform.clients, question, decision="continue", by="me", comment="go"
    )

    output = json.loads(platform.end(arn)["output"])
    assert output == {"outcome": "shifted", "answer": {"decision": "continue", "by": "me", "comment": "go"}}
    with pytest.raises(Refused, match="the question is no longer open"):
        executions.answer(
            platform.handles, platform.clients, question, decision="rollback", by="me", comment=""
        )


def test_an_answer_that_is_refused_otherwise_is_no_closed_question(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    question = Question(kind="phase", phase=1, reasons=(), asked_at="", token="t")
    with misbehaving(None, lambda *_: Answer(400, '{"__type": "AccessDenied"}')) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", endpoint)
        with pytest.raises(ClientError, match="AccessDenied"):
            executions.answer(
                handles,
                Clients(platform.environment.account_id),
                question,
                decision="again",
                by="",
                comment="",
            )


def test_the_source_leaves_by_the_writers_region(platform: Platform) -> None:
    platform.switch()
    platform.until(lambda seen: seen.writer == TARGET)
    platform.machine(ends("moved"))

    executions.remove_source(platform.handles, platform.clients, writer=TARGET)

    database = platform.observe().database
    assert database is not None
    assert [member.region for member in database.members] == [TARGET]
