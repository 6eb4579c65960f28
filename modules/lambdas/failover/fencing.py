"""Whether Aurora could block writes in the old primary's region, as its events in the standby say.

Events RDS-EVENT-0390 and 0391 are of a DB instance; Aurora records them at the old primary when that can
be reached, else at the new one (Aurora user guide, "Performing managed failovers"; "DB instance events").
DescribeEvents does not return an event's number, so its message is what tells it.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration

BLOCKED, NOT_BLOCKED, UNKNOWN, NOT_NEEDED = "blocked", "not-blocked", "unknown", "not-needed"
_MESSAGE = re.compile(
    r"Attempt to block writes for DB cluster \S+ in Region (?P<region>\S+) (?P<how>succeeded|timed out)"
)
_WORDS = {"succeeded": BLOCKED, "timed out": NOT_BLOCKED}


def fencing(configuration: Configuration, since: str) -> str:
    """Return what the newest event since a moment (ISO 8601) says; `not-needed` without a moment.

    Best effort, as RDS's events are: what cannot be read is `unknown`, with a line in the log.
    """
    if not since:
        return NOT_NEEDED
    moment = datetime.fromisoformat(since)
    try:
        events = _events(configuration.away, moment)
    except (BotoCoreError, ClientError) as error:
        sys.stdout.write(f"not read: rds:DescribeEvents in {configuration.away}: {error}\n")
        return UNKNOWN
    said = [(event["Date"], _MESSAGE.match(event.get("Message", ""))) for event in events]
    found = [
        (date, _WORDS[match["how"]])
        for date, match in said
        if match and match["region"] == configuration.home and _aware(date) >= moment
    ]
    return max(found)[1] if found else UNKNOWN


def _events(region: str, since: datetime) -> list[dict[str, Any]]:
    """Return every event of the region, whatever it is about."""
    pages = client("rds", region).get_paginator("describe_events").paginate(StartTime=since)
    return [event for page in pages for event in page["Events"]]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
