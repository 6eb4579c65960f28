"""How a resource that no state knows is found again: its import id, by type.

Ids are those of the AWS provider's import sections (registry.terraform.io, hashicorp/aws 5.100).
What is taken over is provably ours: the log reported its id, or it carries the stack's own tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.deploy import lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.manifest import Manifest, StackEntry
    from shared.deploy.states import ClientFactory


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A resource that a plan would create."""

    address: str
    type: str
    values: Mapping[str, Any]
    region: str | None = None
    """Region of its provider; None when that is not written as a plain value."""
    taken: frozenset[str] = frozenset()
    """Ids of resources of this type that the state knows, under whatever address."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of a creation that no state knows."""

    id: str | None = None
    """The id to import it by; None: it is made (again)."""
    doubt: str | None = None
    """Why it is not taken over although it may be there, and what to do."""


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
        "aws_wafv2_web_acl_logging_configuration",
    }
)
#: Making one of these a second time gives the same one, too, or an error that names the first one.
_HARMLESS = frozenset(
    {
        "aws_default_security_group",
        "aws_iam_role_policy",
        "aws_lb_listener",
        "aws_route53_record",
        "aws_route_table_association",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_vpc_peering_connection_accepter",
        "aws_vpc_peering_connection_options",
        "aws_wafv2_web_acl",
        "terraform_data",
    }
)
#: The same for everything that is set on a bucket; the bucket itself is `aws_s3_bucket`.
_BUCKET_SETTINGS = "aws_s3_bucket_"


def mark(manifest: Manifest, entry: StackEntry) -> dict[str, str]:
    """Return the tags that every resource of the stack has, and nothing else's (shared/stack.py)."""
    return {"EnvironmentSuffix": manifest.suffix, "Stack": entry.address}


def planned(document: Mapping[str, Any]) -> dict[str, Planned]:
    """Return the resources that a plan (`terraform show -json`) creates, by address."""
    regions = _regions(document.get("configuration", {}))
    prior = document.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", ())
    ids = [(resource["type"], str(resource["values"].get("id"))) for resource in prior]
    return {
        resource["address"]: Planned(
            address=resource["address"],
            type=resource["type"],
            values=resource["change"]["after"] or {},
            region=regions.get(resource["address"].partition("[")[0]),
            taken=frozenset(id_ for type_, id_ in ids if type_ == resource["type"]),
        )
        for resource in document.get("resource_changes", ())
        if resource["change"]["actions"] == ["create"]
    }


def _regions(configuration: Mapping[str, Any]) -> dict[str, str | None]:
    """Return address -> region of the provider that the code names for the resource."""
    providers = {
        key: provider.get("expressions", {}).get("region", {}).get("constant_value")
        for key, provider in configuration.get("provider_config", {}).items()
    }
    resources = configuration.get("root_module", {}).get("resources", ())
    return {resource["address"]: providers.get(resource["provider_config_key"]) for resource in resources}


def look(
    resource: Planned, reported: str | None, owner: Mapping[str, str], clients: ClientFactory
) -> Finding:
    """Return the id to import the resource by, if there is one that is certainly ours.

    `reported` is the id that its creation reported; without one it is looked for by name, and taken
    only if exactly one is found that has the tags of `owner`. Raises botocore's ClientError.
    """
    if resource.type in _REPEATABLE or (reported and reported in resource.taken):
        return Finding()

    def service(name: str) -> Any:
        return clients.client(name, str(resource.region))

    if reported:
        return Finding(id=_import_id(resource, reported, service))
    if resource.type in _HARMLESS or resource.type.startswith(_BUCKET_SETTINGS):
        return Finding()
    if resource.region is None or not lookups.known(resource.type):
        return Finding(doubt="there is no way to look for it; see in AWS whether there is one too many")
    found = lookups.find(resource.type, resource.values, service)
    return _judge({id_: tags for id_, tags in found.items() if id_ not in resource.taken}, owner)


def _import_id(resource: Planned, reported: str, service: lookups.Service) -> str | None:
    if resource.type == "aws_route_table_association":
        return lookups.association(reported, service)
    compose = _COMPOSED.get(resource.type)
    return compose(reported, resource.values) if compose else reported


def _judge(found: Mapping[str, Mapping[str, str]], owner: Mapping[str, str]) -> Finding:
    ours = sorted(id_ for id_, tags in found.items() if owner.items() <= tags.items())
    if len(ours) == 1:
        return Finding(id=ours[0])
    if ours:
        return Finding(doubt=f"there are several: {', '.join(ours)}; delete those that nothing uses")
    if found:
        wanted = ", ".join(f"{key}={value}" for key, value in owner.items())
        there = ", ".join(sorted(found))
        return Finding(
            doubt=f"{there} has its name and not the tags {wanted}; "
            "if it is this stack's, delete it or give it these tags, and run again"
        )
    return Finding()
