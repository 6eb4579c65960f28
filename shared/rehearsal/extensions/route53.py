"""Route 53: a change batch is applied whole or not at all, to exactly the records that it names.

moto 5.2.5 keeps the first records of a batch that it refuses, accepts any weight, lets CREATE
duplicate a record with other values, and a DELETE with a set identifier takes every record of the
zone with that identifier, whatever its name: deleting `api` in the set `eu-west-1` also deletes
`admin` in it.

AWS: API reference of ChangeResourceRecordSets ("either makes all of the changes in a batch or none";
CREATE fails for an existing record; DELETE needs the record's values), ResourceRecordSet (`Weight`:
0 to 255).
"""

from __future__ import annotations

import copy
from typing import Any

from moto.core.exceptions import ServiceException
from moto.route53.models import FakeZone, RecordSet, Route53Backend

from shared.rehearsal.extensions.faults import Fault

_change_resource_record_sets = Route53Backend.change_resource_record_sets

_MAXIMUM_WEIGHT = 255


def install() -> None:
    """Wrap the change of records, replace the deletion by identifier."""
    Route53Backend.change_resource_record_sets = change_resource_record_sets


def change_resource_record_sets(self: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """Check the whole batch, apply it, and take it back if moto refuses a part."""
    zone = self.get_hosted_zone(zoneid)
    _check(zone, change_list)
    records, journal = list(zone.rrsets), copy.copy(zone.rr_changes)
    try:
        for change in change_list:
            others = _others_of_the_set(zone, change)
            _change_resource_record_sets(self, zoneid, [change])
            zone.rrsets.extend(others)
    except ServiceException:  # every refusal of moto's
        zone.rrsets, zone.rr_changes = records, journal
        raise


def _check(zone: FakeZone, changes: list[dict[str, Any]]) -> None:
    existing = {_key(record) for record in zone.rrsets}
    problems = []
    for change in changes:
        wanted = change["ResourceRecordSet"]
        key = (wanted["Name"].strip(".").lower(), wanted["Type"], wanted.get("SetIdentifier"))
        shown = f"name='{wanted['Name']}', type='{wanted['Type']}', set-identifier='{key[2]}'"
        weight = wanted.get("Weight")
        if weight is not None and not 0 <= int(weight) <= _MAXIMUM_WEIGHT:
            problems.append(f"weight {weight} of [{shown}] is not from 0 to {_MAXIMUM_WEIGHT}")
        if change["Action"] == "CREATE" and key in existing:
            problems.append(f"Tried to create resource record set [{shown}] but it already exists")
        if change["Action"] == "DELETE":
            if key not in existing:
                problems.append(f"Tried to delete resource record set [{shown}] but it was not found")
            existing.discard(key)
        else:
            existing.add(key)
    if problems:
        raise Fault("InvalidChangeBatch", f"[{', '.join(problems)}]")


def _key(record: RecordSet) -> tuple[str, str, str | None]:
    return record.name.strip(".").lower(), record.type, record.set_identifier or None


def _others_of_the_set(zone: FakeZone, change: dict[str, Any]) -> list[RecordSet]:
    """Return the records that moto would delete with the one that is meant, and nobody named."""
    wanted = change["ResourceRecordSet"]
    if change["Action"] != "DELETE" or "SetIdentifier" not in wanted:
        return []
    key = (wanted["Name"].strip(".").lower(), wanted["Type"], wanted["SetIdentifier"])
    return [
        record
        for record in zone.rrsets
        if record.set_identifier == wanted["SetIdentifier"] and _key(record) != key
    ]
