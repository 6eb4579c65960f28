"""What a refresh-only plan's JSON says drifted, and how it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.deploy import drift, owners
from shared.deploy.drift import Difference, Drifted
from shared.deploy.owners import MIGRATION, RECOVERY

RECORD, QUEUE = "aws_route53_record.api", "aws_sqs_queue.payments"
SYNTHESIZED = {
    "resource": {
        "aws_route53_record": {"api": {"lifecycle": {"ignore_changes": ["weighted_routing_policy"]}}},
        "aws_sqs_queue": {"payments": {}},
    }
}
OWNERS = owners.in_stack(MIGRATION, SYNTHESIZED)


def changed(
    before: dict[str, Any], after: dict[str, Any] | None, *, address: str = QUEUE, **masks: Any
) -> dict[str, Any]:
    """A resource that is not as the state says, as a plan's JSON has it."""
    return {
        "address": address,
        "type": address.partition(".")[0],
        "change": {
            "actions": ["update"] if after else ["delete"],
            "before": before,
            "after": after,
            **masks,
        },
    }


def read(*resources: dict[str, Any], standing: tuple[dict[str, Any], ...] = ()) -> tuple[Drifted, ...]:
    module = {"root_module": {"resources": list(standing)}}
    return drift.read({"resource_drift": list(resources), "prior_state": {"values": module}}, OWNERS)


def one(before: Any, after: Any, **masks: Any) -> list[tuple[str, str, str]]:
    """The differences of an attribute `a`: place, old and new text."""
    wrapped = {name: {"a": mask} for name, mask in masks.items()}
    return [
        (difference.attribute, difference.before, difference.after)
        for found in read(changed({"a": before}, {"a": after}, **wrapped))
        for difference in found.differences
    ]


def test_a_plan_in_which_nothing_drifted_says_nothing() -> None:
    assert drift.read({}, OWNERS) == ()
    assert read() == ()


def test_a_value_that_somebody_changed_is_nobodys() -> None:
    (found,) = read(changed({"delay_seconds": 0, "name": "x"}, {"delay_seconds": 5, "name": "x"}))

    assert (found.address, found.type, found.gone, found.intended) == (QUEUE, "aws_sqs_queue", False, False)
    assert found.differences == (Difference(attribute="delay_seconds", before="0", after="5"),)
    assert str(found) == "aws_sqs_queue.payments differs\n    delay_seconds: 0 -> 5"


def test_what_an_operation_moves_is_intended_and_says_whose_it_is() -> None:
    weights = [{"weighted_routing_policy": [{"weight": weight}]} for weight in (100, 75)]
    (found,) = read(changed(weights[0], weights[1], address=RECORD))

    (difference,) = found.differences
    assert found.intended
    assert (difference.attribute, difference.owner) == (
        "weighted_routing_policy[0].weight",
        "invoke migrate.*",
    )
    assert "traffic" in difference.reason
    assert str(found).endswith("weighted_routing_policy[0].weight: 100 -> 75  (invoke migrate.*)")


def test_a_cluster_that_somebody_took_out_of_its_global_cluster_drifted() -> None:
    left = {"lifecycle": {"ignore_changes": ["global_cluster_identifier"]}}
    ours = owners.in_stack(RECOVERY, {"resource": {"aws_rds_cluster": {"standby": left}}})
    values = {"arn": "arn:aws:rds:us-west-2:123456789012:cluster:aurora"}
    names = [{**values, "global_cluster_identifier": name} for name in ("global-1", "")]
    (found,) = drift.read({"resource_drift": [changed(*names, address="aws_rds_cluster.standby")]}, ours)

    assert not found.intended
    assert str(found).endswith('global_cluster_identifier: global-1 -> ""')


def test_a_resource_of_which_one_value_is_nobodys_is_not_intended() -> None:
    before = {"ttl": 60, "weighted_routing_policy": [{"weight": 100}]}
    (found,) = read(
        changed(before, {"ttl": 5, "weighted_routing_policy": [{"weight": 0}]}, address=f"{RECORD}[0]")
    )

    assert [bool(difference.owner) for difference in found.differences] == [False, True]
    assert not found.intended


def test_a_resource_that_is_not_there_any_more_is_gone_whoever_owns_its_values() -> None:
    (found,) = read(changed({"weighted_routing_policy": [{"weight": 1}]}, None, address=RECORD))

    assert found.gone
    assert not found.intended
    assert str(found) == "aws_route53_record.api is gone"


