"""Flow logs of a VPC: every accepted and refused connection, in an encrypted log group."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from modules.role import Role, RoleInputs, Statement
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class FlowLogsInputs:
    """Which VPC, and how long its log is kept."""

    naming: Naming
    side: str
    """`source`, `target`, …: roles are global, so their names tell the sides apart."""
    account_id: str
    region: str
    vpc_id: str
    kms_key_arn: str
    retention_days: int


class FlowLogs(Construct):
    """A log group, the role that writes it, and the flow log."""

    def __init__(self, scope: Construct, id_: str, inputs: FlowLogsInputs) -> None:
        super().__init__(scope, id_)
        group = resource(
            CloudwatchLogGroup,
            self,
            "group",
            name=inputs.naming.path("vpc", "flow-logs"),
            retention_in_days=inputs.retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        role = Role(
            self,
            "role",
            RoleInputs(
                name=inputs.naming.name("role", f"flow-logs-{inputs.side}"),
                service="vpc-flow-logs.amazonaws.com",
                account_id=inputs.account_id,
                source_arn=f"arn:aws:ec2:{inputs.region}:{inputs.account_id}:vpc-flow-log/*",
                statements=(
                    # Not CreateLogGroup: a group that was deleted must not come back by itself.
                    Statement(
                        sid="FindTheLog",
                        actions=("logs:DescribeLogGroups",),
                        resources=(f"arn:aws:logs:{inputs.region}:{inputs.account_id}:log-group:*",),
                    ),
                    Statement(
                        sid="WriteTheLog",
                        actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
                        resources=(f"{group.arn}:*",),
                    ),
                ),
            ),
        )
        resource(
            FlowLog,
            self,
            "log",
            vpc_id=inputs.vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.outputs.arn,
            max_aggregation_interval=60,
            tags={"Name": inputs.naming.name("flowlog", "vpc")},
        )
