"""The weights of the write name: read, and moved in one batch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .aws import client
from .configuration import Configuration
from .errors import InputRefused

#: Route 53 is global; its API is in this region.
_ROUTE53_REGION = "us-east-1"
_RECORDS = "10"
ON_PREMISES = {"on_premises": 100, "aurora": 0}
AURORA = {"on_premises": 0, "aurora": 100}
#: Route 53 usually has a change everywhere within a minute (developer guide, best practices).
_LOOKS, _PAUSE_SECONDS = 40, 3


@dataclass(frozen=True, kw_only=True)
class Records:
    """The two records as Route 53 has them."""

    sets: Mapping[str, Mapping[str, Any]]
    """`on_premises` and `aurora` -> the record."""

    @property
    def weights(self) -> dict[str, int]:
        """Return side -> weight."""
        return {side: int(record["Weight"]) for side, record in self.sets.items()}


def observe(configuration: Configuration) -> Records:
    """Return the records. Raises InputRefused when they are not exactly the two known ones."""
    name, known = configuration.record_name, configuration.set_identifiers
    answer = client("route53", _ROUTE53_REGION).list_resource_record_sets(
        HostedZoneId=configuration.hosted_zone_id,
        StartRecordName=name,
        StartRecordType="CNAME",
        MaxItems=_RECORDS,
    )
    wanted = name.strip(".").lower()
    found = {
        str(record.get("SetIdentifier", "")): record
        for record in answer["ResourceRecordSets"]
        if record["Name"].strip(".").lower() == wanted and record["Type"] == "CNAME"
    }
    problems = [
        f"{name}: there is no weighted record {identifier} ({side})"
        for side, identifier in known.items()
        if "Weight" not in found.get(identifier, {})
    ]
    strangers = sorted(set(found) - set(known.values()))
    problems += [f"{name}: there is a record that is not known here: {one!r}" for one in strangers]
    if problems:
        raise InputRefused(problems)
    return Records(sets={side: found[identifier] for side, identifier in known.items()})


def move(configuration: Configuration, records: Records, weights: Mapping[str, int]) -> bool:
    """Set both weights in one batch, all or nothing; return whether every name server has it."""
    route53 = client("route53", _ROUTE53_REGION)
    changes = [
        {"Action": "UPSERT", "ResourceRecordSet": {**record, "Weight": weights[side]}}
        for side, record in records.sets.items()
    ]
    made = route53.change_resource_record_sets(
        HostedZoneId=configuration.hosted_zone_id,
        ChangeBatch={"Comment": f"write name: {dict(weights)}", "Changes": changes},
    )
    identifier = made["ChangeInfo"]["Id"]
    for look in range(_LOOKS):
        if look:
            time.sleep(_PAUSE_SECONDS)
        if route53.get_change(Id=identifier)["ChangeInfo"]["Status"] == "INSYNC":
            return True
    return False
