"""A topic encrypted with a region's key: services of this account publish to it, people read it by e-mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class TopicInputs:
    """Whose topic it is, and who reads."""

    naming: Naming
    account_id: str
    kms_key_arn: str
    """A key whose policy lets the services that publish use it: the AWS-managed one does not."""
    emails: tuple[str, ...]
    """Each address has to confirm its subscription once."""


@dataclass(frozen=True, kw_only=True)
class TopicOutputs:
    """The topic."""

    arn: str


class Topic(Construct):
    """A topic, its policy and its subscriptions."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        inputs: TopicInputs,
        *,
        name: str,
        sid: str,
        publishers: str | Sequence[str],
    ) -> None:
        """Make it. `publishers` are the services, as a principal has them; `sid` says who they are."""
        super().__init__(scope, id_)
        topic = resource(
            SnsTopic,
            self,
            "topic",
            name=inputs.naming.name("sns", name),
            kms_master_key_id=inputs.kms_key_arn,
        )
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": sid,
                    "Effect": "Allow",
                    "Principal": {"Service": publishers},
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
        self.outputs = TopicOutputs(arn=topic.arn)
