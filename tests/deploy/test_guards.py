from __future__ import annotations

from typing import Any, get_args

import pytest

from shared.deploy.guards import MEMBERSHIPS, STANDING, STATEFUL, SWITCHES, Protection, violations

STACK = "eu-west-1/database"


def plan(*actions: str, type_: str = "aws_rds_cluster", **change: Any) -> dict[str, Any]:
    """A plan with one resource, as `terraform show -json` writes it."""
    reason = change.pop("action_reason", None)
    return {
        "resource_changes": [
            {
                "address": f"{type_}.main",
                "mode": change.pop("mode", "managed"),
                "type": type_,
                **({"action_reason": reason} if reason else {}),
                "change": {
                    "actions": list(actions),
                    "before": {},
                    "after": {},
                    "after_unknown": {},
                    **change,
                },
            }
        ]
    }


@pytest.mark.parametrize("type_", sorted(STATEFUL))
@pytest.mark.parametrize(
    ("actions", "kind"),
    [(("delete",), "destroy"), (("delete", "create"), "replace"), (("create", "delete"), "replace")],
)
def test_every_stateful_type_is_held_without_leave(type_: str, actions: tuple[str, ...], kind: str) -> None:
    document = plan(*actions, type_=type_, after=None)
    problem, *others = violations(document, stack=STACK)
    assert not others
    assert problem.where == f"{STACK}:{type_}.main"
    assert STATEFUL[type_] in problem.what
    assert problem.remedy == f"if it is meant: --allow-{kind} {STACK}:{type_}.main"
    assert not violations(document, stack=STACK, allowed={f"{kind}:{STACK}:{type_}.main"})
    assert not violations(document, stack=STACK, allowed={f"{STACK}:{type_}.main"})


@pytest.mark.parametrize("type_", sorted(STANDING))
@pytest.mark.parametrize(
    ("actions", "kind"),
    [(("delete",), "destroy"), (("delete", "create"), "replace"), (("create", "delete"), "replace")],
)
def test_what_all_else_stands_in_is_held_in_a_deployment(
    type_: str, actions: tuple[str, ...], kind: str
) -> None:
    document = plan(*actions, type_=type_, after=None)
    for protection in get_args(Protection):
        problem, *others = violations(document, stack=STACK, protection=protection)
        assert not others
        assert STANDING[type_] in problem.what
        assert problem.remedy == f"if it is meant: --allow-{kind} {STACK}:{type_}.main"
        assert not violations(document, stack=STACK, allowed={f"{kind}:{STACK}:{type_}.main"})
        # a command that destroys says it by itself
        assert not violations(document, stack=STACK, destroying=True, protection=protection)


def test_the_network_and_the_migration_are_held() -> None:
    held = {"aws_vpc", "aws_subnet", "aws_route53_zone", "aws_kms_key"}
    assert held | {"aws_sfn_state_machine", "aws_ssm_parameter"} <= STANDING.keys() | STATEFUL.keys()


def test_a_network_that_was_made_in_part_only_is_made_anew_and_a_database_is_held_even_then() -> None:
    tainted = {"action_reason": "replace_because_tainted"}
    assert not violations(plan("delete", "create", type_="aws_subnet", **tainted), stack=STACK)
    assert violations(plan("delete", "create", **tainted), stack=STACK)


def test_leave_for_one_loss_is_no_leave_for_another() -> None:
    document = plan("delete")
    assert violations(document, stack=STACK, allowed={f"replace:{STACK}:aws_rds_cluster.main"})
    assert violations(document, stack=STACK, allowed={f"destroy:{STACK}:aws_rds_cluster.other"})
    assert violations(document, stack=STACK, allowed={"destroy:us-east-1/database:aws_rds_cluster.main"})


def test_a_removed_block_is_named_as_the_reason() -> None:
    document = plan("delete", action_reason="delete_because_no_resource_config")
    assert "because its block was removed from the code" in violations(document, stack=STACK)[0].what


def test_the_arguments_that_force_a_replacement_are_named() -> None:
    document = plan("delete", "create", replace_paths=[["kms_key_id"], ["engine_mode"]])
    assert (
        "because engine_mode, kms_key_id cannot be changed in place"
        in violations(document, stack=STACK)[0].what
    )


