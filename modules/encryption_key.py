"""The customer-managed key of a region: everything at rest there is encrypted with it.

Refuses nothing by itself; the policy is the point. Services reach the key through the account's
identities by `kms:ViaService` only, and each service principal is tied to this account.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_CRYPTOGRAPHY = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyInputs:
    """What the key needs to know."""

    naming: Naming
    account_id: str
    region: str
    peer_region: str
    """Region of the other side: Aurora's replication between the two may use the key there."""
    deletion_window_days: int
    """Days between the key's deletion and its end (7 to 30): until then it can be brought back."""
    further_services: tuple[str, ...] = ()
    """Services of this region beside `rds` and `ec2` that may use it on the account's behalf."""


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyOutputs:
    """The key, as other constructs name it."""

    key_id: str
    key_arn: str
    alias: str


class EncryptionKey(Construct):
    """A symmetric key with yearly rotation, its alias and its policy."""

    def __init__(self, scope: Construct, id_: str, inputs: EncryptionKeyInputs) -> None:
        super().__init__(scope, id_)
        key = resource(
            KmsKey,
            self,
            "key",
            description="Data at rest of the payment platform",
            enable_key_rotation=True,
            deletion_window_in_days=inputs.deletion_window_days,
            policy=json.dumps(key_policy(inputs)),
            tags={"Name": inputs.naming.name("kms", "migration")},
        )
        alias = resource(
            KmsAlias, self, "alias", name=inputs.naming.alias("migration"), target_key_id=key.key_id
        )
        self.outputs = EncryptionKeyOutputs(key_id=key.key_id, key_arn=key.arn, alias=alias.name)


def key_policy(inputs: EncryptionKeyInputs) -> dict[str, Any]:
    """Return the key's policy document."""
    account, region = inputs.account_id, inputs.region
    autoscaling = (
        f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    )
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                # Without it nobody could ever change the policy again; access still needs an IAM policy.
                "Sid": "AccountAdministers",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "AuroraAndVolumesInThisRegion",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [*_CRYPTOGRAPHY, "kms:CreateGrant", "kms:ListGrants"],
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:CallerAccount": account,
                        "kms:ViaService": [f"rds.{region}.amazonaws.com", f"ec2.{region}.amazonaws.com"],
                    }
                },
            },
            {
                # Aurora asks from the other region when it seeds or re-encrypts a replica here.
                "Sid": "CrossRegionReplication",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [*_CRYPTOGRAPHY, "kms:CreateGrant"],
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:CallerAccount": account,
                        "kms:ViaService": [
                            f"rds.{inputs.peer_region}.amazonaws.com",
                            f"secretsmanager.{region}.amazonaws.com",
                        ],
                    }
                },
            },
            {
                "Sid": "AutoScalingUsesVolumes",
                "Effect": "Allow",
                "Principal": {"AWS": autoscaling},
                "Action": _CRYPTOGRAPHY,
                "Resource": "*",
            },
            {
                # Without the grant, instances with encrypted volumes end in Client.InternalError at launch.
                "Sid": "AutoScalingGrantsToVolumes",
                "Effect": "Allow",
                "Principal": {"AWS": autoscaling},
                "Action": "kms:CreateGrant",
                "Resource": "*",
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
            {
                "Sid": "LogGroups",
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                "Action": _CRYPTOGRAPHY,
                "Resource": "*",
                "Condition": {
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account}:log-group:*"
                    }
                },
            },
            {
                # Alarms publish to topics that this key encrypts; alias/aws/sns would refuse them.
                "Sid": "AlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            },
            {
                # EventBridge sends no source account with it (SNS developer guide, encrypted topics).
                "Sid": "EventsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {
                    "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:{region}:{account}:*"}
                },
            },
            *_further(inputs),
        ],
    }


def _further(inputs: EncryptionKeyInputs) -> list[dict[str, Any]]:
    services = [f"{service}.{inputs.region}.amazonaws.com" for service in inputs.further_services]
    if not services:
        return []
    return [
        {
            "Sid": "FurtherServicesInThisRegion",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [*_CRYPTOGRAPHY, "kms:CreateGrant"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": inputs.account_id, "kms:ViaService": services}
            },
        }
    ]
