"""The replication instance: private, encrypted, and let out to two databases and AWS only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.dms_replication_instance import DmsReplicationInstance
from cdktf_cdktf_provider_aws.dms_replication_subnet_group import DmsReplicationSubnetGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.interface_endpoints import HTTPS
from modules.postgres_support import POSTGRES_PORT
from shared.blocks import resource
from shared.naming import Naming
from shared.settings.landingsections import ReplicationSettings


@dataclass(frozen=True, kw_only=True)
class ReplicationInstanceInputs:
    """Its size, where it stands, and what it reaches."""

    naming: Naming
    settings: ReplicationSettings
    vpc_id: str
    vpc_cidr: str
    """Aurora and the endpoints of AWS's APIs are in it."""
    subnet_ids: tuple[str, ...]
    source_cidrs: tuple[str, ...]
    source_port: int
    kms_key_arn: str
    log_retention_days: int
    after: Sequence[ITerraformDependable]
    """The account's roles, when they are made here: DMS looks for them when it makes the subnet group."""


@dataclass(frozen=True, kw_only=True)
class ReplicationInstanceOutputs:
    """The instance."""

    arn: str
    identifier: str
    security_group_id: str


class ReplicationInstance(Construct):
    """Subnet group, firewall, log group and the instance."""

    def __init__(self, scope: Construct, id_: str, inputs: ReplicationInstanceInputs) -> None:
        super().__init__(scope, id_)
        settings, identifier = inputs.settings, inputs.naming.name("dms", "payments")
        subnets = resource(
            DmsReplicationSubnetGroup,
            self,
            "subnets",
            replication_subnet_group_id=inputs.naming.name("dms-subnets", "payments"),
            replication_subnet_group_description="Private subnets of the replication instance",
            subnet_ids=list(inputs.subnet_ids),
            depends_on=list(inputs.after),
        )
        # DMS would make it itself, unencrypted and for ever.
        log = resource(
            CloudwatchLogGroup,
            self,
            "log",
            name=f"dms-tasks-{identifier}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        firewall = self._firewall(inputs)
        instance = resource(
            DmsReplicationInstance,
            self,
            "instance",
            replication_instance_id=identifier,
            replication_instance_class=settings.instance_class,
            allocated_storage=settings.storage_gb,
            engine_version=settings.engine_version,
            auto_minor_version_upgrade=False,
            multi_az=settings.multi_az,
            publicly_accessible=False,
            kms_key_arn=inputs.kms_key_arn,
            replication_subnet_group_id=subnets.replication_subnet_group_id,
            vpc_security_group_ids=[firewall.id],
            depends_on=[log, *inputs.after],
        )
        self.outputs = ReplicationInstanceOutputs(
            arn=instance.replication_instance_arn, identifier=identifier, security_group_id=firewall.id
        )

    def _firewall(self, inputs: ReplicationInstanceInputs) -> SecurityGroup:
        name = inputs.naming.name("firewall", "dms")
        reached = (
            ("The database in the data centre", inputs.source_port, list(inputs.source_cidrs)),
            ("Aurora", POSTGRES_PORT, [inputs.vpc_cidr]),
            ("APIs of AWS, which have endpoints in this VPC", HTTPS, [inputs.vpc_cidr]),
        )
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=name,
            description="Replication reaches the two databases and AWS; nobody reaches it",
            vpc_id=inputs.vpc_id,
            egress=[
                {
                    "description": what,
                    "protocol": "tcp",
                    "from_port": port,
                    "to_port": port,
                    "cidr_blocks": blocks,
                }
                for what, port, blocks in reached
            ],
            tags={"Name": name},
        )
