import json
from dataclasses import replace

import pytest

from modules.instance_profile import InstanceProfile, InstanceProfileInputs, statements
from modules.role import Statement
from shared.naming import Naming
from tests.synthesized import content, small

INPUTS = InstanceProfileInputs(
    naming=Naming(suffix="x1"),
    side="target",
    account_id="123456789012",
    region="eu-west-1",
    image_repository="team/payment-processor",
    credentials_secret="payments/application",
    log_group_arn="arn:aws:logs:eu-west-1:123456789012:log-group:/service/x1/p",
    kms_key_arn="arn:aws:kms:eu-west-1:123456789012:key/1",
)


@pytest.fixture
def by_sid():
    return {statement.sid: statement for statement in statements(INPUTS)}


def test_an_instance_may_do_six_things(by_sid):
    assert {sid: statement.actions for sid, statement in by_sid.items()} == {
        "LogInToTheRegistry": ("ecr:GetAuthorizationToken",),
        "PullTheImage": (
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ),
        "ReadTheCredentials": ("secretsmanager:GetSecretValue",),
        "DecryptTheCredentials": ("kms:Decrypt",),
        "WriteTheLog": ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
        "SendMetrics": ("cloudwatch:PutMetricData",),
    }


def test_it_reads_one_image_and_one_secret(by_sid):
    assert by_sid["PullTheImage"].resources == (
        "arn:aws:ecr:eu-west-1:123456789012:repository/team/payment-processor",
    )
    # exactly the six characters that AWS adds: with an asterisk, names that begin alike would match
    assert by_sid["ReadTheCredentials"].resources == (
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments/application-??????",
    )


def test_it_decrypts_for_reading_secrets_only(by_sid):
    assert by_sid["DecryptTheCredentials"].resources == (INPUTS.kms_key_arn,)
    assert by_sid["DecryptTheCredentials"].conditions == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    }


def test_it_writes_to_its_own_log_only(by_sid):
    assert by_sid["WriteTheLog"].resources == (f"{INPUTS.log_group_arn}:*",)


def test_where_a_resource_cannot_be_named_the_reason_is_written_down(by_sid):
    wide = {sid: statement for sid, statement in by_sid.items() if "*" in statement.resources}
    assert set(wide) == {"LogInToTheRegistry", "SendMetrics"}
    assert all(statement.why_every_resource for statement in wide.values())
    namespace = {"StringEquals": {"cloudwatch:namespace": "PaymentProcessor"}}
    assert wide["SendMetrics"].conditions == namespace


def test_people_come_in_by_session_manager_and_not_by_ssh():
    document = small(lambda stack: InstanceProfile(stack, "profile", INPUTS))
    attachment = document.one("aws_iam_role_policy_attachment")
    assert attachment["policy_arn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def test_the_profile_holds_the_role_and_both_tell_the_sides_apart():
    document = small(lambda stack: InstanceProfile(stack, "profile", INPUTS))
    profile = content(document.one("aws_iam_instance_profile"))
    assert profile["name"] == "role-service-target-x1"
    assert profile["role"] == document.ref("aws_iam_role", "name")
    kinds = {address.split(".")[0] for address in profile["depends_on"]}
    assert kinds == {"aws_iam_role_policy", "aws_iam_role_policy_attachment"}, (
        "no instance before its permissions"
    )
    trust = json.loads(document.one("aws_iam_role")["assume_role_policy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_a_service_may_be_allowed_more_beside_it():
    more = Statement(sid="More", actions=("sqs:SendMessage",), resources=("arn:aws:sqs:eu-west-1:1:queue",))
    found = statements(replace(INPUTS, further=(more,)))
    assert found[:-1] == statements(INPUTS)
    assert found[-1] is more
