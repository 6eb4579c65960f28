"""The topic that a region's alarms publish to: encrypted with the region's key."""

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
class AlarmTopicInputs:
    """Who may publish, and who reads."""

    naming: Naming
    account_id: str
    kms_key_arn: str
    """A key whose policy lets CloudWatch use it: the AWS-managed one does not."""
    emails: tuple[str, ...]
    """Each address has to confirm its subscription once."""


@dataclass(frozen=True, kw_only=True)
class AlarmTopicOutputs:
    """The topic."""

    arn: str


class AlarmTopic(Construct):
    """A topic, its policy and its subscriptions."""

    def __init__(self, scope: Construct, id_: str, inputs: AlarmTopicInputs) -> None:
        super().__init__(scope, id_)
        topic = resource(
            SnsTopic,
            self,
            "topic",
            name=inputs.naming.name("sns", "alarms"),
            kms_master_key_id=inputs.kms_key_arn,
        )
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AlarmsAndEventsOfThisAccountPublish",
                    "Effect": "Allow",
                    "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
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
        self.outputs = AlarmTopicOutputs(arn=topic.arn)
