"""Versions of objects in a bucket whose versioning was suspended."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.conftest import Aws

BUCKET = "versions"


def bucket(aws: Aws) -> Any:
    """Make a bucket with two versions of `a` and one of `b`."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key in ("a", "a", "b"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    return s3


def suspend(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})


def versions(s3: Any) -> list[dict[str, str]]:
    found = s3.list_object_versions(Bucket=BUCKET)
    every = (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))
    return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in every]


def test_a_bucket_is_emptied_version_by_version(aws: Aws) -> None:
    s3 = bucket(aws)
    for key in ("a", "b"):
        s3.delete_object(Bucket=BUCKET, Key=key)
    suspend(s3)
    first, *rest = versions(s3)
    s3.delete_object(Bucket=BUCKET, **first)
    assert sorted(map(str, versions(s3))) == sorted(map(str, rest))
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": rest})
    assert "Errors" not in answer
    assert len(answer["Deleted"]) == len(rest) == 4
    s3.delete_bucket(Bucket=BUCKET)


def test_a_version_that_is_not_there_is_no_error(extended: Aws) -> None:
    s3 = bucket(extended)
    suspend(s3)
    for key in ("a", "nobody"):
        s3.delete_object(Bucket=BUCKET, Key=key, VersionId="11111111-1111-1111-1111-111111111111")
    assert len(versions(s3)) == 3


def test_without_a_version_it_is_as_before(extended: Aws) -> None:
    s3 = bucket(extended)
    s3.delete_object(Bucket=BUCKET, Key="a")
    assert len(versions(s3)) == 4
    [only] = [one for one in versions(s3) if one["Key"] == "b"]
    s3.delete_object(Bucket=BUCKET, **only)
    assert len(versions(s3)) == 3
