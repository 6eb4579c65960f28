"""Permissions of functions and of their URLs."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION

NAME = "function-start"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{NAME}"
BY_URL = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}


def statements(aws: Aws) -> list[dict[str, Any]]:
    client = aws.client("lambda", REGION)
    try:
        return list(json.loads(client.get_policy(FunctionName=NAME)["Policy"])["Statement"])
    except client.exceptions.ResourceNotFoundException:
        return []


def template(**fields: Any) -> str:
    properties = {"Action": "lambda:InvokeFunction", "FunctionName": ARN, "Principal": "*", **fields}
    return json.dumps(
        {"Resources": {"Permission": {"Type": "AWS::Lambda::Permission", "Properties": properties}}}
    )


def test_conditions_are_kept_as_such(aws: Aws) -> None:
    create(aws, "")
    client = aws.client("lambda", REGION)
    client.add_permission(
        FunctionName=NAME,
        StatementId="both",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
        InvokedViaFunctionUrl=True,
        SourceAccount=ACCOUNT,
    )
    client.add_permission(
        FunctionName=NAME, StatementId="plain", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
    )
    both, plain = statements(aws)
    assert both["Condition"] == {
        "StringEquals": {"AWS:SourceAccount": ACCOUNT, "lambda:FunctionUrlAuthType": "NONE"},
        **BY_URL,
    }
    assert set(both) == {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    assert "Condition" not in plain


def test_a_statements_name_is_there_once(aws: Aws) -> None:
    create(aws, "")
    client = aws.client("lambda", REGION)

    def allow(name: str) -> None:
        client.add_permission(
            FunctionName=NAME,
            StatementId=name,
            Action="lambda:InvokeFunctionUrl",
            Principal="*",
            FunctionUrlAuthType="NONE",
        )

    allow("url")
    with pytest.raises(ClientError, match=r"The statement id \(url\) provided already exists"):
        allow("url")
    allow("other")
    client.remove_permission(FunctionName=NAME, StatementId="url")
    assert [statement["Sid"] for statement in statements(aws)] == ["other"]


def test_a_stacks_permission_comes_changes_and_goes_with_it(aws: Aws) -> None:
    create(aws, "")
    stacks = aws.client("cloudformation", REGION)
    stacks.create_stack(StackName="stack", TemplateBody=template(InvokedViaFunctionUrl=True))
    [made] = statements(aws)
    assert made["Condition"] == BY_URL
    assert (made["Action"], made["Principal"]) == ("lambda:InvokeFunction", "*")
    assert "FunctionName" not in made
    [resource] = stacks.describe_stack_resources(StackName="stack")["StackResources"]
    assert resource["PhysicalResourceId"] == made["Sid"]

    stacks.update_stack(StackName="stack", TemplateBody=template(InvokedViaFunctionUrl=False))
    [changed] = statements(aws)
    assert changed["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "false"}}

    stacks.delete_stack(StackName="stack")
    assert statements(aws) == []


def test_a_stack_goes_after_its_statement(extended: Aws) -> None:
    create(extended, "")
    stacks = extended.client("cloudformation", REGION)
    stacks.create_stack(StackName="stack", TemplateBody=template())
    [made] = statements(extended)
    extended.client("lambda", REGION).remove_permission(FunctionName=NAME, StatementId=made["Sid"])
    stacks.delete_stack(StackName="stack")
    assert [one["StackStatus"] for one in stacks.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]


def test_a_stack_goes_after_its_function(extended: Aws) -> None:
    create(extended, "")
    stacks = extended.client("cloudformation", REGION)
    stacks.create_stack(StackName="stack", TemplateBody=template())
    extended.client("lambda", REGION).delete_function(FunctionName=NAME)
    stacks.delete_stack(StackName="stack")
    assert stacks.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "DELETE_FAILED"])["StackSummaries"] == []
