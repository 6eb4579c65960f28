"""The topic of the migration's alerts: what EventBridge hears, and what the cutover's function says."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class MigrationTopicInputs:
    """Who reads."""

    naming: Naming
    account_id: str
    kms_key_arn: str
    """A key whose policy lets EventBridge use it."""
    emails: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MigrationTopicOutputs:
    """The topic."""

    arn: str


class MigrationTopic(Construct):
    """A topic that EventBridge's rules of this account publish to; the function does by its role."""

    def __init__(self, scope: Construct, id_: str, inputs: MigrationTopicInputs) -> None:
        super().__init__(scope, id_)
        topic = resource(
            SnsTopic,
            self,
            "topic",
            name=inputs.naming.name("sns", "migration"),
            kms_master_key_id=inputs.kms_key_arn,
        )
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "EventsOfThisAccountPublish",
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": topic.arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": inputs.account_id}},
                }
            ],
        }
        resource(SnsTopicPolicy, self, "policy", arn=topic.arn, policy=json.dumps(policy))
        for index, address in enumerate(inputs.emails):
            resource(
                SnsTopicSubscription,
                self,
                f"email-{index}",
                topic_arn=topic.arn,
                protocol="email",
                endpoint=address,
            )
        self.outputs = MigrationTopicOutputs(arn=topic.arn)
