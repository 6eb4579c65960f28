"""Lambda: a permission for a function's URL has its condition, and a statement's name is there once.

moto 5.2.5 keeps `FunctionUrlAuthType` as an argument instead of the condition that it stands for,
takes two statements of one name, and its CloudFormation keeps what it was given as the statement
(`AWS::Lambda::Permission`: no condition for `InvokedViaFunctionUrl`) and leaves it there when its
stack goes.

AWS: API reference of AddPermission (ResourceConflictException), CloudFormation's reference of
`AWS::Lambda::Permission`, Lambda developer guide "Control access to Lambda function URLs".
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from moto.awslambda.exceptions import UnknownPolicyException
from moto.awslambda.models import Permission, get_backend
from moto.awslambda.policy import Policy

from shared.rehearsal.extensions.faults import Fault

_add_statement = Policy.add_statement

#: Argument -> operator and key of the condition that it stands for.
_CONDITIONS = {
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


def install() -> None:
    """Wrap the adding of statements, replace CloudFormation's permission."""
    Policy.add_statement = add_statement
    Permission.create_from_cloudformation_json = classmethod(create)
    Permission.delete = delete


def add_statement(self: Policy, raw: str, qualifier: str | None = None) -> tuple[dict[str, Any], str]:
    """Add a statement under a name that is not there yet."""
    asked = json.loads(raw)
    name = asked.get("StatementId")
    if any(statement["Sid"] == name for statement in self.statements):
        raise Fault(
            "ResourceConflictException",
            f"The statement id ({name}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement.",
        )
    conditions = {key: asked.pop(key) for key in _CONDITIONS if key in asked}
    asked.pop("FunctionName", None)
    statement, revision = _add_statement(self, json.dumps(asked), qualifier)
    for argument, value in conditions.items():
        operator, key = _CONDITIONS[argument]
        text = str(value).lower() if operator == "Bool" else value
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = text
    return statement, revision


def create(
    cls: type[Permission],
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **_: Any,
) -> Permission:
    """Add CloudFormation's statement to the function's policy, and remember which it is."""
    properties = cloudformation_json["Properties"]
    function = get_backend(account_id, region_name).get_function(properties["FunctionName"])
    statement, _revision = function.policy.add_statement(json.dumps(properties))
    permission = cls(region=region_name)
    permission.name, permission.policy, permission.sid = resource_name, function.policy, statement["Sid"]
    return permission


def delete(self: Permission, _account_id: str, _region_name: str) -> None:
    """Take the statement away, unless it is gone with its function."""
    with contextlib.suppress(UnknownPolicyException):
        self.policy.del_statement(self.sid)
