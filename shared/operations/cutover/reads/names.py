"""Where the write name leads, as Route 53 has it. Raises botocore's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.cutover.handles import Handles

#: Route 53 is global; its API is in this region.
ROUTE53_REGION = "us-east-1"
_RECORDS = "10"


def records(client: Any, handles: Handles) -> dict[str, dict[str, Any]]:
    """Return side -> its record."""
    answer = client.list_resource_record_sets(
        HostedZoneId=handles.hosted_zone_id,
        StartRecordName=handles.record_name,
        StartRecordType="CNAME",
        MaxItems=_RECORDS,
    )
    name = handles.record_name.strip(".").lower()
    sides = {identifier: side for side, identifier in handles.set_identifiers.items()}
    return {
        sides.get(str(one.get("SetIdentifier")), str(one.get("SetIdentifier"))): one
        for one in answer["ResourceRecordSets"]
        if one["Name"].strip(".").lower() == name and one["Type"] == "CNAME"
    }


def weights(client: Any, handles: Handles) -> dict[str, int]:
    """Return side -> weight; a record that is not known here is there with its set identifier."""
    return shares(records(client, handles))


def shares(found: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Return side -> weight of records."""
    return {side: int(one.get("Weight", 0)) for side, one in found.items()}