@pytest.mark.parametrize("argument", sorted(MEMBERSHIPS))
@pytest.mark.parametrize(("after", "unknown"), [(None, False), ("another", False), (None, True)])
def test_leaving_a_global_cluster_is_held(argument: str, after: str | None, unknown: bool) -> None:
    document = plan(
        "update", before={argument: "global-1"}, after={argument: after}, after_unknown={argument: unknown}
    )
    problem = violations(document, stack=STACK)[0]
    assert f"changes {argument} from global-1 to" in problem.what
    assert MEMBERSHIPS[argument] in problem.what
    # leave to replace is no leave to detach
    assert violations(document, stack=STACK, allowed={f"replace:{STACK}:aws_rds_cluster.main"})
    assert not violations(document, stack=STACK, allowed={f"detach:{STACK}:aws_rds_cluster.main"})


@pytest.mark.parametrize("type_", sorted(STATEFUL))
def test_leaving_what_holds_state_to_itself_is_held(type_: str) -> None:
    document = plan("forget", type_=type_, after=None)
    problem, *others = violations(document, stack=STACK)
    assert not others
    assert problem.what == "this plan leaves the resource to itself: no state knows it any more"
    assert problem.remedy == f"if it is meant: --allow-detach {STACK}:{type_}.main"
    assert not violations(document, stack=STACK, allowed={f"detach:{STACK}:{type_}.main"})
    assert not violations(document, stack=STACK, destroying=True)


@pytest.mark.parametrize("before", [None, "global-1"])
def test_joining_a_global_cluster_or_staying_in_it_is_not(before: str | None) -> None:
    change = {
        "before": {"global_cluster_identifier": before},
        "after": {"global_cluster_identifier": "global-1"},
    }
    assert not violations(plan("update", **change), stack=STACK)


@pytest.mark.parametrize(("type_", "switch"), sorted(SWITCHES.items()))
def test_disabling_a_key_is_held(type_: str, switch: str) -> None:
    document = plan("update", type_=type_, before={switch: True}, after={switch: False})
    problem, *others = violations(document, stack=STACK)
    assert not others
    assert "this plan disables the key: everything" in problem.what
    assert not violations(document, stack=STACK, allowed={f"detach:{STACK}:{type_}.main"})
    assert not violations(
        plan("update", type_=type_, before={switch: False}, after={switch: True}), stack=STACK
    )


def test_removing_a_replica_of_a_table_is_held() -> None:
    both = [{"region_name": "eu-west-1"}, {"region_name": "us-west-2"}]
    document = plan(
        "update", type_="aws_dynamodb_table", before={"replica": both}, after={"replica": both[:1]}
    )
    assert "removes the replicas in us-west-2 with their data" in violations(document, stack=STACK)[0].what
    known_but_for_its_arn = plan(
        "update",
        type_="aws_dynamodb_table",
        before={"replica": both},
        after={"replica": both[:1]},
        after_unknown={"replica": [{}]},
    )
    assert violations(known_but_for_its_arn, stack=STACK)
    secret = plan(
        "update",
        type_="aws_secretsmanager_secret",
        before={"replica": [{"region": "eu-west-1"}]},
        after={"replica": []},
    )
    assert "removes the replicas in eu-west-1" in violations(secret, stack=STACK)[0].what
    later = plan(
        "update",
        type_="aws_dynamodb_table",
        before={"replica": both},
        after={},
        after_unknown={"replica": True},
    )
    assert not violations(later, stack=STACK)


@pytest.mark.parametrize(
    "document",
    [
        {},
        plan("create"),
        plan("no-op"),
        plan("forget", type_="aws_lb_listener"),
        plan("forget", type_="aws_subnet"),
        plan("update", before={"tags": {}}, after={"tags": {"a": "b"}}),
        plan("delete", type_="aws_lb_listener"),
        plan("delete", "create", type_="aws_launch_template"),
        plan("read", mode="data"),
    ],
)
def test_everything_else_passes(document: dict[str, Any]) -> None:
    assert not violations(document, stack=STACK)


def test_a_destroyable_deployment_may_be_taken_down_and_a_production_one_needs_leave() -> None:
    document = plan("delete")
    assert not violations(document, stack=STACK, destroying=True, protection="destroyable")
    assert violations(document, stack=STACK, destroying=True, protection="production")
    # an ordinary deploy is held in both
    assert violations(document, stack=STACK, protection="destroyable")
