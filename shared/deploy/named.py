"""Reads the tags of resources whose name, which the code chose, is their import id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Reader = Callable[[Any, str], "Mapping[str, str] | None"]
"""Takes the service's client and the name; None when there is no such resource."""


def find(type_: str, values: Mapping[str, Any], service: Callable[[str], Any]) -> dict[str, dict[str, str]]:
    """Return name -> tags, or nothing when there is no such resource, or no name.

    Raises botocore's ClientError, for most services also when there is no such resource.
    """
    argument, place, reader = READERS[type_]
    name = values.get(argument)
    found = reader(service(place), name) if name else None
    return {} if found is None else {str(name): dict(found)}


def tags(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return AWS's list of keys and values as a dictionary; KMS calls them TagKey and TagValue."""
    return {
        pair.get("Key") or pair["TagKey"]: pair.get("Value") or pair.get("TagValue", "") for pair in pairs
    }


def key_tags(client: Any, key: str) -> dict[str, str]:
    """Return the tags of a KMS key."""
    return tags(client.list_resource_tags(KeyId=key)["Tags"])


def _alias(client: Any, name: str) -> Mapping[str, str] | None:
    # an alias has no tags: it is whose the key is that it points to
    for page in client.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == name:
                return key_tags(client, alias["TargetKeyId"]) if "TargetKeyId" in alias else {}
    return None


def _scaling_group(client: Any, name: str) -> Mapping[str, str] | None:
    groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    # Status is there only while the group is being deleted
    return tags(groups[0]["Tags"]) if groups and "Status" not in groups[0] else None


def _log_group(client: Any, name: str) -> Mapping[str, str] | None:
    for group in client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
        if group["logGroupName"] == name:
            # logGroupArn is the arn without the `:*` that this call does not take
            arn = group["arn"].removesuffix(":*")
            found: dict[str, str] = client.list_tags_for_resource(resourceArn=arn)["tags"]
            return found
    return None


def _alarm(client: Any, name: str) -> Mapping[str, str] | None:
    for alarm in client.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
        return tags(client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"])
    return None


def _profile(client: Any, name: str) -> Mapping[str, str]:
    return tags(client.get_instance_profile(InstanceProfileName=name)["InstanceProfile"].get("Tags", ()))


def _role(client: Any, name: str) -> Mapping[str, str]:
    return tags(client.get_role(RoleName=name)["Role"].get("Tags", ()))


def _rds(operation: str, argument: str, key: str, arn: str) -> Reader:
    """Return a reader of something that RDS describes and tags by its ARN."""

    def read(client: Any, name: str) -> Mapping[str, str] | None:
        for item in getattr(client, operation)(**{argument: name})[key]:
            if item.get("Status", item.get("DBInstanceStatus")) == "deleting":
                return None
            listed = item.get("TagList")
            return tags(
                client.list_tags_for_resource(ResourceName=item[arn])["TagList"] if listed is None else listed
            )
        return None

    return read


#: Type -> the argument that is its import id, the service that knows it, and how its tags are read.
READERS: dict[str, tuple[str, str, Reader]] = {
    "aws_autoscaling_group": ("name", "autoscaling", _scaling_group),
    "aws_cloudwatch_log_group": ("name", "logs", _log_group),
    "aws_cloudwatch_metric_alarm": ("alarm_name", "cloudwatch", _alarm),
    "aws_db_subnet_group": (
        "name",
        "rds",
        _rds("describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups", "DBSubnetGroupArn"),
    ),
    "aws_iam_instance_profile": ("name", "iam", _profile),
    "aws_iam_role": ("name", "iam", _role),
    "aws_kms_alias": ("name", "kms", _alias),
    "aws_rds_cluster": (
        "cluster_identifier",
        "rds",
        _rds("describe_db_clusters", "DBClusterIdentifier", "DBClusters", "DBClusterArn"),
    ),
    "aws_rds_cluster_instance": (
        "identifier",
        "rds",
        _rds("describe_db_instances", "DBInstanceIdentifier", "DBInstances", "DBInstanceArn"),
    ),
    "aws_rds_cluster_parameter_group": (
        "name",
        "rds",
        _rds(
            "describe_db_cluster_parameter_groups",
            "DBClusterParameterGroupName",
            "DBClusterParameterGroups",
            "DBClusterParameterGroupArn",
        ),
    ),
    "aws_rds_global_cluster": (
        "global_cluster_identifier",
        "rds",
        _rds("describe_global_clusters", "GlobalClusterIdentifier", "GlobalClusters", "GlobalClusterArn"),
    ),
}
