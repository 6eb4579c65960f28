"""Everything that exists in an account's regions, as boto3 sees it.

Taken before a rollout and after a teardown, the two have to be equal: "teardown leaves nothing" is
shown, not believed. What AWS itself keeps in every account (default VPCs, `alias/aws/…` keys,
service-linked roles) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.rehearsal.prerequisites import ClientFactory

Inventory = dict[str, list[str]]
"""Kind of thing with its region (`eu-west-1 subnets`) -> identifiers, sorted. Empty kinds are absent."""

_GLOBAL = "global"


def _any(_item: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How one kind of thing is listed."""

    name: str
    service: str
    operation: str
    """boto3 method."""
    items: str
    """Key of the answer that holds the list."""
    identifier: str
    """Key of an item that names it; empty when items are plain strings."""
    keep: Callable[[Any], bool] = _any
    """Whether an item counts: not AWS's own, not deleted already."""
    arguments: Mapping[str, Any] | None = None


def _ec2(name: str, operation: str, items: str, identifier: str, keep: Callable[[Any], bool] = _any) -> _Kind:
    return _Kind(name=name, service="ec2", operation=operation, items=items, identifier=identifier, keep=keep)


def _rds(name: str, operation: str, items: str, identifier: str) -> _Kind:
    return _Kind(
        name=name,
        service="rds",
        operation=operation,
        items=items,
        identifier=identifier,
        keep=lambda item: not item[identifier].startswith("default"),
    )


_DELETED = {"deleted", "deleting", "rejected", "expired", "failed"}


def _not_deleted(item: Mapping[str, Any]) -> bool:
    status = item.get("Status")
    state = status.get("Code") if isinstance(status, Mapping) else item.get("State")
    return str(state).lower() not in _DELETED


