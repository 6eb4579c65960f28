"""Calls that are made to fail."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws

CHANGE = {"Action": "DELETE", "ResourceRecordSet": {"Name": "a.example.com", "Type": "A"}}
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"

#: service, action, error code as it arrives, the call: one or two of each protocol
CALLS: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
    ("cloudwatch", "DescribeAlarms", "ThrottlingException", lambda c: c.describe_alarms()),
    (
        "route53",
        "ChangeResourceRecordSets",
        "PriorRequestNotComplete",
        lambda c: c.change_resource_record_sets(HostedZoneId="Z", ChangeBatch={"Changes": [CHANGE]}),
    ),
    ("rds", "DescribeGlobalClusters", "GlobalClusterNotFoundFault", lambda c: c.describe_global_clusters()),
    ("elbv2", "DescribeLoadBalancers", "Throttling", lambda c: c.describe_load_balancers()),
    ("autoscaling", "DescribeTags", "Throttling", lambda c: c.describe_tags()),
    ("ssm", "GetParameter", "AccessDeniedException", lambda c: c.get_parameter(Name="/a")),
    ("lambda", "Invoke", "TooManyRequestsException", lambda c: c.invoke(FunctionName="f")),
    ("sns", "Publish", "ThrottlingException", lambda c: c.publish(TopicArn=TOPIC, Message="m")),
    ("stepfunctions", "ListStateMachines", "ThrottlingException", lambda c: c.list_state_machines()),
    (
        "rds-data",
        "ExecuteStatement",
        "BadRequestException",
        lambda c: c.execute_statement(resourceArn=TOPIC, secretArn=TOPIC, sql="SELECT 1"),
    ),
)


def ask(aws: Aws, method: str, document: Any = None) -> Any:
    return Controls(aws.server.endpoint)._ask(method, "faults", document)


@pytest.mark.parametrize(("service", "action", "code", "call"), CALLS, ids=[f"{c[0]}-{c[1]}" for c in CALLS])
def test_a_call_fails_in_its_protocols_own_words(
    aws: Aws, service: str, action: str, code: str, call: Callable[[Any], Any]
) -> None:
    asked = {"service": service, "action": action, "code": code, "message": "a drill", "status": 418}
    try:
        ask(aws, "POST", asked)
    except ValueError:
        pytest.fail("there is no such address on stock moto")
    with pytest.raises(ClientError) as error:
        call(aws.client(service))
    response = error.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == (code, "a drill")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_a_fault_may_be_of_one_region_and_is_forgotten_with_a_reset(extended: Aws) -> None:
    asked = {"service": "sqs", "action": "ListQueues", "code": "ThrottlingException", "count": -1}
    ask(extended, "POST", {**asked, "region": "eu-west-1"})
    extended.client("sqs", "us-east-1").list_queues()
    with pytest.raises(ClientError, match="asked for by the rehearsal"):
        extended.client("sqs", "eu-west-1").list_queues()
    assert ask(extended, "GET")["faults"][0]["hits"] == 1
    extended.server.reset()
    assert ask(extended, "GET") == {"faults": []}
    extended.client("sqs", "eu-west-1").list_queues()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"service": "sqs", "action": "ListQueues"}, r"missing: \['code'\]"),
        ({"service": "sqs", "action": "ListQueues", "code": "x", "often": 1}, r"unknown: \['often'\]"),
        ({"service": "sqs", "action": "ListQueues", "code": "x", "count": "1"}, "whole numbers"),
        ({"service": "sqs", "action": "ListQueues", "code": "x", "done": "yes"}, "true or false"),
        ({"service": "s3", "action": "ListBuckets", "code": "SlowDown"}, "cannot be made to fail"),
        ([1], "a JSON object"),
    ],
)
def test_what_is_no_fault_is_refused(extended: Aws, document: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask(extended, "POST", document)
    assert ask(extended, "GET") == {"faults": []}


def test_an_action_may_be_done_although_its_answer_got_lost(extended: Aws) -> None:
    asked = {"service": "sqs", "action": "CreateQueue", "code": "InternalFailure", "status": 500}
    sqs = extended.client("sqs")
    ask(extended, "POST", {**asked, "done": True})
    with pytest.raises(ClientError, match="InternalFailure"):
        sqs.create_queue(QueueName="made")
    ask(extended, "POST", asked)
    with pytest.raises(ClientError, match="InternalFailure"):
        sqs.create_queue(QueueName="not-made")
    assert [url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]] == ["made"]
