"""`REGION/foundation`: key, network without routes, flow logs, alarm topic."""

from __future__ import annotations

from typing import ClassVar

from cdktf import App

from modules.alarm_topic import AlarmTopic
from modules.encryption_key import EncryptionKey, EncryptionKeyInputs
from modules.flow_logs import FlowLogs, FlowLogsInputs
from modules.network import Network, NetworkInputs
from modules.topic import TopicInputs
from regions.stacks.base import SideStack
from shared.contracts import Foundation
from shared.settings import TwoRegions

#: Days until a deleted key is gone: as few as AWS allows where everything may go, else as many.
DELETION_WINDOWS = {"destroyable": 7, "production": 30}


class FoundationStack(SideStack):
    """What everything else in a region stands on."""

    name = "foundation"
    key_services: ClassVar[tuple[str, ...]] = ()
    """Services beside those of every region that use the key on the account's behalf: `dynamodb`."""

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        own = self.sides.own
        key = EncryptionKey(
            self,
            "key",
            EncryptionKeyInputs(
                naming=self.naming,
                account_id=environment.account_id,
                region=own.region,
                peer_region=self.sides.peer.region,
                deletion_window_days=DELETION_WINDOWS[environment.protection],
                further_services=self.key_services,
            ),
        )
        network = Network(
            self,
            "network",
            NetworkInputs(
                naming=self.naming, cidr=own.vpc_cidr, zones=own.availability_zones, nat_mode=own.nat_mode
            ),
        )
        FlowLogs(
            self,
            "flow-logs",
            FlowLogsInputs(
                naming=self.naming,
                side=role,
                account_id=environment.account_id,
                region=own.region,
                vpc_id=network.outputs.vpc_id,
                kms_key_arn=key.outputs.key_arn,
                retention_days=environment.service.log_retention_days,
            ),
        )
        topic = AlarmTopic(
            self,
            "alarms",
            TopicInputs(
                naming=self.naming,
                account_id=environment.account_id,
                kms_key_arn=key.outputs.key_arn,
                emails=environment.alarms.emails,
            ),
        )
        self.publish(
            Foundation(
                vpc_id=network.outputs.vpc_id,
                vpc_cidr=network.outputs.vpc_cidr,
                public_subnet_ids=network.outputs.public_subnet_ids,
                private_subnet_ids=network.outputs.private_subnet_ids,
                internet_gateway_id=network.outputs.internet_gateway_id,
                nat_gateway_ids=network.outputs.nat_gateway_ids,
                kms_key_id=key.outputs.key_id,
                kms_key_arn=key.outputs.key_arn,
                alarm_topic_arn=topic.outputs.arn,
            )
        )
