"""What every Aurora MySQL cluster of ours stands on: subnets, firewall, parameters, logs, monitoring."""

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

MYSQL_PORT = 3306
FAMILY = "aurora-mysql8.0"
#: Of the only rule that lets anybody in; the runbook takes it away and puts it back.
FIREWALL_DESCRIPTION = "MySQL from the networks of the platform"
EXPORTED_LOGS = ("audit", "error", "slowquery")
_MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
#: Equal on both sides: a switchover must not change how the database behaves.
_PARAMETERS = {
    "require_secure_transport": "ON",
    "slow_query_log": "1",
    "long_query_time": "1",
    "server_audit_logging": "1",
    "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
}


@dataclass(frozen=True, kw_only=True)
class AuroraSupportInputs:
    """Where the cluster lives and who reaches it."""

    naming: Naming
    side: str
    """`source`, `target`, …: cluster identifiers are unique over all regions of a global database."""
    account_id: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    client_cidrs: tuple[str, ...]
    """Blocks that may connect: this VPC and the peered ones. Groups cannot be named across regions."""
    kms_key_arn: str
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class AuroraSupportOutputs:
    """What the cluster refers to."""

    cluster_identifier: str
    subnet_group_name: str
    security_group_id: str
    parameter_group_name: str
    monitoring_role_arn: str
    log_groups: tuple[ITerraformDependable, ...]
    """The cluster has to come after them, and go before them: it would make its own otherwise."""


class AuroraSupport(Construct):
    """Subnet group, security group, cluster parameters, log groups and the monitoring role."""

    def __init__(self, scope: Construct, id_: str, inputs: AuroraSupportInputs) -> None:
        super().__init__(scope, id_)
        naming = inputs.naming
        identifier = naming.name("aurora", inputs.side)
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
            description="TLS only; slow queries and connections logged",
            parameter=[{"name": name, "value": value} for name, value in _PARAMETERS.items()],
        )
        # Aurora would make them itself, unencrypted and for ever.
        logs = [
            resource(
                CloudwatchLogGroup,
                self,
                f"log-{log}",
                name=f"/aws/rds/cluster/{identifier}/{log}",
                retention_in_days=inputs.log_retention_days,
                kms_key_id=inputs.kms_key_arn,
            )
            for log in EXPORTED_LOGS
        ]
        role = Role(
            self,
            "monitoring",
            RoleInputs(
                name=naming.name("role", f"rds-monitoring-{inputs.side}"),
                service="monitoring.rds.amazonaws.com",
                account_id=inputs.account_id,
                managed_policies=(_MONITORING_POLICY,),
            ),
        )
        self.outputs = AuroraSupportOutputs(
            cluster_identifier=identifier,
            subnet_group_name=subnets.name,
            security_group_id=self._firewall(inputs).id,
            parameter_group_name=parameters.name,
            monitoring_role_arn=role.outputs.arn,
            log_groups=tuple(logs),
        )

    def _firewall(self, inputs: AuroraSupportInputs) -> SecurityGroup:
        return resource(
            SecurityGroup,
            self,
            "firewall",
            name=inputs.naming.name("firewall", "aurora"),
            description=f"{FIREWALL_DESCRIPTION} only",
            vpc_id=inputs.vpc_id,
            ingress=[
                {
                    "description": FIREWALL_DESCRIPTION,
                    "protocol": "tcp",
                    "from_port": MYSQL_PORT,
                    "to_port": MYSQL_PORT,
                    "cidr_blocks": list(inputs.client_cidrs),
                }
            ],
            tags={"Name": inputs.naming.name("firewall", "aurora")},
        )
