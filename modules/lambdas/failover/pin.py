"""The pin: an object in a bucket of the standby region that keeps the primary out of DNS."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from .aws import client
from .configuration import Configuration
from .errors import FailoverError, calling
from .topology import described


def pin(configuration: Configuration, execution: str) -> dict[str, Any]:
    """Put the object, whether or not it is there. FailoverError when it cannot be put."""
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    said = json.dumps({"pinned_by": execution, "at": moment}).encode()
    calling(
        "s3:PutObject",
        configuration.away,
        lambda: client("s3", configuration.away).put_object(
            Bucket=configuration.pin_bucket,
            Key=configuration.pin_key,
            Body=said,
            ContentType="application/json",
        ),
    )
    return {"pinned": True}


def unpin(configuration: Configuration) -> dict[str, Any]:
    """Take the object away, whether or not it is there.

    FailoverError when it cannot be taken away, and while the standby region writes or is about to: the
    primary would get the traffic with a database that only reads.
    """
    home, topology = configuration.home, described(configuration, only=configuration.away)
    if topology.writer != home:
        where = topology.writer or "no single region"
        raise FailoverError(f"the pin stays: the database writes in {where}, not in {home}")
    if not topology.stays_in(home):
        raise FailoverError(f"the pin stays: the writer is being moved out of {home} ({topology.status})")
    calling(
        "s3:DeleteObject",
        configuration.away,
        lambda: client("s3", configuration.away).delete_object(
            Bucket=configuration.pin_bucket, Key=configuration.pin_key
        ),
    )
    return {"pinned": False}
