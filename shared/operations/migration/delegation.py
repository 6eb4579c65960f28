"""Whether clients reach our hosted zone at all: its parent has to name its name servers.

A parent zone in the same account is asked itself; any other by a question to a resolver.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shared.deploy.doctor_names import RESERVED
from shared.errors import Problem
from shared.operations.migration.dns import NoAnswerError

if TYPE_CHECKING:
    from shared.deploy.states import ClientFactory
    from shared.operations.migration.handles import Handles

Resolve = Callable[[str], frozenset[str]]
"""Zone -> its name servers as a resolver sees them; NoAnswerError when there is no answer."""


def problems(handles: Handles, clients: ClientFactory, resolve: Resolve) -> list[Problem]:
    """Return why no client reaches the zone; nothing when its parent delegates to it.

    Raises botocore's errors.
    """
    route53 = clients.client("route53", handles.target.region)
    zone = handles.zone_name
    ours = frozenset(
        map(_plain, route53.get_hosted_zone(Id=handles.hosted_zone_id)["DelegationSet"]["NameServers"])
    )
    remedy = f"put NS records for {zone} into its parent zone: {', '.join(sorted(ours))}"
    parent = _parent(route53, zone)
    if parent is not None:
        found, where = _delegated(route53, parent, zone), f"{_plain(parent['Name'])}, in this account,"
    elif any(zone == name or zone.endswith(f".{name}") for name in RESERVED):
        what = f"{zone} is reserved for examples: nobody can delegate it"
        return [Problem(what=what, remedy="it needs a name of yours: domain.zone_name")]
    else:
        try:
            found, where = frozenset(map(_plain, resolve(zone))), "the world"
        except NoAnswerError as error:
            what = f"it cannot be seen whether {zone} is delegated: {error}"
            return [Problem(what=what, remedy="run it where DNS answers")]
    if found == ours:
        return []
    if not found:
        return [Problem(what=f"{zone} is not delegated: {where} has no NS records for it", remedy=remedy)]
    seen = ", ".join(sorted(found))
    return [Problem(what=f"{zone} is delegated elsewhere: {where} has {seen}", remedy=remedy)]


def _parent(route53: Any, zone: str) -> dict[str, Any] | None:
    """Return the nearest public zone above, if the account has one."""
    labels = zone.split(".")
    for number in range(1, len(labels)):
        name = ".".join(labels[number:])
        listed = route53.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
        for found in listed:
            if _plain(found["Name"]) == name and not found["Config"]["PrivateZone"]:
                return dict(found)
    return None


def _delegated(route53: Any, parent: dict[str, Any], zone: str) -> frozenset[str]:
    listed = route53.list_resource_record_sets(
        HostedZoneId=parent["Id"], StartRecordName=zone, StartRecordType="NS", MaxItems="1"
    )["ResourceRecordSets"]
    return frozenset(
        _plain(value["Value"])
        for record in listed
        if _plain(record["Name"]) == zone and record["Type"] == "NS"
        for value in record["ResourceRecords"]
    )


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
