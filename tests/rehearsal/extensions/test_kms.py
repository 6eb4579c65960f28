"""Multi-Region keys, and keys of AWS itself."""

import pytest
from botocore.exceptions import ClientError

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


def test_the_key_behind_an_alias_of_awss_is_awss(aws: Aws) -> None:
    kms = aws.client("kms")
    assert kms.describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]["KeyManager"] == "AWS"
    mine = kms.create_key()["KeyMetadata"]
    assert mine["KeyManager"] == "CUSTOMER"


def test_an_alias_that_nobody_made_leads_nowhere(extended: Aws) -> None:
    with pytest.raises(ClientError, match="alias/mine"):
        extended.client("kms").describe_key(KeyId="alias/mine")


def test_an_alias_of_awss_that_there_is_not_leads_nowhere(extended: Aws) -> None:
    with pytest.raises(ClientError, match="alias/aws/nothing"):
        extended.client("kms").describe_key(KeyId="alias/aws/nothing")
