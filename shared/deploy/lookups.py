"""Finds resources in AWS whose ids nobody wrote down, by the name that the code gave them.

Each lookup returns what is there and not being deleted, with its tags: whose it is, the tags tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from shared.deploy import named

Values = Mapping[str, Any]
Service = Callable[[str], Any]
"""Returns the boto3 client of a service in the resource's region."""
Found = dict[str, dict[str, str]]
"""Import id -> tags."""

#: Type -> EC2's operation, its argument for filters, and where ids stand in its answer.
_EC2 = {
    "aws_eip": ("describe_addresses", "Filters", "Addresses", "AllocationId"),
    "aws_flow_log": ("describe_flow_logs", "Filter", "FlowLogs", "FlowLogId"),
    "aws_internet_gateway": (
        "describe_internet_gateways",
        "Filters",
        "InternetGateways",
        "InternetGatewayId",
    ),
    "aws_nat_gateway": ("describe_nat_gateways", "Filter", "NatGateways", "NatGatewayId"),
    "aws_route_table": ("describe_route_tables", "Filters", "RouteTables", "RouteTableId"),
    "aws_security_group": ("describe_security_groups", "Filters", "SecurityGroups", "GroupId"),
    "aws_subnet": ("describe_subnets", "Filters", "Subnets", "SubnetId"),
    "aws_vpc": ("describe_vpcs", "Filters", "Vpcs", "VpcId"),
    "aws_vpc_endpoint": ("describe_vpc_endpoints", "Filters", "VpcEndpoints", "VpcEndpointId"),
    "aws_vpc_peering_connection": (
        "describe_vpc_peering_connections",
        "Filters",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
    ),
}
#: What EC2 and ACM still list although it is gone, or never came to be (states and status codes).
_DEAD = frozenset(
    {"deleted", "deleting", "failed", "rejected", "expired", "revoked", "inactive", "validation_timed_out"}
)
#: Codes of errors that say: there is none.
_ABSENT = re.compile(r"NotFound|NoSuch")


def known(type_: str) -> bool:
    """Tell whether resources of this type can be looked for."""
    return type_ in _EC2 or type_ in _LOOKUPS or type_ in named.READERS


def find(type_: str, values: Values, service: Service) -> Found:
    """Return all resources of this type that the values may be of. The type is a `known` one."""
    try:
        if type_ in _EC2:
            return _ec2(type_, values, service)
        if type_ in named.READERS:
            return named.find(type_, values, service)
        return _LOOKUPS[type_](values, service)
    except ClientError as error:
        if _ABSENT.search(error.response["Error"]["Code"]):
            return {}
        raise


def association(id_: str, service: Service) -> str | None:
    """Return `subnet/table` of a route table association, None when it is gone."""
    filters = [{"Name": "association.route-table-association-id", "Values": [id_]}]
    for table in service("ec2").describe_route_tables(Filters=filters)["RouteTables"]:
        for found in table["Associations"]:
            if found["RouteTableAssociationId"] == id_:
                return f"{found['SubnetId']}/{found['RouteTableId']}"
    return None


def _name_tag(values: Values) -> str | None:
    name = (values.get("tags_all") or values.get("tags") or {}).get("Name")
    return str(name) if name else None


def _ec2(type_: str, values: Values, service: Service) -> Found:
    operation, argument, key, id_key = _EC2[type_]
    name = _name_tag(values)
    if name is None:
        return {}
    filters = [{"Name": "tag:Name", "Values": [name]}]
    answer = getattr(service("ec2"), operation)(**{argument: filters})
    return {item[id_key]: named.tags(item["Tags"]) for item in answer[key] if _state(item) not in _DEAD}


def _state(item: Mapping[str, Any]) -> str:
    status = item.get("Status")
    code = status.get("Code") if isinstance(status, dict) else status
    return str(item.get("State") or code or "").lower()


def _launch_template(values: Values, service: Service) -> Found:
    filters = [{"Name": "launch-template-name", "Values": [values["name"]]}]
    found = service("ec2").describe_launch_templates(Filters=filters)["LaunchTemplates"]
    return {template["LaunchTemplateId"]: named.tags(template.get("Tags", ())) for template in found}


def _load_balancer(values: Values, service: Service) -> Found:
    client = service("elbv2")
    found = client.describe_load_balancers(Names=[values["name"]])["LoadBalancers"]
    return _elb_tags(client, [balancer["LoadBalancerArn"] for balancer in found])


def _target_group(values: Values, service: Service) -> Found:
    client = service("elbv2")
    found = client.describe_target_groups(Names=[values["name"]])["TargetGroups"]
    return _elb_tags(client, [group["TargetGroupArn"] for group in found])


def _elb_tags(client: Any, arns: list[str]) -> Found:
    answer = client.describe_tags(ResourceArns=arns)["TagDescriptions"]
    return {item["ResourceArn"]: named.tags(item["Tags"]) for item in answer}


def _key(values: Values, service: Service) -> Found:
    client, name = service("kms"), _name_tag(values)
    found: Found = {}
    for page in client.get_paginator("list_keys").paginate() if name else ():
        for key in page["Keys"]:
            key_id = key["KeyId"]
            facts = client.describe_key(KeyId=key_id)["KeyMetadata"]
            # keys that were scheduled for deletion keep their tags until they are gone
            if facts["KeyManager"] == "CUSTOMER" and facts["KeyState"] == "Enabled":
                tags = named.key_tags(client, key_id)
                if tags.get("Name") == name:
                    found[key_id] = tags
    return found


def _certificate(values: Values, service: Service) -> Found:
    client, name = service("acm"), _name_tag(values)
    found: Found = {}
    for page in client.get_paginator("list_certificates").paginate() if name else ():
        for certificate in page["CertificateSummaryList"]:
            if certificate["DomainName"] == values.get("domain_name") and _state(certificate) not in _DEAD:
                arn = certificate["CertificateArn"]
                tags = named.tags(client.list_tags_for_certificate(CertificateArn=arn)["Tags"])
                if tags.get("Name") == name:
                    found[arn] = tags
    return found


def _zone(values: Values, service: Service) -> Found:
    wanted, client = str(values["name"]).rstrip(".") + ".", service("route53")
    found: Found = {}
    # Route 53 allows several zones of one name, and lists those first that the name begins with
    for zone in client.list_hosted_zones_by_name(DNSName=wanted)["HostedZones"]:
        if zone["Name"] == wanted:
            id_ = zone["Id"].removeprefix("/hostedzone/")
            answer = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)
            found[id_] = named.tags(answer["ResourceTagSet"]["Tags"])
    return found


_LOOKUPS: dict[str, Callable[[Values, Service], Found]] = {
    "aws_acm_certificate": _certificate,
    "aws_kms_key": _key,
    "aws_launch_template": _launch_template,
    "aws_lb": _load_balancer,
    "aws_lb_target_group": _target_group,
    "aws_route53_zone": _zone,
}
