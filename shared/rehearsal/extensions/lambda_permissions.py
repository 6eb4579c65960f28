"""Lambda: permissions to call a function by its URL, by API and by CloudFormation.

moto 5.2.5 keeps `FunctionUrlAuthType`, `InvokedViaFunctionUrl` and `FunctionName` as keys of the policy's
statement, where AWS has conditions (or nothing), and takes two statements of one name. A permission that
a CloudFormation stack made outlives the stack and has a new name in every description.

AWS: API reference of AddPermission (ResourceConflictException); "Control access to Lambda function URLs"
(the conditions `lambda:FunctionUrlAuthType` and `lambda:InvokedViaFunctionUrl`); CloudFormation template
reference, AWS::Lambda::Permission.
"""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import Permission
from moto.awslambda.policy import Policy
from moto.awslambda.utils import get_backend
from moto.moto_api._internal import mock_random

from shared.rehearsal.extensions.faults import Fault

_add_statement = Policy.add_statement
_decode_policy = Policy.decode_policy


def install() -> None:
    """Wrap the adding and the reading of a permission, replace CloudFormation's."""
    Policy.add_statement = add_statement
    Policy.decode_policy = decode_policy
    Permission.create_from_cloudformation_json = classmethod(create)
    Permission.update_from_cloudformation_json = classmethod(update)
    Permission.delete = delete


def add_statement(self: Policy, raw: str, qualifier: str | None = None) -> tuple[dict[str, Any], str]:
    """Add a statement under a name that is not there yet."""
    name = json.loads(raw).get("StatementId")
    if any(statement["Sid"] == name for statement in self.statements):
        raise Fault(
            "ResourceConflictException",
            f"The statement id ({name}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement.",
        )
    statement, revision = _add_statement(self, raw, qualifier)
    return statement, revision


def decode_policy(self: Policy, obj: dict[str, Any]) -> Policy:
    """Make a permission's statement, with its conditions about function URLs."""
    kind, by_url = obj.pop("FunctionUrlAuthType", None), obj.pop("InvokedViaFunctionUrl", None)
    obj.pop("FunctionName", None)
    policy = _decode_policy(self, obj)
    [statement] = policy.statements
    conditions = statement.setdefault("Condition", {})
    if kind:
        conditions.setdefault("StringEquals", {})["lambda:FunctionUrlAuthType"] = kind
    if by_url is not None:
        conditions.setdefault("Bool", {})["lambda:InvokedViaFunctionUrl"] = str(by_url).lower()
    if not conditions:
        del statement["Condition"]
    return policy


def create(
    cls: type[Permission],
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **_: Any,
) -> Permission:
    """Add the permission that a stack asks for."""
    properties = cloudformation_json["Properties"]
    function = get_backend(account_id, region_name).get_function(properties["FunctionName"])
    name = f"{resource_name}-{mock_random.get_random_string(12)}"
    function.policy.add_statement(raw=json.dumps({**properties, "StatementId": name}))
    made = cls(region=region_name)
    made.physical_resource_id = name
    made.function = function
    return made


def update(  # noqa: PLR0917 - moto's signature
    cls: type[Permission],
    /,
    original_resource: Permission,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> Permission:
    """Put another permission in the place of one."""
    original_resource.delete(account_id, region_name)
    return create(cls, new_resource_name, cloudformation_json, account_id, region_name)


def delete(self: Permission, account_id: str, region_name: str) -> None:
    """Take the permission away, with its stack; it may have gone with its function."""
    statements = self.function.policy.statements
    statements[:] = [one for one in statements if one["Sid"] != self.physical_resource_id]
