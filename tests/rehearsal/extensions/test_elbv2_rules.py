"""Listener rules: the pause of writes is one."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_elbv2 import create

METHODS = ["POST", "PUT", "PATCH", "DELETE"]
TAG = {"Key": "regionshift:purpose", "Value": "write-pause"}


def listener(aws: Aws) -> str:
    balancer = create(aws, "us-east-1")["LoadBalancerArn"]
    made = aws.client("elbv2").create_listener(
        LoadBalancerArn=balancer,
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )
    return str(made["Listeners"][0]["ListenerArn"])


def add(aws: Aws, arn: str, *, methods: list[str] | None = None, body: str = "{}", priority: int = 1) -> str:
    answer = {"StatusCode": "503", "ContentType": "application/json", "MessageBody": body}
    made = aws.client("elbv2").create_rule(
        ListenerArn=arn,
        Priority=priority,
        Conditions=[
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": methods or METHODS}}
        ],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
        Tags=[TAG],
    )
    return str(made["Rules"][0]["RuleArn"])


def tags(aws: Aws, *rules: str) -> dict[str, Any]:
    found = aws.client("elbv2").describe_tags(ResourceArns=list(rules))["TagDescriptions"]
    return {one["ResourceArn"]: one["Tags"] for one in found}


def test_writes_are_paused_by_a_rule_that_its_tag_finds_again(extended: Aws) -> None:
    arn = listener(extended)
    rule = add(extended, arn)
    found = {one["RuleArn"]: one for one in extended.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]}
    assert {one["Priority"]: one["IsDefault"] for one in found.values()} == {"1": False, "default": True}
    assert found[rule]["Conditions"][0]["HttpRequestMethodConfig"]["Values"] == METHODS
    assert found[rule]["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "503"
    assert [one for one, its in tags(extended, *found).items() if TAG in its] == [rule]


def test_a_priority_is_taken_once(extended: Aws) -> None:
    arn = listener(extended)
    add(extended, arn)
    with pytest.raises(ClientError, match="PriorityInUse"):
        add(extended, arn)


def test_a_rule_goes_with_its_tags(aws: Aws) -> None:
    arn = listener(aws)
    rule = add(aws, arn)
    elb = aws.client("elbv2")
    elb.delete_rule(RuleArn=rule)
    elb.delete_rule(RuleArn=rule)
    assert len(elb.describe_rules(ListenerArn=arn)["Rules"]) == 1
    with pytest.raises(elb.exceptions.RuleNotFoundException):
        tags(aws, rule)
    with pytest.raises(elb.exceptions.RuleNotFoundException):
        elb.describe_rules(RuleArns=[rule])
    assert add(aws, arn) != rule


def test_the_default_rule_stays(aws: Aws) -> None:
    arn = listener(aws)
    [rule] = aws.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]
    with pytest.raises(aws.client("elbv2").exceptions.OperationNotPermittedException):
        aws.client("elbv2").delete_rule(RuleArn=rule["RuleArn"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"methods": [*METHODS, "CONNECT", "TRACE"]}, "can only have '5' condition values"),
        ({"body": "x" * 1025}, "length less than or equal to 1024"),
        ({"priority": 50_001}, "value less than or equal to 50000"),
    ],
)
def test_limits_are_those_of_aws(aws: Aws, arguments: dict[str, Any], said: str) -> None:
    arn = listener(aws)
    with pytest.raises(ClientError, match=said):
        add(aws, arn, **arguments)
