"""The input of an execution."""

from __future__ import annotations

import pytest

from modules.lambdas.failover.request import Request, document_of, parse


def test_what_is_not_said_is_the_careful_choice():
    request, reasons = parse({"action": "failover"})
    assert reasons == []
    assert request == Request(action="failover", accept_data_loss=False, reason="", requested_by="")
    assert (request.doing, request.done) == ("failing-over", "failed-over")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "the input is not an object: None"),
        ({}, "action: None is none of failover, switchover, failback"),
        ({"action": "rollback"}, "action: 'rollback' is none of failover, switchover, failback"),
        ({"action": ["failover"]}, "action: ['failover'] is none of failover, switchover, failback"),
        (
            {"action": "failover", "accept-data-loss": True},
            "accept-data-loss: there is no such key; the nearest one is `accept_data_loss`",
        ),
        (
            {"action": "failover", "accept_data_loss": 1},
            "accept_data_loss: 1 is neither true nor false",
        ),
        ({"action": "failover", "reason": None}, "reason: None is not a text"),
        (
            {"action": "failover", "reason": "ä" * 251},
            "reason: it has 502 bytes, and 500 are allowed",
        ),
        (
            {"action": "failover", "requested_by": "x" * 257},
            "requested_by: it has 257 bytes, and 256 are allowed",
        ),
        (
            {"action": "failover", "reason": "a {{b}}"},
            "reason: two braces {{ cannot be written down: Parameter Store refuses them",
        ),
    ],
)
def test_what_is_wrong_is_said(document, said):
    request, reasons = parse(document)
    assert (request, reasons) == (None, [said])


def test_every_mistake_is_said_at_once():
    _, reasons = parse({"action": "x", "y": 1, "accept_data_loss": "no", "reason": 7})
    assert len(reasons) == 4


def test_somebody_who_only_looks_says_it_beside_the_action():
    event = {"action": "look", "about": "failback", "execution": "arn", "reason": "why"}
    assert document_of(event) == {"action": "failback", "reason": "why"}
    assert document_of({**event, "input": {"action": "failover"}}) == {"action": "failover"}
    assert document_of({"action": "look"}) == {"action": None}
