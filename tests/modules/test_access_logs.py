import json

import pytest

from modules.access_logs import PREFIX, AccessLogs, AccessLogsInputs
from shared.naming import Naming
from tests.synthesized import content, small


def logs(**changes):
    given = {
        "side": "target",
        "account_id": "123456789012",
        "region": "eu-west-1",
        "retention_days": 30,
        "destroyable": True,
    }
    inputs = AccessLogsInputs(naming=Naming(suffix="x1"), **(given | changes))
    return small(lambda stack: AccessLogs(stack, "logs", inputs))


@pytest.fixture
def document():
    return logs()


def test_the_bucket_is_named_by_its_side_and_suffix_and_aws_completes_the_name(document):
    assert content(document.one("aws_s3_bucket")) == {
        "bucket_prefix": "alb-logs-target-x1-",
        "force_destroy": True,
    }
    # S3 takes a prefix of at most 37 characters
    longest = logs(side="source").one("aws_s3_bucket")["bucket_prefix"].replace("x1", "s" * 16)
    assert len(longest) <= 37


def test_a_bucket_that_must_not_go_keeps_its_logs():
    assert logs(destroyable=False).one("aws_s3_bucket")["force_destroy"] is False


def test_nothing_of_it_is_public(document):
    block = content(document.one("aws_s3_bucket_public_access_block"))
    assert block.pop("bucket") == document.ref("aws_s3_bucket", "id")
    assert block == dict.fromkeys(
        ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"], True
    )
    ownership = document.one("aws_s3_bucket_ownership_controls")
    assert ownership["rule"] == {"object_ownership": "BucketOwnerEnforced"}


def test_it_is_encrypted_with_the_only_key_that_load_balancers_can_use(document):
    encryption = document.one("aws_s3_bucket_server_side_encryption_configuration")
    default = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    assert encryption["rule"] == [default]


def test_it_is_versioned_and_forgets_after_the_retention():
    document = logs(retention_days=90)
    versioning = document.one("aws_s3_bucket_versioning")
    assert versioning["versioning_configuration"] == {"status": "Enabled"}
    assert document.one("aws_s3_bucket_lifecycle_configuration")["rule"] == [
        {
            "id": "forget",
            "status": "Enabled",
            "filter": [{"prefix": ""}],
            "expiration": [{"days": 90}],
            "noncurrent_version_expiration": [{"noncurrent_days": 90}],
            "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
        }
    ]


def test_this_accounts_load_balancers_write_and_nobody_reads_without_tls(document):
    bucket = document.ref("aws_s3_bucket", "arn")
    assert json.loads(document.one("aws_s3_bucket_policy")["policy"])["Statement"] == [
        {
            "Sid": "LoadBalancersWrite",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{bucket}/{PREFIX}/AWSLogs/123456789012/*",
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*"
                }
            },
        },
        {
            "Sid": "OnlyWithTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
