"""Permissions of functions and of their URLs."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION

CODE = "def handle(event, context): return 1"


def allow(aws: Aws, name: str = "url") -> None:
    aws.client("lambda", REGION).add_permission(
        FunctionName="function-start",
        StatementId=name,
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )


def statements(aws: Aws) -> list[dict[str, Any]]:
    client = aws.client("lambda", REGION)
    try:
        policy = client.get_policy(FunctionName="function-start")["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(json.loads(policy)["Statement"])


def stack(aws: Aws) -> Any:
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": "function-start",
            "InvokedViaFunctionUrl": True,
            "Principal": "*",
        },
    }
    cloudformation = aws.client("cloudformation", REGION)
    cloudformation.create_stack(
        StackName="permission", TemplateBody=json.dumps({"Resources": {"Permission": permission}})
    )
    return cloudformation


def test_a_url_for_everybody_is_a_condition_of_the_statement(aws: Aws) -> None:
    create(aws, CODE)
    allow(aws)
    (statement,) = statements(aws)
    assert statement["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    assert "FunctionUrlAuthType" not in statement


def test_a_statements_name_is_there_once(aws: Aws) -> None:
    create(aws, CODE)
    allow(aws)
    with pytest.raises(ClientError, match=r"The statement id \(url\) provided already exists"):
        allow(aws)
    allow(aws, "other")
    aws.client("lambda", REGION).remove_permission(FunctionName="function-start", StatementId="url")
    assert [statement["Sid"] for statement in statements(aws)] == ["other"]


def test_cloudformations_permission_has_its_condition_and_goes_with_its_stack(aws: Aws) -> None:
    create(aws, CODE)
    cloudformation = stack(aws)
    (statement,) = statements(aws)
    assert statement["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    assert "FunctionName" not in statement
    cloudformation.delete_stack(StackName="permission")
    assert statements(aws) == []


def test_a_stack_goes_also_when_its_statement_is_gone(extended: Aws) -> None:
    create(extended, CODE)
    cloudformation = stack(extended)
    (statement,) = statements(extended)
    extended.client("lambda", REGION).remove_permission(
        FunctionName="function-start", StatementId=statement["Sid"]
    )
    cloudformation.delete_stack(StackName="permission")
    summaries = cloudformation.list_stacks()["StackSummaries"]
    assert [one["StackStatus"] for one in summaries] == ["DELETE_COMPLETE"]
