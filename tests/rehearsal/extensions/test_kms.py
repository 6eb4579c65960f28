"""Multi-Region keys, and AWS's own."""

import pytest

from tests.rehearsal.conftest import Aws


def test_primary_and_replica_are_keys_of_their_own(aws: Aws) -> None:
    primary = aws.client("kms").create_key(MultiRegion=True, Description="primary")["KeyMetadata"]
    aws.client("kms").replicate_key(
        KeyId=primary["KeyId"],
        ReplicaRegion="eu-west-1",
        Description="replica",
        Tags=[{"TagKey": "Env", "TagValue": "x"}],
    )
    replica = aws.client("kms", "eu-west-1").describe_key(KeyId=primary["KeyId"])["KeyMetadata"]
    again = aws.client("kms").describe_key(KeyId=primary["KeyId"])["KeyMetadata"]
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    assert again["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert (again["Description"], replica["Description"]) == ("primary", "replica")
    assert replica["Arn"] == primary["Arn"].replace("us-east-1", "eu-west-1")
    tags = aws.client("kms", "eu-west-1").list_resource_tags(KeyId=replica["KeyId"])["Tags"]
    assert tags == [{"TagKey": "Env", "TagValue": "x"}]
    assert aws.client("kms").list_resource_tags(KeyId=primary["KeyId"])["Tags"] == []


def test_a_services_own_key_is_not_a_customers(aws: Aws) -> None:
    kms = aws.client("kms")
    assert kms.describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["KeyManager"] == "AWS"
    assert (
        kms.describe_key(KeyId=kms.create_key()["KeyMetadata"]["KeyId"])["KeyMetadata"]["KeyManager"]
        == "CUSTOMER"
    )


def test_an_alias_that_nobody_made_leads_nowhere(extended: Aws) -> None:
    kms = extended.client("kms")
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="alias/nobody")
