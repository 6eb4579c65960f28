"""What a bucket's policy lets everybody do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.extensions.s3_policies import is_public
from tests.rehearsal.conftest import Aws

BUCKET = "pin-abc123"
ARN = f"arn:aws:s3:::{BUCKET}"
WITHOUT_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/pin"}
HERE = {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "127.0.0.0/8"]}}
ELSEWHERE = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket(aws: Aws, *statements: dict[str, Any], **block: bool) -> Any:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="pin", Body=b"1")
    if block:
        s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    if statements:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*statements))
    return s3


def may(s3: Any, key: str = "pin") -> bool:
    """Say whether an object can be put, read and deleted."""
    try:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"2")
        s3.head_object(Bucket=BUCKET, Key=key)
        s3.delete_object(Bucket=BUCKET, Key=key)
        s3.create_multipart_upload(Bucket=BUCKET, Key=key)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403  # noqa: PT017 - both are right
        return False
    return True


def test_a_bucket_that_wants_tls_takes_objects_and_gives_them_away(aws: Aws) -> None:
    s3 = bucket(aws, WITHOUT_TLS, {**READ, "Condition": ELSEWHERE})
    assert may(s3)
    versions = s3.list_object_versions(Bucket=BUCKET)
    names = [
        {"Key": one["Key"], "VersionId": one["VersionId"]}
        for one in (*versions["Versions"], *versions["DeleteMarkers"])
    ]
    assert len(names) == 3
    assert "Errors" not in s3.delete_objects(Bucket=BUCKET, Delete={"Objects": names})


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({}, False),
        ({"Condition": {}}, False),
        ({"Principal": {"AWS": ["*"]}}, False),
        ({"Action": ["s3:getobject", "s3:Put*"]}, False),
        ({"Resource": f"{ARN}/p?n"}, False),
        ({"Condition": HERE}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": True}}}, False),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.1"}}}, False),
        ({"Condition": {**HERE, "Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Condition": ELSEWHERE}, True),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, True),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, True),
        ({"Action": "s3:ListBucket"}, True),
        ({"Resource": f"{ARN}/P?n"}, True),
        ({"Resource": f"{ARN}/other"}, True),
    ],
)
def test_a_refusal_holds_for_what_it_is_about(
    extended: Aws, statement: dict[str, Any], *, allowed: bool
) -> None:
    everything = {**READ, "Action": "s3:*"}
    s3 = bucket(extended, everything, {**everything, "Effect": "Deny", **statement})
    assert may(s3) is allowed


def test_a_policy_may_be_one_statement(extended: Aws) -> None:
    s3 = bucket(extended)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Statement": {**READ, "Effect": "Deny"}}))
    assert not may(s3)
    assert may(s3, "other")


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({"NotPrincipal": "*"}, "NotPrincipal"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "StringEquals aws:principalorgid"),
    ],
)
def test_what_cannot_be_judged_is_said(extended: Aws, statement: dict[str, Any], named: str) -> None:
    s3 = bucket(extended, {**READ, **statement})
    with pytest.raises(ClientError, match=named):
        s3.get_object(Bucket=BUCKET, Key="pin")


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"Effect": "Deny"}, False),
        ({"Condition": ELSEWHERE}, False),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, False),
    ],
)
def test_what_everybody_gets_from_anywhere_is_public(statement: dict[str, Any], *, public: bool) -> None:
    assert is_public(policy({**READ, **statement}).encode()) is public
    assert not is_public(None)


def test_a_public_policy_is_refused_where_that_is_blocked(aws: Aws) -> None:
    s3 = bucket(aws, BlockPublicPolicy=True)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(READ))
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy({**READ, "Condition": HERE}))
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(READ))
