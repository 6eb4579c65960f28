"""`REGION/foundation` of a database migration: key, network without routes, flow logs, alarm topic."""

from __future__ import annotations

from cdktf import App

from modules.alarm_topic import AlarmTopic
from modules.encryption_key import EncryptionKey, EncryptionKeyInputs
from modules.flow_logs import FlowLogs, FlowLogsInputs
from modules.network import Network, NetworkInputs
from modules.topic import TopicInputs
from regions.stacks.foundation import DELETION_WINDOWS
from regions.stacks.landing import LandingStack
from shared.contracts import Foundation
from shared.settings import DatabaseMigration

#: Services beside Aurora's that use the key on the account's behalf.
_KEY_SERVICES = ("backup", "dms", "sqs", "ssm")


class LandingFoundationStack(LandingStack):
    """What everything else stands on."""

    name = "foundation"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        own = environment.landing
        key = EncryptionKey(
            self,
            "key",
            EncryptionKeyInputs(
                naming=self.naming,
                account_id=environment.account_id,
                region=own.region,
                # There is no other region: what the statement on replication allows stays in this one.
                peer_region=own.region,
                deletion_window_days=DELETION_WINDOWS[environment.protection],
                further_services=_KEY_SERVICES,
            ),
        ).outputs
        network = Network(
            self,
            "network",
            NetworkInputs(
                naming=self.naming, cidr=own.vpc_cidr, zones=own.availability_zones, nat_mode=own.nat_mode
            ),
        ).outputs
        FlowLogs(
            self,
            "flow-logs",
            FlowLogsInputs(
                naming=self.naming,
                side=role,
                account_id=environment.account_id,
                region=own.region,
                vpc_id=network.vpc_id,
                kms_key_arn=key.key_arn,
                retention_days=environment.log_retention_days,
            ),
        )
        topic = AlarmTopic(
            self,
            "alarms",
            TopicInputs(
                naming=self.naming,
                account_id=environment.account_id,
                kms_key_arn=key.key_arn,
                emails=environment.alarms.emails,
            ),
        ).outputs
        self.publish(
            Foundation(
                vpc_id=network.vpc_id,
                vpc_cidr=network.vpc_cidr,
                public_subnet_ids=network.public_subnet_ids,
                private_subnet_ids=network.private_subnet_ids,
                internet_gateway_id=network.internet_gateway_id,
                nat_gateway_ids=network.nat_gateway_ids,
                kms_key_id=key.key_id,
                kms_key_arn=key.key_arn,
                alarm_topic_arn=topic.arn,
            )
        )
