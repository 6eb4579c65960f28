"""A private bucket: what every bucket here is, whatever it holds.

Its maker puts a policy on it, of which `only_with_tls` is a part.
"""

from __future__ import annotations

from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import S3BucketOwnershipControls
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA
from constructs import Construct

from shared.blocks import resource


def private_bucket(scope: Construct, *, prefix: str, destroyable: bool) -> S3Bucket:
    """Make a bucket in `scope` without public access and lists of grants, encrypted, that keeps versions.

    The key is S3's own: who writes or reads these buckets (load balancers, health checkers) cannot use
    one of ours. AWS completes the name, which is unique in the world, after `prefix`.
    """
    bucket = resource(S3Bucket, scope, "bucket", bucket_prefix=prefix, force_destroy=destroyable)
    resource(
        S3BucketPublicAccessBlock,
        scope,
        "private",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    resource(
        S3BucketOwnershipControls,
        scope,
        "ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
    )
    resource(
        S3BucketServerSideEncryptionConfigurationA,
        scope,
        "encryption",
        bucket=bucket.id,
        rule=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
    )
    resource(
        S3BucketVersioningA,
        scope,
        "versioning",
        bucket=bucket.id,
        versioning_configuration={"status": "Enabled"},
    )
    return bucket


def only_with_tls(bucket_arn: str) -> dict[str, Any]:
    """Return the statement of a bucket's policy that refuses everything that is not encrypted on the way."""
    return {
        "Sid": "OnlyWithTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
