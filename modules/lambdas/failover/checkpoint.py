"""The checkpoint: how far an earlier execution came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .errors import FailoverError
from .request import ACTIONS

#: An execution did not finish: the next one goes on.
UNFINISHED = tuple(doing for doing, _ in ACTIONS.values())
#: Nothing is under way.
FINISHED = ("none", *(done for _, done in ACTIONS.values()))
NONE_DRAINED = {"drained": 0, "already_there": 0, "failed": 0}


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The document, as far as anything depends on it."""

    stage: str
    step: str = ""
    """State of the machine that was begun last."""
    at: str = ""
    """When it was written (ISO 8601)."""
    began: str = ""
    """When its action was begun, by the first of the executions that worked on it."""
    stuck: bool = False
    """Its execution ended by itself, with an error: nothing of it is at work any more."""
    requested_by: str = ""
    reason: str = ""
    accept_data_loss: bool = False
    lag_ms: float | None = None
    lag_at: str | None = None
    writer_before: str = ""
    traffic: str = "not-pinned"
    drained: Mapping[str, int]

    @property
    def unfinished(self) -> bool:
        """Say whether an execution did not finish."""
        return self.stage in UNFINISHED

    @property
    def action(self) -> str:
        """Return the action that is unfinished; empty when none is."""
        return next((action for action, (doing, _) in ACTIONS.items() if doing == self.stage), "")


def load(configuration: Configuration) -> tuple[Checkpoint | None, list[str]]:
    """Return the checkpoint, or None with the reason. FailoverError when AWS does not answer."""
    name, region = configuration.checkpoint_parameter, configuration.away
    ssm = client("ssm", region)
    try:
        answer = ssm.get_parameter(Name=name)
    except ssm.exceptions.ParameterNotFound:
        return None, [f"there is no parameter {name} in {region}"]
    except (BotoCoreError, ClientError) as error:
        raise FailoverError(f"ssm:GetParameter in {region}: {error}") from error
    return parse(str(answer["Parameter"]["Value"]))


def parse(text: str) -> tuple[Checkpoint | None, list[str]]:
    """Return the checkpoint, or None with the reason why the document is none."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return None, [f"the checkpoint is not JSON: {error}"]
    if not isinstance(document, dict) or document.get("stage") not in (*FINISHED, *UNFINISHED):
        return None, [f"the checkpoint has no stage of {', '.join((*FINISHED, *UNFINISHED))}"]
    lag = document.get("lag_ms")
    at = _moment(document.get("at"))
    return Checkpoint(
        stage=document["stage"],
        step=str(document.get("step", "")),
        at=at,
        began=_moment(document.get("began")) or at,
        stuck=bool(document.get("why")),
        requested_by=str(document.get("requested_by", "")),
        reason=str(document.get("reason", "")),
        accept_data_loss=document.get("accept_data_loss") is True,
        lag_ms=lag if isinstance(lag, int | float) and not isinstance(lag, bool) else None,
        lag_at=_moment(document.get("lag_at")) or None,
        writer_before=str(document.get("writer_before", "")),
        traffic=_of(document.get("fencing")).get("traffic", "not-pinned"),
        drained={key: _count(_of(document.get("drained")).get(key)) for key in NONE_DRAINED},
    ), []


def _of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _moment(value: Any) -> str:
    """Return an ISO 8601 moment with its offset as it is; empty for anything else."""
    try:
        return str(value) if datetime.fromisoformat(str(value)).tzinfo else ""
    except ValueError:
        return ""
