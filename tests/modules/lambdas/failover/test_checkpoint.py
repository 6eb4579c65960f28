"""The checkpoint, as an earlier execution left it."""

from __future__ import annotations

import json

import pytest

from modules.lambdas.failover.checkpoint import NONE_DRAINED, parse

WHOLE = {
    "stage": "failing-over",
    "step": "Drain",
    "execution": "arn",
    "at": "2026-01-01T12:00:00.123Z",
    "began": "2026-01-01T11:59:00Z",
    "requested_by": "ann",
    "reason": "a drill",
    "accept_data_loss": True,
    "lag_ms": 12.5,
    "lag_at": "2026-01-01T11:58:00Z",
    "writer_before": "us-east-1",
    "fencing": {"traffic": "pinned", "writes": "unknown"},
    "drained": {"drained": 3, "already_there": 1, "failed": 0},
    "why": "",
}


def test_a_whole_one_is_read_whole():
    found, reasons = parse(json.dumps(WHOLE))
    assert reasons == []
    assert (found.unfinished, found.action, found.stuck) == (True, "failover", False)
    assert (found.step, found.at, found.began) == ("Drain", WHOLE["at"], WHOLE["began"])
    assert (found.lag_ms, found.lag_at, found.writer_before) == (12.5, WHOLE["lag_at"], "us-east-1")
    assert (found.traffic, dict(found.drained)) == ("pinned", WHOLE["drained"])
    assert (found.accept_data_loss, found.requested_by, found.reason) == (True, "ann", "a drill")


def test_the_first_one_says_that_nothing_is_under_way():
    found, _ = parse('{"stage": "none"}')
    assert (found.unfinished, found.action, found.traffic) == (False, "", "not-pinned")
    assert (found.lag_ms, found.lag_at, dict(found.drained)) == (None, None, NONE_DRAINED)


def test_what_is_odd_in_it_is_as_if_it_were_not_there():
    odd = {"lag_ms": True, "lag_at": "noon", "at": "2026-01-01T12:00:00", "drained": {"drained": "3"}}
    found, reasons = parse(json.dumps({**WHOLE, **odd, "began": None, "fencing": "pinned"}))
    assert reasons == []
    assert (found.lag_ms, found.lag_at, found.at, found.began) == (None, None, "", "")
    assert (found.traffic, dict(found.drained)) == ("not-pinned", NONE_DRAINED)


def test_an_action_that_does_not_say_when_it_began_began_when_it_was_written():
    found, _ = parse(json.dumps({**WHOLE, "began": ""}))
    assert found.began == WHOLE["at"]


def test_one_that_says_why_it_ended_is_of_an_execution_that_ended():
    found, _ = parse(json.dumps({**WHOLE, "why": "the drain failed"}))
    assert found.stuck


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the checkpoint is not JSON: "),
        ("[]", "the checkpoint has no stage of none, failed-over, "),
        ('{"stage": "moved"}', "the checkpoint has no stage of none, failed-over, "),
    ],
)
def test_what_is_none_is_said(text, said):
    found, (reason,) = parse(text)
    assert found is None
    assert reason.startswith(said)
