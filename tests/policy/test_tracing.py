"""Following an argument to what it stands for."""

from __future__ import annotations

from typing import Any

import pytest

from shared.policy import tracing
from tests.policy.worlds import out, ref, world

_KEYS = "us-east-1/foundation"
_STACKS = {
    _KEYS: {
        "aws_kms_key": {"key": {}, "other": {}},
        "output": {
            "key": ref("aws_kms_key.key.arn"),
            "keys": [ref("aws_kms_key.key.arn"), ref("aws_kms_key.other.arn")],
            "by_name": {"one": ref("aws_kms_key.key.arn")},
            "version": "8.0",
            "nothing": None,
            "again": out("us-east-1/service", "again"),
        },
    },
    "us-east-1/service": {
        "aws_lb": {"balancer": {}},
        "data.aws_vpc": {"vpc": {}},
        "output": {"again": out(_KEYS, "again")},
    },
}


def found(value: Any) -> list[tuple[str, str, Any, str]]:
    """What a value of the service's stack stands for."""
    platform = world(_STACKS)
    return [
        ("" if each.resource is None else each.resource.place, each.attribute, each.literal, each.lost)
        for each in tracing.targets(platform, platform.stacks[1], value)
    ]


_KEY = (f"{_KEYS}/key", "arn", None, "")
_OTHER = (f"{_KEYS}/other", "arn", None, "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("text", [("", "", "text", "")]),
        (["text", 7], [("", "", "text", ""), ("", "", 7, "")]),
        ("arn:${aws_lb.balancer.arn}/x", [("us-east-1/service/balancer", "arn", None, "")]),
        ("${data.aws_vpc.vpc.id}", [("us-east-1/service/vpc", "id", None, "")]),
        (out(_KEYS, "key"), [_KEY]),
        (out(_KEYS, "keys"), [_KEY, _OTHER]),
        (out(_KEYS, "keys[1]"), [_OTHER]),
        (f"${{element({out(_KEYS, 'keys')[2:-1]}, 1)}}", [_OTHER]),
        (out(_KEYS, 'by_name["one"]'), [_KEY]),
        (out(_KEYS, "key.0"), [_KEY]),
        (out(_KEYS, "version"), [("", "", "8.0", "")]),
    ],
)
def test_a_value_leads_to_what_it_stands_for(value: Any, expected: list[Any]) -> None:
    assert found(value) == expected


@pytest.mark.parametrize(
    ("value", "lost"),
    [
        (ref("aws_lb.other.arn"), ref("aws_lb.other.arn")),
        ("${var.known_later}", "${var.known_later}"),
        (out("us-east-1/nowhere", "key"), out("us-east-1/nowhere", "key")),
        (out(_KEYS, "unknown"), out(_KEYS, "unknown")),
        (out(_KEYS, "nothing"), out(_KEYS, "nothing")),
        (out(_KEYS, "keys[7]"), out(_KEYS, "keys.7")),
        (out(_KEYS, "by_name.two"), out(_KEYS, "by_name.two")),
        (
            "${data.terraform_remote_state.us-east-1-foundation}",
            "${data.terraform_remote_state.us-east-1-foundation.outputs.}",
        ),
    ],
)
def test_what_leads_nowhere_is_said(value: str, lost: str) -> None:
    assert found(value) == [("", "", None, lost)]


def test_what_two_stacks_hand_to_each_other_ends() -> None:
    assert found(out(_KEYS, "again")) == [("", "", None, out(_KEYS, "again"))]


def test_the_state_of_nobody_here_has_no_publisher() -> None:
    platform = world(
        {"us-east-1/service": {"data.terraform_remote_state": {"other": {"config": {"key": "elsewhere"}}}}}
    )
    stack = platform.stacks[0]
    (read,) = stack.of("terraform_remote_state", section="data")
    assert tracing.publisher(platform, read) is None
    (target,) = tracing.targets(platform, stack, "${data.terraform_remote_state.other.outputs.x}")
    assert target.lost == "${data.terraform_remote_state.other.outputs.x}"
