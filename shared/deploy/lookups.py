"""Finds resources in AWS whose ids nobody wrote down, by what the code gave them: a name or a tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]
Service = Callable[[str], Any]
"""Returns the boto3 client of a service in the stack's region."""

#: Type -> EC2's word for it (DescribeTags, resource-type); found by its Name tag.
_EC2 = {
    "aws_eip": "elastic-ip",
    "aws_flow_log": "vpc-flow-log",
    "aws_internet_gateway": "internet-gateway",
    "aws_nat_gateway": "natgateway",
    "aws_route_table": "route-table",
    "aws_security_group": "security-group",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
    "aws_vpc_endpoint": "vpc-endpoint",
    "aws_vpc_peering_connection": "vpc-peering-connection",
}


def find(type_: str, values: Values, service: Service) -> set[str]:
    """Return the import ids of all resources of this type that the values may be of."""
    if type_ in _EC2:
        return _ec2(_EC2[type_], values, service)
    lookup = _LOOKUPS.get(type_)
    return lookup(values, service) if lookup else set()


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


def _ec2(word: str, values: Values, service: Service) -> set[str]:
    name = _name_tag(values)
    if name is None:
        return set()
    wanted = {"key": "Name", "value": name, "resource-type": word}
    filters = [{"Name": key, "Values": [value]} for key, value in wanted.items()]
    return {tag["ResourceId"] for tag in service("ec2").describe_tags(Filters=filters)["Tags"]}


def _launch_template(values: Values, service: Service) -> set[str]:
    filters = [{"Name": "launch-template-name", "Values": [values["name"]]}]
    found = service("ec2").describe_launch_templates(Filters=filters)["LaunchTemplates"]
    return {template["LaunchTemplateId"] for template in found}


def _load_balancer(values: Values, service: Service) -> set[str]:
    client = service("elbv2")
    try:
        found = client.describe_load_balancers(Names=[values["name"]])["LoadBalancers"]
    except client.exceptions.LoadBalancerNotFoundException:
        return set()
    return {balancer["LoadBalancerArn"] for balancer in found}


def _target_group(values: Values, service: Service) -> set[str]:
    client = service("elbv2")
    try:
        found = client.describe_target_groups(Names=[values["name"]])["TargetGroups"]
    except client.exceptions.TargetGroupNotFoundException:
        return set()
    return {group["TargetGroupArn"] for group in found}


def _key(values: Values, service: Service) -> set[str]:
    client, name = service("kms"), _name_tag(values)
    found = set()
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            key_id = key["KeyId"]
            facts = client.describe_key(KeyId=key_id)["KeyMetadata"]
            # keys that were scheduled for deletion keep their tags until they are gone
            if facts["KeyManager"] == "CUSTOMER" and facts["KeyState"] == "Enabled":
                tags = client.list_resource_tags(KeyId=key_id)["Tags"]
                if name is not None and {"TagKey": "Name", "TagValue": name} in tags:
                    found.add(key_id)
    return found


def _certificate(values: Values, service: Service) -> set[str]:
    client, name = service("acm"), _name_tag(values)
    found = set()
    for page in client.get_paginator("list_certificates").paginate():
        for certificate in page["CertificateSummaryList"]:
            if certificate["DomainName"] == values.get("domain_name"):
                arn = certificate["CertificateArn"]
                tags = client.list_tags_for_certificate(CertificateArn=arn)["Tags"]
                if name is not None and {"Key": "Name", "Value": name} in tags:
                    found.add(arn)
    return found


def _zone(values: Values, service: Service) -> set[str]:
    wanted = str(values["name"]).rstrip(".") + "."
    answer = service("route53").list_hosted_zones_by_name(DNSName=wanted)
    return {
        zone["Id"].removeprefix("/hostedzone/") for zone in answer["HostedZones"] if zone["Name"] == wanted
    }


_LOOKUPS: dict[str, Callable[[Values, Service], set[str]]] = {
    "aws_acm_certificate": _certificate,
    "aws_kms_key": _key,
    "aws_launch_template": _launch_template,
    "aws_lb": _load_balancer,
    "aws_lb_target_group": _target_group,
    "aws_route53_zone": _zone,
}
