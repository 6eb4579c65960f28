"""B6: an open URL with both permissions, and no way to the function beside it."""

import json

import pytest

from modules.function_url import FunctionUrl, FunctionUrlInputs
from shared.naming import Naming
from tests.synthesized import content, small


@pytest.fixture(scope="module")
def document():
    inputs = FunctionUrlInputs(
        naming=Naming(suffix="x1"),
        purpose="probe",
        function_name="function-probe-x1",
        function_arn="arn:probe",
    )
    return small(lambda stack: FunctionUrl(stack, "url", inputs))


def test_anybody_may_ask_the_url(document):
    url = content(document.one("aws_lambda_function_url"))
    assert url.pop("depends_on"), "it is open no sooner than it works"
    assert url == {"function_name": "function-probe-x1", "authorization_type": "NONE"}


def test_the_first_permission_is_for_the_url_and_has_the_name_that_the_provider_would_give_it(document):
    assert content(document.one("aws_lambda_permission")) == {
        "statement_id": "FunctionURLAllowPublicAccess",
        "action": "lambda:InvokeFunctionUrl",
        "function_name": "function-probe-x1",
        "principal": "*",
        "function_url_auth_type": "NONE",
    }


def test_the_second_permission_is_for_the_function_by_way_of_its_url_only(document):
    stack = document.one("aws_cloudformation_stack")
    assert stack["name"] == "stack-probe-url-x1"
    (permission,) = json.loads(stack["template_body"])["Resources"].values()
    assert permission == {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": "arn:probe",
            "InvokedViaFunctionUrl": True,
            "Principal": "*",
        },
    }


def test_the_url_waits_for_both_permissions(document):
    waits = set(document.one("aws_lambda_function_url")["depends_on"])
    assert waits == {
        document.ref(kind, "x")[2:-3] for kind in ("aws_lambda_permission", "aws_cloudformation_stack")
    }
