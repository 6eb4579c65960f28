"""What an Aurora PostgreSQL cluster stands on: subnets, firewall, parameters, logs, monitoring."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import RdsClusterParameterGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.role import Role, RoleInputs
from shared.blocks import resource
from shared.naming import Naming

POSTGRES_PORT = 5432
FAMILY = "aurora-postgresql15"
EXPORTED_LOG = "postgresql"
_MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
_PARAMETERS = (
    # From the first day: it takes effect with a restart only, and the way back (Aurora to on-premises)
    # must not begin with one in the middle of the cutover.
    {"name": "rds.logical_replication", "value": "1", "apply_method": "pending-reboot"},
    {"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"},
    # A replication that is paused for a while is not cut off (DMS user guide, PostgreSQL as a source).
    {"name": "wal_sender_timeout", "value": "0", "apply_method": "immediate"},
    {"name": "log_min_duration_statement", "value": "1000", "apply_method": "immediate"},
    {"name": "log_statement", "value": "ddl", "apply_method": "immediate"},
)


@dataclass(frozen=True, kw_only=True)
class PostgresSupportInputs:
    """Where the cluster lives and who reaches it."""

    naming: Naming
    account_id: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    client_cidrs: tuple[str, ...]
    """Blocks that may connect: this VPC, production's, the data centre's."""
    kms_key_arn: str
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class PostgresSupportOutputs:
    """What the cluster refers to."""

    cluster_identifier: str
    subnet_group_name: str
    security_group_id: str
    parameter_group_name: str
    monitoring_role_arn: str
    log_group: ITerraformDependable
    """The cluster has to come after it: it would make its own, unencrypted and for ever."""


class PostgresSupport(Construct):
    """Subnet group, security group, cluster parameters, log group and the monitoring role."""

    def __init__(self, scope: Construct, id_: str, inputs: PostgresSupportInputs) -> None:
        super().__init__(scope, id_)
        naming = inputs.naming
        identifier = naming.name("aurora", "landing")
        subnets = resource(
            DbSubnetGroup,
            self,
            "subnets",
            name=naming.name("dbsubnets", "aurora"),
            description="Private subnets of the payment database",
            subnet_ids=list(inputs.subnet_ids),
        )
        parameters = resource(
            RdsClusterParameterGroup,
            self,
            "parameters",
            name=naming.name("params", "aurora"),
            family=FAMILY,
            description="TLS only; logical replication for the way back",
            parameter=[dict(parameter) for parameter in _PARAMETERS],
        )
        log = resource(
            CloudwatchLogGroup,
            self,
            "log",
            name=f"/aws/rds/cluster/{identifier}/{EXPORTED_LOG}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        role = Role(
            self,
            "monitoring",
            RoleInputs(
                name=naming.name("role", "rds-monitoring"),
                service="monitoring.rds.amazonaws.com",
                account_id=inputs.account_id,
                managed_policies=(_MONITORING_POLICY,),
            ),
        )
        self.outputs = PostgresSupportOutputs(
            cluster_identifier=identifier,
            subnet_group_name=subnets.name,
            security_group_id=self._firewall(inputs).id,
            parameter_group_name=parameters.name,
            monitoring_role_arn=role.outputs.arn,
            log_group=log,
        )

    def _firewall(self, inputs: PostgresSupportInputs) -> SecurityGroup:
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=inputs.naming.name("firewall", "aurora"),
            description="PostgreSQL from the networks of the platform and the data centre only",
            vpc_id=inputs.vpc_id,
            ingress=[
                {
                    "description": "PostgreSQL from the platform and the data centre",
                    "protocol": "tcp",
                    "from_port": POSTGRES_PORT,
                    "to_port": POSTGRES_PORT,
                    "cidr_blocks": list(inputs.client_cidrs),
                }
            ],
            tags={"Name": inputs.naming.name("firewall", "aurora")},
        )
