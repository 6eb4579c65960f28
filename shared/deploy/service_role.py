"""The role with which Auto Scaling works in the account: AWS makes it with the account's first group.

The keys' policies name it, and KMS refuses a policy that names a role which does not exist, so in a
fresh account it has to be there before the first stack. It belongs to the account, not to a stack:
two regions would fight over it, and a teardown would take it from everybody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.clients import error_code
from shared.deploy.check import Check
from shared.errors import UserError

if TYPE_CHECKING:
    from shared.clients import Clients
    from shared.settings.model import Environment

SERVICE = "autoscaling.amazonaws.com"
ROLE = "AWSServiceRoleForAutoScaling"


def exists(env: Environment, clients: Clients) -> bool:
    """Return whether the role is there. Lets what AWS refuses pass as ClientError."""
    from botocore.exceptions import ClientError

    try:
        clients.client("iam", env.state.region).get_role(RoleName=ROLE)
    except ClientError as error:
        if error_code(error) == "NoSuchEntity":
            return False
        raise
    return True


def ensure(env: Environment, clients: Clients) -> list[str]:
    """Make the role if it is missing and return what was done. Raises UserError when AWS refuses."""
    from botocore.exceptions import ClientError

    try:
        if exists(env, clients):
            return []
        clients.client("iam", env.state.region).create_service_linked_role(AWSServiceName=SERVICE)
    except ClientError as error:
        raise UserError(
            f"AWS refuses {error.operation_name} for {ROLE}: {error_code(error)}",
            remedy="the credentials need iam:GetRole and iam:CreateServiceLinkedRole",
        ) from error
    return [f"make the role {ROLE}"]


def look(env: Environment, clients: Clients) -> list[Check]:
    """Say whether the role is there."""
    if exists(env, clients):
        return [Check(name="Auto Scaling's role", verdict="ok", seen=ROLE)]
    remedy = "run `invoke bootstrap`"
    return [Check(name="Auto Scaling's role", verdict="fail", seen=f"there is no {ROLE}", remedy=remedy)]
