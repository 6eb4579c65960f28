from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from shared.clients import Clients
from shared.errors import UserError
from shared.operations.migration import watching
from shared.operations.migration.facts import Topology, Weights
from tests.aws_proxy import Answer, misbehaving
from tests.operations.platform import RUNS, SOURCE, TARGET, Platform, asks, ends


def test_every_look_is_told_and_a_line_is_printed_for_each_change(platform: Platform) -> None:
    arn = platform.execute(RUNS)
    seen: list[Topology] = []

    def meanwhile(_: float) -> None:
        if len(seen) == 2:
            platform.weights(75, 25)
        if len(seen) == 4:
            platform.aws("stepfunctions").stop_execution(executionArn=arn)

    watched = watching.follow(platform.operator(seen=seen.append, sleep=meanwhile), platform.handles, arn)

    assert (watched.why, len(seen)) == ("ended", 5)
    assert watched.ended is not None
    assert watched.ended.status == "ABORTED"
    assert watched.topology is seen[-1]
    lines = [line for line in platform.shown.splitlines() if "beginning" not in line]
    assert lines == [
        "Bake: weights 100 to 0 (asked for), writer us-east-1",
        "Bake: weights 75 to 25 (asked for), writer us-east-1",
        "no execution runs: weights 75 to 25 (asked for), writer us-east-1",
    ]


def test_the_end_of_watching_is_not_the_end_of_the_execution(platform: Platform) -> None:
    arn = platform.execute(RUNS)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    watched = watching.follow(platform.operator(sleep=interrupt), platform.handles, arn)

    assert (watched.why, watched.ended) == ("interrupted", None)
    assert watched.topology.running is not None


def test_an_answered_question_is_not_the_next_one(platform: Platform) -> None:
    arn = platform.execute(asks("phase"))
    question = platform.until(lambda seen: seen.question).question
    assert question is not None
    looks: list[float] = []

    def stop(seconds: float) -> None:
        looks.append(seconds)
        platform.aws("stepfunctions").stop_execution(executionArn=arn)

    operator = platform.operator(follow="question", sleep=stop)
    assert watching.follow(operator, platform.handles, arn).why == "question"
    assert looks == []
    assert watching.follow(operator, platform.handles, arn, answered=question.token).why == "ended"
    assert "  invoke migrate.approve --answer continue | rollback" in platform.shown


def test_a_moment_of_silence_is_survived_and_a_long_one_is_said(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = platform.handles
    arn = platform.execute(ends("moved"))
    platform.end(arn)
    monkeypatch.setattr(watching, "observe", lambda *_: Topology(source=SOURCE, target=TARGET))
    silent = 3

    def answer(*_: str) -> Answer | None:
        nonlocal silent
        silent -= 1
        return Answer(400, '{"__type": "ExpiredToken"}') if silent >= 0 else None

    with misbehaving(platform.aws("stepfunctions").meta.endpoint_url, answer) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", endpoint)
        operator = platform.operator(clients=Clients(platform.environment.account_id), sleep=lambda _: None)
        watched = watching.follow(operator, handles, arn)
        silent = 1000
        with pytest.raises(UserError, match="nothing is said of the execution any more"):
            watching.follow(operator, handles, arn)

    assert watched.ended is not None
    assert watched.ended.outcome == "moved"
    assert silent == 1000 - 25


def test_on_a_terminal_the_page_is_drawn_in_place() -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=120, height=40)
    screen = watching.Screen(console, "")
    before = Topology(source=SOURCE, target=TARGET)

    with screen.open():
        screen.show(before)
        screen.show(replace(before, weights=Weights(source=75, target=25)))

    shown = output.getvalue()
    assert "25 % in eu-west-1" in shown
    assert "what can be done now" in shown
    screen.show(before)
    assert "writer not known" in output.getvalue()[len(shown) :]
