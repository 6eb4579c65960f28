"""What the function knows about the deployment (CONFIG), and what people set (a parameter)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from .errors import InputRefused

MODES = ("approval", "automated")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Ids of what is looked at and moved."""

    region: str
    hosted_zone_id: str
    record_name: str
    set_identifiers: Mapping[str, str]
    """`on_premises` and `aurora` -> the record's set identifier."""
    forward_task_arn: str
    reverse_task_arn: str
    instance_id: str
    forward_task_id: str
    """Last part of the ARN: the dimension of its metrics."""
    lag_alarms: tuple[str, ...]
    config_parameter: str
    state_parameter: str
    topic_arn: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The parameter `/migration/SUFFIX/config`; people change it, every version is kept."""

    mode: str
    """`approval`: only a person moves the name. `automated`: what is ready is done."""
    lag_limit_seconds: int
    lag_window_minutes: int
    drained_minutes: int
    """How old the note may be that everything is frozen and drained."""


@cache
def read(text: str) -> Configuration:
    """Parse CONFIG. Raises TypeError for a missing or an unknown key: a defect of the stack."""
    return Configuration(**json.loads(text))


def limits(text: str) -> Limits:
    """Parse the parameter's value. Raises InputRefused with everything that is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputRefused([f"the configuration is not JSON: {error}"]) from error
    if not isinstance(document, dict):
        raise InputRefused(["the configuration is not an object"])
    known = [field.name for field in fields(Limits)]
    problems = [f"the configuration has no {name}" for name in known if name not in document]
    problems += [
        f"the configuration has {name}, which means nothing" for name in document if name not in known
    ]
    if document.get("mode", MODES[0]) not in MODES:
        problems.append(f"mode is {document['mode']!r}, none of {', '.join(MODES)}")
    problems += [
        f"{name} is {document[name]!r}, no whole number above 0"
        for name in known
        if name != "mode" and name in document and not _positive(document[name])
    ]
    if problems:
        raise InputRefused(problems)
    return Limits(**document)


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
