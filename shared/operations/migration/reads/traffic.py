"""The weighted records, and whether Route 53 has the last change everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.operations.migration.facts import Weights

if TYPE_CHECKING:
    from shared.operations.common.asking import Asking
    from shared.operations.migration.handles import Handles

PLACE = "Route 53"
#: More than the two that are known are said anyway.
_RECORDS = "10"
#: What GetChange says.
_SAID = {"INSYNC": "in sync", "PENDING": "pending"}


def weights(handles: Handles, asking: Asking) -> Weights | None:
    """Return the weights; None, with the reason in `asking`, unless there are exactly the two records."""
    found = asking.ask(PLACE, lambda: _records(handles, asking))
    if found is None:
        return None
    known = [side.set_identifier for side in handles.sides]
    if sorted(found) != sorted(known) or None in found.values():
        seen = ", ".join(f"{name or 'one without set identifier'}: {w}" for name, w in sorted(found.items()))
        asking.unread.append(
            f"{PLACE}: {handles.record_name} has not the two weighted records {' and '.join(known)}, "
            f"but {seen or 'none'}"
        )
        return None
    source, target = (int(found[name] or 0) for name in known)
    return Weights(source=source, target=target)


def propagation(change: str, handles: Handles, asking: Asking) -> str:
    """Return how far a change is: `in sync` or `pending`; `asked for` when its id is not known."""
    if not change:
        return "asked for"
    route53 = asking.client("route53", handles.target.region)
    answer = asking.ask(PLACE, lambda: route53.get_change(Id=change)["ChangeInfo"]["Status"])
    return _SAID.get(answer or "", "asked for")


def _records(handles: Handles, asking: Asking) -> dict[str, int | None]:
    """Return set identifier -> weight of the A records of the name."""
    wanted = handles.record_name.strip(".").lower()
    # Route 53 answers from one place per partition, whatever the region of the client
    answer = asking.client("route53", handles.target.region).list_resource_record_sets(
        HostedZoneId=handles.hosted_zone_id,
        StartRecordName=handles.record_name,
        StartRecordType="A",
        MaxItems=_RECORDS,
    )
    return {
        str(record.get("SetIdentifier", "")): record.get("Weight")
        for record in answer["ResourceRecordSets"]
        if record["Name"].strip(".").lower() == wanted and record["Type"] == "A"
    }
