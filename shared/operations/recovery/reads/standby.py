"""What only the standby region has: the pin, the intents that wait, the checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.clients import error_code
from shared.intents.accept import Intents
from shared.operations.common.machine import as_object, parameter
from shared.operations.recovery.facts import Checkpoint, Drained, Pin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.common.asking import Asking
    from shared.operations.recovery.handles import Handles

#: A pin is any object: more of it than this is not looked at.
_LONGEST = 4096


def pin(handles: Handles, asking: Asking) -> Pin | None:
    """Return whether there is a pin, and what it says of itself."""
    region = handles.away.region
    return asking.ask(f"S3 in {region}", lambda: _pin(handles, asking.client("s3", region)))


def waiting(handles: Handles, asking: Asking) -> int | None:
    """Return how many intents wait, as the index has it: about a second behind."""
    region = handles.away.region
    table = Intents(asking.client("dynamodb", region), handles.intents_table, region=region)
    return asking.ask(f"DynamoDB in {region}", table.waiting)


def checkpoint(handles: Handles, asking: Asking) -> Checkpoint | None:
    """Return the checkpoint; None, with the reason in `asking`, for a text that is none."""
    region, name = handles.away.region, handles.checkpoint_parameter
    place = f"Systems Manager in {region}"
    text = asking.ask(place, lambda: parameter(asking, region, name))
    if text is None:
        return None
    document = as_object(text)
    if not isinstance(document.get("stage"), str):
        asking.unread.append(f"{name} is no checkpoint: {text[:100]}")
        return None
    return _checkpoint(document)


def _pin(handles: Handles, s3: Any) -> Pin:
    try:
        found = s3.get_object(Bucket=handles.pin_bucket, Key=handles.pin_key)
    except ClientError as error:
        if error_code(error) != "NoSuchKey":
            raise
        return Pin(pinned=False)
    says = as_object(found["Body"].read(_LONGEST).decode(errors="replace"))
    return Pin(
        pinned=True,
        since=found["LastModified"],
        by=str(says.get("requested_by") or ""),
        reason=str(says.get("reason") or ""),
    )


def _checkpoint(document: Mapping[str, Any]) -> Checkpoint:
    fencing, drained = document.get("fencing") or {}, document.get("drained")
    lag = document.get("lag_ms")
    return Checkpoint(
        stage=document["stage"],
        **{name: str(document.get(name) or "") for name in ("step", "execution", "at")},
        **{name: str(document.get(name) or "") for name in ("requested_by", "reason", "lag_at")},
        accept_data_loss=document.get("accept_data_loss") is True,
        lag_ms=None if lag is None else float(lag),
        writer_before=str(document.get("writer_before") or ""),
        traffic=str(fencing.get("traffic") or ""),
        writes=str(fencing.get("writes") or ""),
        drained=drained_of(drained) if drained else None,
    )


def drained_of(document: Mapping[str, Any]) -> Drained:
    """Return the counts that a drain has reported."""
    return Drained(
        **{name: round(document.get(name) or 0) for name in ("drained", "already_there", "failed")}
    )
