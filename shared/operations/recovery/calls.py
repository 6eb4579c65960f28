"""The calls that change something by themselves: the pin, the checkpoint that is given up, the drain."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.operations.common.calls import told
from shared.operations.common.machine import as_object

if TYPE_CHECKING:
    from shared.clients import Clients
    from shared.deploy.states import ClientFactory
    from shared.operations.recovery.handles import Handles

DRAIN_SECONDS = 330
"""The function has five minutes; its answer takes a moment more."""


class DrainFailedError(Exception):
    """The function said why it cannot drain now, or nobody knows what became of the call."""


def pin(handles: Handles, clients: ClientFactory, *, by: str, reason: str) -> None:
    """Keep the home region out of DNS. Raises UserError when S3 does not do it."""
    document = {"requested_by": by, "reason": reason, "at": _now()}
    with told("the pin could not be put", f"look: `{handles.command('status')}`"):
        clients.client("s3", handles.away.region).put_object(
            Bucket=handles.pin_bucket,
            Key=handles.pin_key,
            Body=json.dumps(document).encode(),
            ContentType="application/json",
        )


def unpin(handles: Handles, clients: ClientFactory) -> None:
    """Let the home region into DNS again. Raises UserError when S3 does not do it."""
    with told("the pin could not be taken away", f"look: `{handles.command('status')}`"):
        clients.client("s3", handles.away.region).delete_object(
            Bucket=handles.pin_bucket, Key=handles.pin_key
        )


def give_up(handles: Handles, clients: ClientFactory, *, stage: str, by: str, reason: str) -> None:
    """Write a checkpoint that nothing goes on from. Raises UserError when it cannot be written."""
    why = f"{stage} was given up{f': {reason}' if reason else ''}"
    document = {"stage": "none", "at": _now(), "requested_by": by, "reason": why}
    with told("the checkpoint could not be written", f"`{handles.command('unpin')}` does it again"):
        clients.client("ssm", handles.away.region).put_parameter(
            Name=handles.checkpoint_parameter, Type="String", Overwrite=True, Value=json.dumps(document)
        )


def drain(handles: Handles, clients: Clients, *, into: str) -> dict[str, Any]:
    """Drain into the cluster of a region for at most five minutes, and return the function's report.

    Raises DrainFailedError with the function's words. What was drained before stays so.
    """
    function = clients.patient("lambda", handles.away.region, seconds=DRAIN_SECONDS)
    event = json.dumps({"action": "drain", "region": into}).encode()
    try:
        answer = function.invoke(FunctionName=handles.drain_function, Payload=event)
        document = as_object(answer["Payload"].read().decode(errors="replace"))
    except (BotoCoreError, ClientError) as error:
        raise DrainFailedError(f"{handles.drain_function}: {error}") from error
    if answer.get("FunctionError"):
        said = (document.get("errorType"), document.get("errorMessage"))
        raise DrainFailedError(": ".join(str(one) for one in said if one) or answer["FunctionError"])
    return document


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
