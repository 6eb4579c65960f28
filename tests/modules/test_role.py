import json

import pytest

from modules.role import Role, RoleInputs, Statement, trust_policy
from tests.synthesized import content, small

MINIMAL = {"name": "role-one-x1", "service": "ec2.amazonaws.com", "account_id": "123456789012"}


def role(**changes):
    inputs = RoleInputs(**(MINIMAL | changes))
    return small(lambda stack: Role(stack, "role", inputs))


def test_minimal_a_role_that_may_do_nothing():
    document = role()
    made = document.one("aws_iam_role")
    assert made["name"] == "role-one-x1"
    assert made["force_detach_policies"] is True
    assert list(document.content["resource"]) == ["aws_iam_role"]


def test_maximum_a_role_with_statements_and_managed_policies():
    write = Statement(
        sid="Write",
        actions=("s3:PutObject",),
        resources=("arn:aws:s3:::logs/*",),
        conditions={"Bool": {"aws:SecureTransport": "true"}},
    )
    look = Statement(
        sid="Look",
        actions=("ec2:DescribeInstances",),
        resources=("*",),
        why_every_resource="it knows no resource",
    )
    managed = ("arn:aws:iam::aws:policy/service-role/One", "arn:aws:iam::aws:policy/Two")
    document = role(statements=(write, look), managed_policies=managed)
    policy = document.one("aws_iam_role_policy")
    assert policy["name"] == "permissions"
    assert policy["role"] == document.ref("aws_iam_role", "id")
    assert json.loads(policy["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Write",
                "Effect": "Allow",
                "Action": ["s3:PutObject"],
                "Resource": ["arn:aws:s3:::logs/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Sid": "Look", "Effect": "Allow", "Action": ["ec2:DescribeInstances"], "Resource": ["*"]},
        ],
    }
    name = document.ref("aws_iam_role", "name")
    attached = {
        path: content(block) for path, block in document.all("aws_iam_role_policy_attachment").items()
    }
    assert attached == {
        "role/One": {"role": name, "policy_arn": managed[0]},
        "role/Two": {"role": name, "policy_arn": managed[1]},
    }


@pytest.mark.parametrize("action", ["*", "s3:*"])
def test_every_action_is_refused(action):
    with pytest.raises(ValueError, match="Everything: every action is never needed"):
        Statement(sid="Everything", actions=("s3:GetObject", action), resources=("arn:aws:s3:::a",))


def test_every_resource_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="Anything: every resource needs a reason"):
        Statement(sid="Anything", actions=("s3:GetObject",), resources=("*",))


def test_a_service_assumes_the_role_on_behalf_of_the_account():
    assert trust_policy(RoleInputs(**MINIMAL)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            }
        ],
    }


def test_it_may_be_narrowed_to_one_resource():
    policy = trust_policy(RoleInputs(**MINIMAL, source_arn="arn:aws:ec2:*:*:vpc-flow-log/*"))
    assert policy["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:vpc-flow-log/*"},
    }


def test_a_service_that_names_no_account_has_no_condition():
    policy = trust_policy(RoleInputs(**MINIMAL, source_account=False))
    assert "Condition" not in policy["Statement"][0]
