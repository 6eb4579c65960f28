"""Replication rules of buckets."""

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws

RULE = {
    "ID": "all",
    "Priority": 3,
    "Status": "Enabled",
    "Filter": {"Prefix": "logs/"},
    "DeleteMarkerReplication": {"Status": "Enabled"},
    "Destination": {
        "Bucket": "arn:aws:s3:::there",
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
    },
}


def create_buckets(aws: Aws) -> None:
    s3 = aws.client("s3")
    for bucket in ("here", "there"):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def put(aws: Aws, rule: dict[str, object]) -> object:
    configuration = {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [rule]}
    aws.client("s3").put_bucket_replication(Bucket="here", ReplicationConfiguration=configuration)
    found = aws.client("s3").get_bucket_replication(Bucket="here")["ReplicationConfiguration"]
    return found["Rules"][0]


def test_a_rule_comes_back_as_it_was_put(aws: Aws) -> None:
    create_buckets(aws)
    assert put(aws, RULE) == RULE


def test_a_short_rule_is_completed_as_aws_does(extended: Aws) -> None:
    create_buckets(extended)
    short = {"ID": "all", "Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::there"}}
    found = put(extended, short)
    assert isinstance(found, dict)
    assert (found["Filter"], found["DeleteMarkerReplication"]) == ({"Prefix": ""}, {"Status": "Disabled"})


def test_a_bucket_without_replication_says_so(extended: Aws) -> None:
    create_buckets(extended)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        extended.client("s3").get_bucket_replication(Bucket="here")
