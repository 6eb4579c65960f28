"""An IAM role that one AWS service may assume, with the statements it needs and nothing else.

Refuses a statement that allows every action or every resource of a writing action.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from shared.blocks import resource


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One permission."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: dict[str, dict[str, Any]] = field(default_factory=dict)
    why_every_resource: str = ""
    """The reason when `resources` is `*`: some read actions of AWS know no resource."""

    def __post_init__(self) -> None:
        """Refuse wildcards that give more than the sentence in `sid` says (ValueError)."""
        if any(action == "*" or action.endswith(":*") for action in self.actions):
            raise ValueError(f"{self.sid}: every action is never needed")
        if "*" in self.resources and not self.why_every_resource:
            raise ValueError(f"{self.sid}: every resource needs a reason")

    def document(self) -> dict[str, Any]:
        """Return the statement as IAM reads it."""
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.conditions:
            statement["Condition"] = self.conditions
        return statement


@dataclass(frozen=True, kw_only=True)
class RoleInputs:
    """Who may assume the role and what it may do."""

    name: str
    """Full name; roles are global, so a role made in two regions carries its side in its purpose."""
    service: str
    """Service principal that assumes it."""
    account_id: str
    statements: tuple[Statement, ...] = ()
    managed_policies: tuple[str, ...] = ()
    """ARNs of AWS managed policies."""
    source_arn: str | None = None
    """Pattern of the resource on whose behalf the service may act (against the confused deputy)."""
    source_account: bool = True
    """Whether the service names the account when it assumes the role; EC2 does not."""


@dataclass(frozen=True, kw_only=True)
class RoleOutputs:
    """The role."""

    name: str
    arn: str
    permissions: tuple[ITerraformDependable, ...]
    """For whom must not start before the role may do its work."""


class Role(Construct):
    """The role, its inline policy and its managed policies."""

    def __init__(self, scope: Construct, id_: str, inputs: RoleInputs) -> None:
        super().__init__(scope, id_)
        role = resource(
            IamRole,
            self,
            "role",
            name=inputs.name,
            assume_role_policy=json.dumps(trust_policy(inputs)),
            force_detach_policies=True,
        )
        permissions: list[ITerraformDependable] = []
        if inputs.statements:
            document = {"Version": "2012-10-17", "Statement": [s.document() for s in inputs.statements]}
            text = json.dumps(document)
            permissions.append(
                resource(IamRolePolicy, self, "policy", name="permissions", role=role.id, policy=text)
            )
        for arn in inputs.managed_policies:
            id_ = arn.rsplit("/", 1)[-1]
            permissions.append(resource(IamRolePolicyAttachment, self, id_, role=role.name, policy_arn=arn))
        self.outputs = RoleOutputs(name=role.name, arn=role.arn, permissions=tuple(permissions))


def trust_policy(inputs: RoleInputs) -> dict[str, Any]:
    """Return who may assume the role, as IAM reads it."""
    conditions: dict[str, dict[str, str]] = {}
    if inputs.source_account:
        conditions["StringEquals"] = {"aws:SourceAccount": inputs.account_id}
    if inputs.source_arn is not None:
        conditions["ArnLike"] = {"aws:SourceArn": inputs.source_arn}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": inputs.service},
        "Action": "sts:AssumeRole",
    }
    if conditions:
        statement["Condition"] = conditions
    return {"Version": "2012-10-17", "Statement": [statement]}
