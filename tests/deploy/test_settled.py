"""How far a resource may change by itself after its apply: beyond that it is drift."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.deploy import settled
from shared.deploy.settled import RULES, Standing
from tests.synthesized import Synthesis

ROLE = {"id": "role-x", "name": "role-x", "arn": "arn:aws:iam::1:role/role-x"}
DOCUMENT = {"Statement": [{"Effect": "Allow"}]}
WRITTEN, SPACED = json.dumps(DOCUMENT, separators=(",", ":")), json.dumps(DOCUMENT, indent=1)


def beyond(
    kind: str, attribute: str, before: Any, after: Any, *stands: tuple[str, dict[str, Any]], **own: Any
) -> Any:
    change = {**own, attribute: before}, {**own, attribute: after}
    return settled.beyond(kind, attribute, change, Standing(resources=stands))


def test_a_rule_is_for_one_attribute_of_one_type() -> None:
    assert beyond("aws_sqs_queue", "policy", "", "x") == ("", "x")


def test_an_address_that_a_gateway_took_settles_once() -> None:
    gateway = ("aws_nat_gateway", {"allocation_id": "eip-1", "tags": {}})
    taken = "aws_eip", "association_id"

    assert beyond(*taken, "", "assoc-1", gateway, id="eip-1") is None
    # no gateway of the stack's has it, or it went from one to another
    assert beyond(*taken, "", "assoc-1", gateway, id="eip-2") == ("", "assoc-1")
    assert beyond(*taken, "assoc-1", "assoc-2", gateway, id="eip-1") == ("assoc-1", "assoc-2")


def test_of_the_policies_of_a_role_those_that_are_not_the_stacks_are_drift() -> None:
    policy = ("aws_iam_role_policy", {"role": "role-x", "name": "own", "policy": SPACED})
    own = {"name": "own", "policy": WRITTEN}
    stray = {"name": "stray", "policy": WRITTEN}
    role = "aws_iam_role", "inline_policy"

    assert beyond(*role, [], [own], policy, **ROLE) is None
    assert beyond(*role, None, [own], policy, **ROLE) is None
    assert beyond(*role, [], [own, stray], policy, **ROLE) == ([], [stray])
    # the stack's own policy with another text is not the stack's
    other = {"name": "own", "policy": "not a document"}
    assert beyond(*role, [own], [other], policy, **ROLE) == ([], [other])


def test_a_policy_that_the_stack_attaches_is_no_drift_and_another_one_is() -> None:
    attached = ("aws_iam_role_policy_attachment", {"role": "role-x", "policy_arn": "arn:a"})
    role = "aws_iam_role", "managed_policy_arns"

    assert beyond(*role, [], ["arn:a"], attached, **ROLE) is None
    assert beyond(*role, ["arn:a"], ["arn:a", "arn:b"], attached, **ROLE) == ([], ["arn:b"])
    assert beyond(*role, ["arn:b"], ["arn:a"], attached, **ROLE) == (["arn:b"], [])


@pytest.mark.parametrize("service", ["sns_topic", "s3_bucket"])
def test_the_policy_that_the_stack_gave_is_no_drift_and_another_text_is(service: str) -> None:
    kind, own = f"aws_{service}", {"id": "x", "arn": "arn:x"}
    given = (f"{kind}_policy", {"id": "arn:x", "policy": SPACED})

    assert beyond(kind, "policy", "", WRITTEN, given, **own) is None
    assert beyond(kind, "policy", WRITTEN, "{}", given, **own) == (WRITTEN, "{}")


def test_a_part_of_a_bucket_with_a_resource_of_its_own_drifts_there() -> None:
    versioned = ("aws_s3_bucket_versioning", {"bucket": "b"})

    assert beyond("aws_s3_bucket", "versioning", [], [{"enabled": True}], versioned, id="b") is None
    left = beyond("aws_s3_bucket", "versioning", [], [{"enabled": True}], id="b")
    assert left == ([], [{"enabled": True}])


def test_an_instance_that_is_not_the_stacks_is_a_stray_member_of_the_cluster() -> None:
    instance = ("aws_rds_cluster_instance", {"cluster_identifier": "aurora", "identifier": "aurora-0"})
    cluster = "aws_rds_cluster", "cluster_members"

    assert beyond(*cluster, [], ["aurora-0"], instance, id="aurora") is None
    assert beyond(*cluster, ["aurora-0"], ["aurora-0", "by-hand"], instance, id="aurora") == ([], ["by-hand"])


def test_a_peering_may_become_active_and_nothing_else() -> None:
    peering = "aws_vpc_peering_connection", "accept_status"

    assert beyond(*peering, "pending-acceptance", "active") is None
    assert beyond(*peering, "active", "rejected") == ("active", "rejected")


def test_the_members_of_a_global_cluster_join_once() -> None:
    joined = "aws_rds_global_cluster", "global_cluster_members"

    assert beyond(*joined, [], [{"is_writer": True}]) is None
    assert beyond(*joined, [{"is_writer": True}], []) == ([{"is_writer": True}], [])


def test_a_plan_without_a_state_has_nothing_that_stands() -> None:
    assert settled.standing({}) == Standing(resources=[])


def test_what_stands_is_what_the_refreshed_state_says() -> None:
    values = {"id": "eip-1", "tags": {"id": "eip-2"}}
    module = {"resources": [{"type": "aws_eip", "values": values}]}
    stands = settled.standing({"prior_state": {"values": {"root_module": module}}})

    assert stands.about("aws_eip", {"id": "eip-1"}) == [values]
    assert stands.about("aws_eip", {"id": "eip-2", "arn": None}) == []
    assert stands.about("aws_nat_gateway", {"id": "eip-1"}) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(None, "", True), (0, None, True), (None, 1, False), ("a", "a", True), ("a", "", False), (0, "", False)],
)
def test_null_is_the_zero_of_a_type_and_nothing_else_is(before: Any, after: Any, expected: bool) -> None:
    assert settled.same(before, after) is expected


def test_every_rule_says_why_and_is_about_resources_that_there_are(systems: list[Synthesis]) -> None:
    types = {kind for synthesis in systems for _, kind, _, _ in synthesis.resources()}

    assert all(rule.why for rule in RULES.values())
    assert {kind for kind, _ in RULES} | {rule.by for rule in RULES.values() if rule.by} <= types
