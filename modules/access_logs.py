"""The bucket that a load balancer writes its access logs to.

Load balancers write to buckets encrypted with S3's own key only (Elastic Load Balancing user
guide, access logs), so this is the one bucket without the region's key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import S3BucketLifecycleConfiguration
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from constructs import Construct

from modules.private_bucket import only_with_tls, private_bucket
from shared.blocks import resource
from shared.naming import Naming

PREFIX = "alb"


@dataclass(frozen=True, kw_only=True)
class AccessLogsInputs:
    """Whose logs, and how long they are kept."""

    naming: Naming
    side: str
    account_id: str
    region: str
    retention_days: int
    destroyable: bool
    """Whether the bucket may go with logs in it."""


@dataclass(frozen=True, kw_only=True)
class AccessLogsOutputs:
    """The bucket; using `bucket` waits for its policy."""

    bucket: str


class AccessLogs(Construct):
    """A private, encrypted, versioned bucket that forgets after a while."""

    def __init__(self, scope: Construct, id_: str, inputs: AccessLogsInputs) -> None:
        super().__init__(scope, id_)
        bucket = private_bucket(
            self,
            prefix=f"alb-logs-{inputs.side}-{inputs.naming.suffix}-",
            destroyable=inputs.destroyable,
        )
        resource(
            S3BucketLifecycleConfiguration,
            self,
            "retention",
            bucket=bucket.id,
            rule=[
                {
                    "id": "forget",
                    "status": "Enabled",
                    "filter": [{"prefix": ""}],
                    "expiration": [{"days": inputs.retention_days}],
                    "noncurrent_version_expiration": [{"noncurrent_days": inputs.retention_days}],
                    "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
                }
            ],
        )
        policy = resource(
            S3BucketPolicy, self, "policy", bucket=bucket.id, policy=_policy(bucket.arn, inputs)
        )
        # The load balancer tries to write as soon as it is made: name the bucket by its policy.
        self.outputs = AccessLogsOutputs(bucket=policy.bucket)


def _policy(bucket_arn: str, inputs: AccessLogsInputs) -> str:
    balancers = f"arn:aws:elasticloadbalancing:{inputs.region}:{inputs.account_id}:loadbalancer/*"
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "LoadBalancersWrite",
                    "Effect": "Allow",
                    "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                    "Action": "s3:PutObject",
                    "Resource": f"{bucket_arn}/{PREFIX}/AWSLogs/{inputs.account_id}/*",
                    "Condition": {"ArnLike": {"aws:SourceArn": balancers}},
                },
                only_with_tls(bucket_arn),
            ],
        }
    )
