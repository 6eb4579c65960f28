"""Steering the embedded AWS from outside."""

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.fault_client import ALWAYS, Controls
from tests.rehearsal.conftest import Aws


@pytest.fixture
def controls(extended: Aws) -> Controls:
    return Controls(extended.server.endpoint)


def fails(aws: Aws) -> bool:
    try:
        aws.client("sns").list_topics()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ThrottlingException"  # noqa: PT017 - both ways are right
        return True
    return False


def test_the_next_calls_fail_as_many_as_were_asked_for_and_after_as_many(
    extended: Aws, controls: Controls
) -> None:
    controls.fail("sns", "ListTopics", "ThrottlingException", count=2, after=1)
    assert [fails(extended) for _ in range(5)] == [False, True, True, False, False]
    assert controls.hits("sns", "ListTopics") == 2
    [asked] = controls.faults()
    assert (asked["left"], asked["message"]) == (0, "asked for by the rehearsal")


def test_one_that_has_no_end_is_cleared(extended: Aws, controls: Controls) -> None:
    controls.fail("sns", "ListTopics", "ThrottlingException", count=ALWAYS)
    assert [fails(extended) for _ in range(3)] == [True] * 3
    assert controls.faults()[0]["left"] == ALWAYS
    controls.clear()
    assert not fails(extended)
    assert controls.faults() == []


def test_what_makes_no_fault_is_said(controls: Controls) -> None:
    with pytest.raises(ValueError, match=r"missing: \['code'\]"):
        controls.fail("sns", "ListTopics", "")
    with pytest.raises(ValueError, match="there is no target group nobody"):
        controls.set_healthy("nobody", 1)


def test_only_this_machine_is_steered() -> None:
    for endpoint in ("https://127.0.0.1:1", "http://route53.amazonaws.com", "http://localhost:5000"):
        with pytest.raises(ValueError, match="is not the embedded AWS"):
            Controls(endpoint)
