from dataclasses import replace

import pytest

from modules.encryption_key import EncryptionKey, EncryptionKeyInputs, key_policy
from shared.naming import Naming
from tests.synthesized import small

ACCOUNT = "123456789012"
CRYPTOGRAPHY = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
INPUTS = EncryptionKeyInputs(
    naming=Naming(suffix="x1"),
    account_id=ACCOUNT,
    region="eu-west-1",
    peer_region="us-east-1",
    deletion_window_days=7,
)


@pytest.fixture
def statements():
    document = key_policy(INPUTS)
    assert document["Version"] == "2012-10-17"
    by_sid = {statement.pop("Sid"): statement for statement in document["Statement"]}
    assert len(by_sid) == len(document["Statement"])
    return by_sid


def test_the_policy_has_one_statement_for_each_who_needs_the_key(statements):
    assert set(statements) == {
        "AccountAdministers",
        "AuroraAndVolumesInThisRegion",
        "CrossRegionReplication",
        "AutoScalingUsesVolumes",
        "AutoScalingGrantsToVolumes",
        "LogGroups",
        "AlarmsPublish",
        "EventsPublish",
    }
    assert {statement["Effect"] for statement in statements.values()} == {"Allow"}
    # in a key's own policy, `*` is the key
    assert {statement["Resource"] for statement in statements.values()} == {"*"}


def test_only_the_accounts_administrators_may_do_everything(statements):
    everything = [sid for sid, statement in statements.items() if statement["Action"] == "kms:*"]
    assert everything == ["AccountAdministers"]
    assert statements["AccountAdministers"]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_aurora_and_volumes_use_it_through_their_service_in_this_region_and_account(statements):
    statement = statements["AuroraAndVolumesInThisRegion"]
    assert statement["Action"] == [*CRYPTOGRAPHY, "kms:CreateGrant", "kms:ListGrants"]
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": ["rds.eu-west-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com"],
        }
    }


def test_replication_from_the_other_region_may_use_it(statements):
    statement = statements["CrossRegionReplication"]
    assert statement["Action"] == [*CRYPTOGRAPHY, "kms:CreateGrant"]
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": ["rds.us-east-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com"],
        }
    }


def test_auto_scaling_starts_instances_with_encrypted_volumes(statements):
    linked = {
        "AWS": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/"
        "AWSServiceRoleForAutoScaling"
    }
    assert statements["AutoScalingUsesVolumes"]["Principal"] == linked
    assert statements["AutoScalingUsesVolumes"]["Action"] == CRYPTOGRAPHY
    grants = statements["AutoScalingGrantsToVolumes"]
    assert grants["Principal"] == linked
    assert grants["Action"] == "kms:CreateGrant"
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_log_groups_of_this_account_and_region_are_encrypted_with_it(statements):
    statement = statements["LogGroups"]
    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    groups = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:*"
    assert statement["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_alarms_publish_to_encrypted_topics(statements):
    statement = statements["AlarmsPublish"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_events_publish_to_this_accounts_topics_although_they_name_no_account(statements):
    statement = statements["EventsPublish"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    topics = f"arn:aws:sns:eu-west-1:{ACCOUNT}:*"
    assert statement["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}}


def test_whoever_is_everybody_is_held_by_a_condition(statements):
    for statement in statements.values():
        if statement["Principal"] == {"AWS": "*"}:
            assert statement["Condition"]["StringEquals"]["kms:CallerAccount"] == ACCOUNT


def test_the_outputs_name_the_key_and_its_alias():
    made = []
    document = small(lambda stack: made.append(EncryptionKey(stack, "key", INPUTS).outputs))
    assert document.one("aws_kms_key")["tags"] == {"Name": "kms-migration-x1"}
    assert document.one("aws_kms_alias")["name"] == "alias/migration-x1"
    assert made[0].key_id != made[0].key_arn


def test_further_services_use_it_for_this_account_in_this_region_only():
    (further,) = [
        statement
        for statement in key_policy(replace(INPUTS, further_services=("dynamodb", "sqs")))["Statement"]
        if statement["Sid"] == "FurtherServicesInThisRegion"
    ]
    assert further["Action"] == [*CRYPTOGRAPHY, "kms:CreateGrant"]
    assert further["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": ["dynamodb.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"],
        }
    }
