"""A URL on which anybody may ask a function over HTTPS, and nothing else of it.

Since October 2025 a new URL needs two permissions (Lambda developer guide, function URLs): to invoke
the URL, and to invoke the function by way of its URL. The provider's 5.100 cannot say "by way of its
URL" (`lambda:InvokedViaFunctionUrl`; hashicorp/terraform-provider-aws#44829), and without that
condition anybody could invoke the function with any event. So CloudFormation, which can, adds it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf import Fn
from cdktf_cdktf_provider_aws.cloudformation_stack import CloudformationStack
from cdktf_cdktf_provider_aws.lambda_function_url import LambdaFunctionUrl
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

#: The provider adds a statement of this name by itself when it makes an open URL, and never takes it
#: away again (hashicorp/terraform-provider-aws#38260). Made before, under the same name, it has an owner.
STATEMENT = "FunctionURLAllowPublicAccess"


@dataclass(frozen=True, kw_only=True)
class FunctionUrlInputs:
    """Whose URL."""

    naming: Naming
    purpose: str
    function_name: str
    function_arn: str


@dataclass(frozen=True, kw_only=True)
class FunctionUrlOutputs:
    """Where it is; using `host` waits for both permissions."""

    host: str


class FunctionUrl(Construct):
    """The URL and its two permissions."""

    def __init__(self, scope: Construct, id_: str, inputs: FunctionUrlInputs) -> None:
        super().__init__(scope, id_)
        to_the_url = resource(
            LambdaPermission,
            self,
            "permission",
            statement_id=STATEMENT,
            action="lambda:InvokeFunctionUrl",
            function_name=inputs.function_name,
            principal="*",
            function_url_auth_type="NONE",
        )
        through_the_url = resource(
            CloudformationStack,
            self,
            "second-permission",
            name=inputs.naming.name("stack", f"{inputs.purpose}-url"),
            template_body=json.dumps(second_permission(inputs.function_arn)),
        )
        url = resource(
            LambdaFunctionUrl,
            self,
            "url",
            function_name=inputs.function_name,
            # who asks cannot sign: the health checkers of Route 53
            authorization_type="NONE",
            depends_on=[to_the_url, through_the_url],
        )
        self.outputs = FunctionUrlOutputs(
            host=Fn.trimsuffix(Fn.trimprefix(url.function_url, "https://"), "/")
        )


def second_permission(function_arn: str) -> dict[str, object]:
    """Return CloudFormation's template of the permission that the provider cannot make."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Lets a function be invoked by way of its URL, and not otherwise",
        "Resources": {
            "InvokedThroughItsUrl": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": function_arn,
                    "InvokedViaFunctionUrl": True,
                    "Principal": "*",
                },
            }
        },
    }
