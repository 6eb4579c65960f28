"""Everything that exists in an account's regions, as boto3 sees it.

Taken before a rollout and after a teardown, the two have to be equal: "teardown leaves nothing" is
shown, not believed. What AWS itself keeps in every account (default VPCs, `alias/aws/...` keys,
service-linked roles) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.rehearsal.inventory_kinds import EVERYWHERE, REGIONAL, Kind
from shared.rehearsal.prerequisites import ClientFactory

Inventory = dict[str, list[str]]
"""Kind of thing with its region (`eu-west-1 subnets`, `global roles`) -> identifiers, sorted.

A kind of which there is nothing is absent.
"""


def inventory(clients: ClientFactory, regions: Iterable[str]) -> Inventory:
    """Return what exists in these regions and globally."""
    names = tuple(regions)
    found: Inventory = {}
    for region in names:
        for kind in REGIONAL:
            found[f"{region} {kind.name}"] = _list(clients.client(kind.service, region), kind)
        found |= {
            f"{region} {name}": items for name, items in _networks(clients.client("ec2", region)).items()
        }
        found[f"{region} KMS keys"] = _keys(clients.client("kms", region))
    for kind in EVERYWHERE:
        found[f"global {kind.name}"] = _list(clients.client(kind.service, names[0]), kind)
    return {kind: sorted(items) for kind, items in found.items() if items}


def left_behind(before: Inventory, after: Inventory) -> Inventory:
    """Return what is in `after` and was not in `before`."""
    new = {kind: sorted(set(items) - set(before.get(kind, []))) for kind, items in after.items()}
    return {kind: items for kind, items in new.items() if items}


def _pages(client: Any, operation: str, items: str, **arguments: Any) -> list[Any]:
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**arguments)[items])
    # SQS leaves the key out when there is nothing
    return list(client.get_paginator(operation).paginate(**arguments).build_full_result().get(items, ()))


def _list(client: Any, kind: Kind) -> list[str]:
    found = _pages(client, kind.operation, kind.items, **kind.arguments)
    return [item[kind.identifier] if kind.identifier else item for item in found if kind.keep(item)]


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
