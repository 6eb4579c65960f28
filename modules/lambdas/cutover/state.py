"""How far the cutover is: the parameter `/migration/SUFFIX/state`, written on the version that was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .aws import client
from .errors import ChangedMeanwhile, InputRefused

#: The forward task copies; the data centre is written to.
REPLICATING = "replicating"
#: The data centre is frozen, the last row is in Aurora, sequences are set, the reverse task runs.
DRAINED = "drained"
#: The name is being moved, or the function was stopped while it did.
MOVING = "moving"
MOVED = "moved"
#: The same for the way back: Aurora is frozen, its last row is in the data centre.
DRAINED_BACK = "drained-back"
RETURNING = "returning"
RETURNED = "returned"
#: What operators do before, between and after: nothing is moved from any of them.
OPERATORS = (
    "ready",
    "freezing",
    "draining",
    "unwinding",
    "cut-over",
    "freezing-back",
    "draining-back",
    "unwinding-back",
    "rolled-back",
    "finishing",
    "finished",
)
STAGES = (REPLICATING, DRAINED, MOVING, MOVED, DRAINED_BACK, RETURNING, RETURNED, *OPERATORS)


@dataclass(frozen=True, kw_only=True)
class State:
    """The document and the version it was read in."""

    stage: str
    at: datetime | None
    """When it was written; None for the first one, which Terraform wrote."""
    version: int
    kept: Mapping[str, Any] = field(default_factory=dict)
    """The whole document: what operators noted in it stays."""


def read(parameter: str, region: str) -> State:
    """Return the state. Raises InputRefused when there is none that can be understood."""
    text, version = value_of(parameter, region)
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputRefused([f"the state is not JSON: {error}"]) from error
    if not isinstance(document, dict) or document.get("stage") not in STAGES:
        raise InputRefused([f"the state has no stage of {', '.join(STAGES)}"])
    return State(stage=document["stage"], at=_moment(document.get("at")), version=version, kept=document)


def value_of(parameter: str, region: str) -> tuple[str, int]:
    """Return a parameter's value and version. Raises InputRefused when there is no such parameter."""
    ssm = client("ssm", region)
    try:
        found = ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]
    except ssm.exceptions.ParameterNotFound as error:
        raise InputRefused([f"there is no parameter {parameter}"]) from error
    return str(found["Value"]), int(found["Version"])


def write(parameter: str, region: str, document: Mapping[str, Any], *, on: int) -> int:
    """Write the state and return its version, which has to be the one after `on`.

    Parameter Store knows no condition, so it is looked at before and the number is looked at afterwards.
    Raises ChangedMeanwhile when another version is or came in between: its writer goes on, not we, and what
    it wrote stands again.
    """
    current = value_of(parameter, region)[1]
    if current != on:
        raise ChangedMeanwhile(f"the state has version {current}, and {on} was looked at")
    # as short as the operators write it: they made sure that it fits
    text = json.dumps(document, separators=(",", ":"))
    version = _put(parameter, region, text)
    # the first after `on` counts; it is ours, too, when its answer was lost and it was put again
    if version != on + 1 and (first := value_of(f"{parameter}:{on + 1}", region)[0]) != text:
        _put(parameter, region, first)
        raise ChangedMeanwhile(f"the state has version {version}, and {on + 1} was to be written")
    return version


def _put(parameter: str, region: str, text: str) -> int:
    made = client("ssm", region).put_parameter(
        Name=parameter, Value=text, Type="SecureString", Overwrite=True
    )
    return int(made["Version"])


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputRefused([f"the state's `at` is no time: {value!r}"]) from error
    if moment.tzinfo is None:
        raise InputRefused([f"the state's `at` has no time zone: {value!r}"])
    return moment
