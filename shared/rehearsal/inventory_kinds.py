"""The kinds of things that `shared.rehearsal.inventory` lists with one call each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def _any(_item: Mapping[str, Any]) -> bool:
    return True


def _ours(key: str) -> Callable[[Mapping[str, Any]], bool]:
    """Leave out what AWS has in every account, by how its names begin."""
    return lambda item: not item[key].startswith(("default", "alias/aws/", "/aws/", "/aws-service-role/"))


def _not_deleted(item: Mapping[str, Any]) -> bool:
    status = item.get("Status")
    state = status.get("Code") if isinstance(status, Mapping) else item.get("State")
    return str(state).lower() not in {"deleted", "deleting", "rejected", "expired", "failed"}


def _not_of_the_default_vpc(item: Mapping[str, Any]) -> bool:
    return not item["DefaultForAz"]


@dataclass(frozen=True)
class Kind:
    """How one kind of thing is listed."""

    name: str
    service: str
    operation: str
    """boto3 method."""
    items: str
    """Key of the answer that holds the list."""
    identifier: str
    """Key of an item that names it; empty where an item is nothing but its name."""
    keep: Callable[[Mapping[str, Any]], bool] = _any
    """Whether an item counts: not AWS's own, not deleted already."""
    arguments: Mapping[str, str] = field(default_factory=dict)


REGIONAL = (
    Kind("subnets", "ec2", "describe_subnets", "Subnets", "SubnetId", _not_of_the_default_vpc),
    Kind("NAT gateways", "ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId", _not_deleted),
    Kind("elastic IPs", "ec2", "describe_addresses", "Addresses", "AllocationId"),
    Kind("VPC endpoints", "ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", _not_deleted),
    Kind(
        "VPC peerings",
        "ec2",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        _not_deleted,
    ),
    Kind("flow logs", "ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    Kind("launch templates", "ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    Kind("volumes", "ec2", "describe_volumes", "Volumes", "VolumeId"),
    Kind(
        "auto scaling groups",
        "autoscaling",
        "describe_auto_scaling_groups",
        "AutoScalingGroups",
        "AutoScalingGroupName",
    ),
    Kind("load balancers", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    Kind("target groups", "elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    Kind("database clusters", "rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    Kind("database instances", "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    Kind(
        "database subnet groups",
        "rds",
        "describe_db_subnet_groups",
        "DBSubnetGroups",
        "DBSubnetGroupName",
        _ours("DBSubnetGroupName"),
    ),
    Kind(
        "database cluster snapshots",
        "rds",
        "describe_db_cluster_snapshots",
        "DBClusterSnapshots",
        "DBClusterSnapshotIdentifier",
    ),
    Kind(
        "cluster parameter groups",
        "rds",
        "describe_db_cluster_parameter_groups",
        "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
        _ours("DBClusterParameterGroupName"),
    ),
    Kind(
        "parameter groups",
        "rds",
        "describe_db_parameter_groups",
        "DBParameterGroups",
        "DBParameterGroupName",
        _ours("DBParameterGroupName"),
    ),
    Kind("KMS aliases", "kms", "list_aliases", "Aliases", "AliasName", _ours("AliasName")),
    Kind("certificates", "acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    Kind("alarms", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    Kind("topics", "sns", "list_topics", "Topics", "TopicArn"),
    Kind("subscriptions", "sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    Kind("log groups", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    Kind("web ACLs", "wafv2", "list_web_acls", "WebACLs", "Name", arguments={"Scope": "REGIONAL"}),
    Kind("secrets", "secretsmanager", "list_secrets", "SecretList", "Name"),
    Kind("image repositories", "ecr", "describe_repositories", "repositories", "repositoryName"),
    Kind("functions", "lambda", "list_functions", "Functions", "FunctionName"),
    Kind("event rules", "events", "list_rules", "Rules", "Name"),
    Kind("queues", "sqs", "list_queues", "QueueUrls", ""),
    Kind("dashboards", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    Kind("backup vaults", "backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    Kind("backup plans", "backup", "list_backup_plans", "BackupPlansList", "BackupPlanId"),
    Kind("DMS endpoints", "dms", "describe_endpoints", "Endpoints", "EndpointArn"),
    Kind("DMS tasks", "dms", "describe_replication_tasks", "ReplicationTasks", "ReplicationTaskArn"),
    Kind(
        "DMS instances",
        "dms",
        "describe_replication_instances",
        "ReplicationInstances",
        "ReplicationInstanceArn",
    ),
    Kind(
        "DMS subnet groups",
        "dms",
        "describe_replication_subnet_groups",
        "ReplicationSubnetGroups",
        "ReplicationSubnetGroupIdentifier",
    ),
    Kind("tables", "dynamodb", "list_tables", "TableNames", ""),
    Kind("CloudFormation stacks", "cloudformation", "describe_stacks", "Stacks", "StackName"),
    Kind("parameters", "ssm", "describe_parameters", "Parameters", "Name", _ours("Name")),
)

EVERYWHERE = (
    Kind("buckets", "s3", "list_buckets", "Buckets", "Name"),
    Kind("hosted zones", "route53", "list_hosted_zones", "HostedZones", "Name"),
    Kind("health checks", "route53", "list_health_checks", "HealthChecks", "Id"),
    Kind("global clusters", "rds", "describe_global_clusters", "GlobalClusters", "GlobalClusterIdentifier"),
    Kind("roles", "iam", "list_roles", "Roles", "RoleName", _ours("Path")),
    Kind("instance profiles", "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    Kind("policies", "iam", "list_policies", "Policies", "PolicyName", arguments={"Scope": "Local"}),
)