def test_resources_are_told_by_address() -> None:
    found = read(
        changed({"a": 1}, {"a": 2}, address="aws_x.z"),
        changed({"a": 1}, {"a": 2}, address="aws_x.b"),
        changed({"a": 1}, {"a": 1}, address="aws_x.c"),
    )

    assert [drifted.address for drifted in found] == ["aws_x.b", "aws_x.z"]


@pytest.mark.parametrize(
    ("before", "after"), [(None, ""), ([], None), (None, {}), (False, None), (0, None), ("x", "x")]
)
def test_what_says_the_same_to_the_provider_is_no_difference(before: Any, after: Any) -> None:
    assert one(before, after) == []


def test_an_order_that_changed_is_told_whole() -> None:
    assert one([1, 2], [2, 1]) == [("a", "[1, 2]", "[2, 1]")]
    assert one('{"b": [1, 2]}', '{"b":[2,1]}') == [("a.b", "[1, 2]", "[2, 1]")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "x", ("a", '""', "x")),
        (None, "x", ("a", "null", "x")),
        ({"k": {"l": True}}, {"k": {"l": False}}, ("a.k.l", "true", "false")),
        (["a", "b"], ["b", "c"], ("a[1]", "a", "c")),
        ([{"x": 1}, {"y": 1}], [{"y": 1}, {"x": 2}], ("a[1].x", "1", "2")),
        (["a"], ["a", "b", "c"], ("a", "[]", '["b", "c"]')),
        (["a", "a"], ["a"], ("a", '["a", "a"]', '["a"]')),
        (["a"], "b", ("a", '["a"]', "b")),
        ('{"Effect": "Deny"}', '{"Effect": "Allow"}', ("a.Effect", "Deny", "Allow")),
        ('{"Effect": "Deny"}', "{", ("a", '{"Effect": "Deny"}', "{")),
        ("1", "2", ("a", "1", "2")),
        ('{"a": 1}', "[1]", ("a", '{"a": 1}', "[1]")),
    ],
)
def test_the_place_of_a_difference_is_as_deep_as_it_goes(
    before: Any, after: Any, expected: tuple[str, str, str]
) -> None:
    assert one(before, after) == [expected]


def test_a_long_value_is_cut() -> None:
    ((_, before, after),) = one("x" * 200, "y" * 201)

    assert before == "x" * 200
    assert after == "y" * 199 + "…"


@pytest.mark.parametrize(
    ("before", "after", "masks"),
    [
        ("secret-1", "secret-2", {"before_sensitive": True, "after_sensitive": True}),
        ("secret-1", "secret-2", {"before_sensitive": True}),
        ({"p": "secret-1"}, {"p": "secret-2"}, {"after_sensitive": {"p": True}}),
        (["secret-1"], ["x", "secret-2"], {"after_sensitive": [False, True]}),
        ([["secret-1", "y"]], [["x", "secret-2"]], {"after_sensitive": [[False, True]]}),
        ([{"p": "secret-1"}, "y"], ["secret-2"], {"before_sensitive": [{"p": True}]}),
        ([{"p": "secret-1"}], [{"p": "secret-2"}], {"before_sensitive": [{"p": True}]}),
    ],
)
def test_a_sensitive_value_is_never_shown(before: Any, after: Any, masks: dict[str, Any]) -> None:
    found = one(before, after, **masks)

    assert found
    assert "secret" not in json.dumps(found)
    assert drift.SENSITIVE in json.dumps(found)


def test_a_list_of_which_a_part_is_left_out_hides_all_when_a_part_of_it_is_sensitive() -> None:
    role = {"id": "role", "name": "role", "arn": "arn:role"}
    ours = {"name": "ours", "policy": "{}"}
    stray = {"name": "stray", "policy": "secret"}
    own = {"type": "aws_iam_role_policy", "values": {**ours, "role": "role"}}
    moved = changed(
        {**role, "inline_policy": []},
        {**role, "inline_policy": [ours, stray]},
        address="aws_iam_role.x",
        # by place: after the stack's own is left out, the stray one stands where that was
        after_sensitive={"inline_policy": [False, {"policy": True}]},
    )

    (found,) = read(moved, standing=(own,))
    (difference,) = found.differences
    assert (difference.before, difference.after) == (drift.SENSITIVE, drift.SENSITIVE)

    moved["change"]["after_sensitive"] = {}
    (found,) = read(moved, standing=(own,))
    assert found.differences[0].after == '[{"name": "stray", "policy": "secret"}]'

    moved["change"]["after"]["inline_policy"] = [ours]
    assert read(moved, standing=(own,)) == ()
