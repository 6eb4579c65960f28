"""The two roles that DMS looks for in an account by their fixed names.

They are the one exception to the rule that every name has the suffix: DMS knows no other names (DMS user
guide, creating the IAM roles). An account has them once, so they are made only where they are missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import ITerraformDependable
from constructs import Construct

from modules.role import Role, RoleInputs

#: Role -> the AWS managed policy that goes with it.
ROLES = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}


@dataclass(frozen=True, kw_only=True)
class AccountRolesInputs:
    """Whose roles."""

    account_id: str


@dataclass(frozen=True, kw_only=True)
class AccountRolesOutputs:
    """The permissions: the first thing of DMS's has to come after them."""

    permissions: tuple[ITerraformDependable, ...]


class AccountRoles(Construct):
    """`dms-vpc-role` and `dms-cloudwatch-logs-role`."""

    def __init__(self, scope: Construct, id_: str, inputs: AccountRolesInputs) -> None:
        super().__init__(scope, id_)
        made = [
            Role(
                self,
                name,
                RoleInputs(
                    name=name,
                    service="dms.amazonaws.com",
                    account_id=inputs.account_id,
                    managed_policies=(f"arn:aws:iam::aws:policy/service-role/{policy}",),
                    # Other uses of DMS in the account share the role; DMS names no source for all of them.
                    source_account=False,
                ),
            )
            for name, policy in ROLES.items()
        ]
        self.outputs = AccountRolesOutputs(
            permissions=tuple(one for role in made for one in role.outputs.permissions)
        )
