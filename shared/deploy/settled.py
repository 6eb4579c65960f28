"""What AWS and a stack's other resources fill in after the apply that made a resource: no drift.

A state has what the provider read when it made a resource. What came later (a policy that a resource of its
own attaches, the address of a gateway, a peering that was accepted) stands in the state only after the next
apply, and a refresh-only plan lists it until then. Each rule says how far that goes: whatever is beyond it
is drift.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False, 0)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The resources of a stack as they stand."""

    resources: Sequence[tuple[str, Values]]
    """Type and attributes of each."""

    def about(self, kind: str, owner: Values) -> list[Values]:
        """Return the resources of a type that name the owner by its id, its ARN or its name."""
        names = {owner[key] for key in ("id", "arn", "name") if owner.get(key)}
        return [
            values
            for type_, values in self.resources
            if type_ == kind and names & {one for one in values.values() if isinstance(one, str)}
        ]


def standing(document: Mapping[str, Any]) -> Standing:
    """Return what stands, as a plan's JSON says (its `prior_state` is refreshed)."""
    module = document.get("prior_state", {}).get("values", {}).get("root_module", {})
    return Standing(resources=[(one["type"], one["values"]) for one in module.get("resources", ())])


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How far an attribute may change by itself."""

    why: str
    by: str = ""
    """Type of the resource in the stack that does it, and names the one that changes; empty: AWS does."""
    first: bool = True
    """Only from nothing: an address that becomes another one is drift."""
    becomes: tuple[Any, ...] = ()
    """Only to one of these values; empty: to any."""
    ours: Callable[[Any, Sequence[Values]], bool] = lambda _value, _by: True
    """Whether a value (of a list: one of it) is what the resources of the type `by` say."""


def same(before: Any, after: Any) -> bool:
    """Tell whether two values are the same to a provider that cannot tell null from a type's zero."""
    if before is None or after is None:
        return before in _NOTHING and after in _NOTHING
    return bool(before == after)


def beyond(
    kind: str, attribute: str, change: tuple[Values, Values], stands: Standing
) -> tuple[Any, Any] | None:
    """Return an attribute before and after, without what became so by itself; None when all of it did.

    `change`: the resource before and after.
    """
    before, after = (side.get(attribute) for side in change)
    rule = RULES.get((kind, attribute))
    doing = stands.about(rule.by, change[1]) if rule and rule.by else []
    if rule is None or (rule.by and not doing):
        return before, after
    if (rule.first and before not in _NOTHING) or (rule.becomes and after not in rule.becomes):
        return before, after
    if isinstance(after, list):
        left = [[one for one in side or () if not rule.ours(one, doing)] for side in (before, after)]
        return None if left[0] == left[1] else (left[0], left[1])
    return None if rule.ours(after, doing) else (before, after)


def _inline(value: Any, policies: Sequence[Values]) -> bool:
    """Tell whether an inline policy of a role is one of the stack's."""
    known = [(one["name"], _read(one["policy"])) for one in policies]
    return (value["name"], _read(value["policy"])) in known


def _attached(value: Any, attachments: Sequence[Values]) -> bool:
    """Tell whether a policy that is attached to a role is attached by the stack."""
    return value in {one["policy_arn"] for one in attachments}


def _member(value: Any, instances: Sequence[Values]) -> bool:
    """Tell whether an instance of a cluster is one of the stack's."""
    return value in {one["identifier"] for one in instances}


def _policy(value: Any, policies: Sequence[Values]) -> bool:
    """Tell whether a policy is the one that the stack gave."""
    return _read(value) in [_read(one["policy"]) for one in policies]


def _read(text: Any) -> Any:
    """Return what a JSON document says; another text is what it says."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _all() -> Iterator[tuple[str, str, Rule]]:
    """Yield type, attributes with blanks between, and their rule."""
    gateway = Rule(why="the NAT gateway took the address", by="aws_nat_gateway")
    yield "aws_eip", "association_id network_interface private_dns private_ip", gateway
    own = "a policy of the stack's, which is a resource of its own"
    yield "aws_iam_role", "inline_policy", Rule(why=own, by="aws_iam_role_policy", first=False, ours=_inline)
    attached = Rule(why=own, by="aws_iam_role_policy_attachment", first=False, ours=_attached)
    yield "aws_iam_role", "managed_policy_arns", attached
    yield "aws_sns_topic", "policy", Rule(why=own, by="aws_sns_topic_policy", first=False, ours=_policy)
    yield "aws_s3_bucket", "policy", Rule(why=own, by="aws_s3_bucket_policy", first=False, ours=_policy)
    for attribute, by in (
        ("lifecycle_rule", "aws_s3_bucket_lifecycle_configuration"),
        ("server_side_encryption_configuration", "aws_s3_bucket_server_side_encryption_configuration"),
        ("versioning", "aws_s3_bucket_versioning"),
    ):
        yield (
            "aws_s3_bucket",
            attribute,
            Rule(why="the resource of its own drifts itself", by=by, first=False),
        )
    listener = Rule(why="a listener leads to it", first=False)
    yield "aws_lb_target_group", "load_balancer_arns", listener
    instance = "aws_rds_cluster_instance"
    members = Rule(why="its instances are resources of their own", by=instance, first=False, ours=_member)
    yield "aws_rds_cluster", "cluster_members", members
    joined = Rule(why="the clusters joined after it was made")
    yield "aws_rds_global_cluster", "global_cluster_members", joined
    accepted = Rule(why="the other side accepted", first=False, becomes=("active",))
    yield "aws_vpc_peering_connection", "accept_status", accepted
    options = Rule(why="set by the options, a resource of its own", first=False)
    for kind in ("aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter"):
        yield kind, "accepter requester", options


RULES: Mapping[tuple[str, str], Rule] = {
    (kind, attribute): rule for kind, attributes, rule in _all() for attribute in attributes.split()
}
