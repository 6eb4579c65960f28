"""The checkpoint: how far an earlier execution came, and what the first of them found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .checks import whole

#: An earlier execution did not finish: the next one goes on where it was.
UNFINISHED = ("shifting", "held", "shifted", "switching")
#: Nothing is under way and nothing can be taken back.
NOTHING_TO_RETURN_TO = ("none", "rolled-back")
STAGES = (*NOTHING_TO_RETURN_TO, *UNFINISHED, "moved", "rolling-back")

SIDES = ("source", "target")
#: Route 53, ResourceRecordSet: Weight.
_WEIGHTS = (0, 255)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rollback returns to."""

    weights: Mapping[str, int]
    """`source` and `target` -> weight of the record."""
    writer: str
    """Region in which the database wrote."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The document, as far as it decides anything."""

    stage: str
    found: Found | None
    """None while there is nothing to return to."""
    phase: int
    """Share in per cent that was asked for last; 0 for none."""


def parse(text: str, regions: tuple[str, str]) -> tuple[Checkpoint | None, list[str]]:
    """Return the checkpoint, or None with every reason why the document is none.

    `regions` are those that may write. A phase that is no share (the document also carries the weight
    of a record that never was a phase) counts as none.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        return None, [f"the checkpoint is not JSON: {error}"]
    if not isinstance(document, dict) or document.get("stage") not in STAGES:
        return None, [f"the checkpoint has no stage of {', '.join(STAGES)}"]
    stage = document["stage"]
    found: Found | None = None
    if stage not in NOTHING_TO_RETURN_TO:
        found, problems = _found(document.get("found"), regions)
        if problems:
            return None, [f"the checkpoint is at {stage}, but {problem}" for problem in problems]
    phase = document.get("phase", 0)
    return Checkpoint(stage=stage, found=found, phase=phase if whole(1, 100)(phase) is None else 0), []


def _found(document: Any, regions: tuple[str, str]) -> tuple[Found | None, list[str]]:
    if not isinstance(document, dict) or not isinstance(document.get("weights"), dict):
        return None, ["does not say what was found"]
    weights, writer = document["weights"], document.get("writer")
    problems = [
        f"the weight found for the {side} is wrong: {wrong}"
        for side in SIDES
        if (wrong := whole(*_WEIGHTS)(weights.get(side)))
    ]
    if not problems and not any(weights[side] for side in SIDES):
        problems.append("both weights found are 0")
    if writer not in regions:
        problems.append(f"the writer found, {writer!r}, is in none of {', '.join(regions)}")
    if problems:
        return None, problems
    return Found(weights={side: weights[side] for side in SIDES}, writer=str(writer)), []
