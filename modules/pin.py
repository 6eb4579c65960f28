"""The pin: a bucket in which one object keeps the primary out of DNS, whatever its probe says.

A primary that comes back after a failover would get the traffic again although its database only
reads. An object under `KEY` prevents that; an inverted health check looks for it. Putting and deleting
it is S3's data plane in this region; Route 53's control plane is in us-east-1 and never needed.

Health checkers cannot sign, so the policy lets their addresses read this one object (from AWS's own list
of them), and nobody else; a policy tied to addresses is not public in S3's sense, so all public
access stays blocked. Who may not sign cannot use a KMS key either: the bucket has S3's own key, and
nothing that is worth reading.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.data_aws_ec2_managed_prefix_list import DataAwsEc2ManagedPrefixList
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from constructs import Construct

from modules.private_bucket import only_with_tls, private_bucket
from shared.blocks import resource
from shared.naming import Naming

KEY = "primary-is-pinned"
#: Stands in the policy for the list of addresses, which Terraform reads when it plans.
_CHECKERS = '"@CHECKERS@"'


@dataclass(frozen=True, kw_only=True)
class PinInputs:
    """Where the pin is."""

    naming: Naming
    region: str
    destroyable: bool
    """Whether the bucket may go with a pin in it."""


@dataclass(frozen=True, kw_only=True)
class PinOutputs:
    """The bucket, and where a checker looks; using `bucket` waits for its policy."""

    bucket: str
    host: str
    path: str


class Pin(Construct):
    """A private bucket whose one object the health checkers may read; every version is kept."""

    def __init__(self, scope: Construct, id_: str, inputs: PinInputs) -> None:
        super().__init__(scope, id_)
        # Versions are kept: who pinned when stays to be seen.
        bucket = private_bucket(
            self, prefix=f"pin-primary-{inputs.naming.suffix}-", destroyable=inputs.destroyable
        )
        checkers = resource(
            DataAwsEc2ManagedPrefixList,
            self,
            "checkers",
            name=f"com.amazonaws.{inputs.region}.route53-healthchecks",
        )
        addresses = f"data.aws_ec2_managed_prefix_list.{checkers.friendly_unique_id}.entries[*].cidr"
        policy = resource(
            S3BucketPolicy,
            self,
            "policy",
            bucket=bucket.id,
            policy=_policy(bucket.arn).replace(_CHECKERS, f"${{jsonencode({addresses})}}"),
        )
        self.outputs = PinOutputs(
            bucket=policy.bucket, host=bucket.bucket_regional_domain_name, path=f"/{KEY}"
        )


def _policy(bucket_arn: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "HealthCheckersSeeThePin",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": f"{bucket_arn}/{KEY}",
                    "Condition": {"IpAddress": {"aws:SourceIp": json.loads(_CHECKERS)}},
                },
                only_with_tls(bucket_arn),
            ],
        }
    )