_REGIONAL = (
    _ec2("subnets", "describe_subnets", "Subnets", "SubnetId", lambda item: not item["DefaultForAz"]),
    _ec2("NAT gateways", "describe_nat_gateways", "NatGateways", "NatGatewayId", _not_deleted),
    _ec2("elastic IPs", "describe_addresses", "Addresses", "AllocationId"),
    _ec2("VPC endpoints", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", _not_deleted),
    _ec2(
        "VPC peerings",
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        _not_deleted,
    ),
    _ec2("flow logs", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    _ec2("launch templates", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    _ec2("volumes", "describe_volumes", "Volumes", "VolumeId"),
    _Kind(
        name="auto scaling groups",
        service="autoscaling",
        operation="describe_auto_scaling_groups",
        items="AutoScalingGroups",
        identifier="AutoScalingGroupName",
    ),
    _Kind(
        name="load balancers",
        service="elbv2",
        operation="describe_load_balancers",
        items="LoadBalancers",
        identifier="LoadBalancerName",
    ),
    _Kind(
        name="target groups",
        service="elbv2",
        operation="describe_target_groups",
        items="TargetGroups",
        identifier="TargetGroupName",
    ),
    _rds("database clusters", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    _rds("database instances", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    _rds("database subnet groups", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    _rds(
        "database cluster snapshots",
        "describe_db_cluster_snapshots",
        "DBClusterSnapshots",
        "DBClusterSnapshotIdentifier",
    ),
    _rds(
        "cluster parameter groups",
        "describe_db_cluster_parameter_groups",
        "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
    ),
    _rds("parameter groups", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    _Kind(
        name="KMS aliases",
        service="kms",
        operation="list_aliases",
        items="Aliases",
        identifier="AliasName",
        keep=lambda item: not item["AliasName"].startswith("alias/aws/"),
    ),
    _Kind(
        name="certificates",
        service="acm",
        operation="list_certificates",
        items="CertificateSummaryList",
        identifier="CertificateArn",
    ),
    _Kind(
        name="alarms",
        service="cloudwatch",
        operation="describe_alarms",
        items="MetricAlarms",
        identifier="AlarmName",
    ),
    _Kind(name="topics", service="sns", operation="list_topics", items="Topics", identifier="TopicArn"),
    _Kind(
        name="subscriptions",
        service="sns",
        operation="list_subscriptions",
        items="Subscriptions",
        identifier="SubscriptionArn",
    ),
    _Kind(
        name="log groups",
        service="logs",
        operation="describe_log_groups",
        items="logGroups",
        identifier="logGroupName",
    ),
    _Kind(
        name="web ACLs",
        service="wafv2",
        operation="list_web_acls",
        items="WebACLs",
        identifier="Name",
        arguments={"Scope": "REGIONAL"},
    ),
    _Kind(
        name="secrets",
        service="secretsmanager",
        operation="list_secrets",
        items="SecretList",
        identifier="Name",
    ),
    _Kind(
        name="image repositories",
        service="ecr",
        operation="describe_repositories",
        items="repositories",
        identifier="repositoryName",
    ),
    _Kind(
        name="parameters",
        service="ssm",
        operation="describe_parameters",
        items="Parameters",
        identifier="Name",
        keep=lambda item: not item["Name"].startswith("/aws/"),  # the public ones
    ),
)

_EVERYWHERE = (
    _Kind(name="buckets", service="s3", operation="list_buckets", items="Buckets", identifier="Name"),
    _Kind(
        name="hosted zones",
        service="route53",
        operation="list_hosted_zones",
        items="HostedZones",
        identifier="Name",
    ),
    _rds("global clusters", "describe_global_clusters", "GlobalClusters", "GlobalClusterIdentifier"),
    _Kind(
        name="roles",
        service="iam",
        operation="list_roles",
        items="Roles",
        identifier="RoleName",
        keep=lambda item: not item["Path"].startswith("/aws-service-role/"),
    ),
    _Kind(
        name="instance profiles",
        service="iam",
        operation="list_instance_profiles",
        items="InstanceProfiles",
        identifier="InstanceProfileName",
    ),
    _Kind(
        name="policies",
        service="iam",
        operation="list_policies",
        items="Policies",
        identifier="PolicyName",
        arguments={"Scope": "Local"},
    ),
)


def inventory(clients: ClientFactory, regions: Iterable[str]) -> Inventory:
    """Return what exists in these regions and globally."""
    names = tuple(regions)
    found: Inventory = {}
    for region in names:
        for kind in _REGIONAL:
            found[f"{region} {kind.name}"] = _list(clients.client(kind.service, region), kind)
        found |= {
            f"{region} {name}": items for name, items in _networks(clients.client("ec2", region)).items()
        }
        found[f"{region} KMS keys"] = _keys(clients.client("kms", region))
    for kind in _EVERYWHERE:
        found[f"{_GLOBAL} {kind.name}"] = _list(clients.client(kind.service, names[0]), kind)
    return {kind: sorted(items) for kind, items in found.items() if items}


def left_behind(before: Inventory, after: Inventory) -> Inventory:
    """Return what is in `after` and was not in `before`."""
    new = {kind: sorted(set(items) - set(before.get(kind, []))) for kind, items in after.items()}
    return {kind: items for kind, items in new.items() if items}


def _pages(client: Any, operation: str, items: str, **arguments: Any) -> list[Any]:
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**arguments)[items])
    return list(client.get_paginator(operation).paginate(**arguments).build_full_result()[items])


def _list(client: Any, kind: _Kind) -> list[str]:
    found = _pages(client, kind.operation, kind.items, **(kind.arguments or {}))
    return [item[kind.identifier] for item in found if kind.keep(item)]


def _networks(ec2: Any) -> Inventory:
    """Return what belongs to VPCs other than the default one, and instances that are not over."""
    vpcs = _pages(ec2, "describe_vpcs", "Vpcs")
    ours = {vpc["VpcId"] for vpc in vpcs if not vpc["IsDefault"]}
    default = {vpc["VpcId"] for vpc in vpcs} - ours
    gateways = _pages(ec2, "describe_internet_gateways", "InternetGateways")
    groups = _pages(ec2, "describe_security_groups", "SecurityGroups")
    tables = _pages(ec2, "describe_route_tables", "RouteTables")
    reservations = _pages(ec2, "describe_instances", "Reservations")
    return {
        "VPCs": sorted(ours),
        "internet gateways": [
            gateway["InternetGatewayId"]
            for gateway in gateways
            if not default & {attached["VpcId"] for attached in gateway["Attachments"]}
        ],
        "security groups": [one["GroupId"] for one in groups if one["VpcId"] in ours],
        "route tables": [one["RouteTableId"] for one in tables if one["VpcId"] in ours],
        "instances": [
            instance["InstanceId"]
            for reservation in reservations
            for instance in reservation["Instances"]
            if instance["State"]["Name"] != "terminated"
        ],
    }


def _keys(kms: Any) -> list[str]:
    """Return customer keys that are not waiting for their deletion."""
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in _pages(kms, "list_keys", "Keys")]
    return [
        key["KeyId"]
        for key in keys
        if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion"
    ]
