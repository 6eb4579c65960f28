"""How a resource that no state knows is found again: its import id, by type.

Ids are those of the AWS provider's import sections (registry.terraform.io, hashicorp/aws 5.100).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.deploy import lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.manifest import StackEntry
    from shared.deploy.states import ClientFactory


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A resource that a plan would create."""

    address: str
    type: str
    values: Mapping[str, Any]


#: Type -> the argument that is its import id.
_NAMED = {
    "aws_autoscaling_group": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_db_parameter_group": "name",
    "aws_db_subnet_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_role": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_rds_cluster_parameter_group": "name",
    "aws_rds_global_cluster": "global_cluster_identifier",
    "aws_s3_bucket": "bucket",
    "aws_ssm_parameter": "name",
}
#: Types whose import id is more than the id in the state.
_COMPOSED: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "aws_wafv2_web_acl": lambda id_, values: f"{id_}/{values['name']}/{values['scope']}",
}
#: Making one of these a second time gives the same one, and their import ids are awkward.
_REPEATABLE = frozenset(
    {
        "aws_acm_certificate_validation",
        "aws_autoscaling_policy",
        "aws_iam_role_policy_attachment",
        "aws_lb_target_group_attachment",
        "aws_wafv2_web_acl_association",
    }
)


def planned(document: Mapping[str, Any]) -> dict[str, Planned]:
    """Return the resources that a plan (`terraform show -json`) creates, by address."""
    return {
        resource["address"]: Planned(
            address=resource["address"], type=resource["type"], values=resource["change"]["after"] or {}
        )
        for resource in document.get("resource_changes", ())
        if resource["change"]["actions"] == ["create"]
    }


def import_id(resource: Planned, known: str | None, entry: StackEntry, clients: ClientFactory) -> str | None:
    """Return the id to import the resource by, None when there is no way or no need to.

    `known` is the id that its creation reported; without one it is looked for by name or tag, and
    taken only if exactly one is found.
    """
    if resource.type in _REPEATABLE:
        return None

    def service(name: str) -> Any:
        return clients.client(name, entry.region)

    if known is not None and resource.type == "aws_route_table_association":
        return lookups.association(known, service)
    if known is not None:
        compose = _COMPOSED.get(resource.type)
        return compose(known, resource.values) if compose else known
    if resource.type in _NAMED:
        name = resource.values.get(_NAMED[resource.type])
        return str(name) if name else None
    found = lookups.find(resource.type, resource.values, service)
    return found.pop() if len(found) == 1 else None
