"""The migration's machine: its checkpoint, the question that is open, the last change of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.operations.common import machine as machines
from shared.operations.common.machine import as_object, parameter
from shared.operations.migration.facts import Checkpoint, Question, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.common.asking import Asking
    from shared.operations.common.facts import Ended, Running
    from shared.operations.migration.handles import Handles


@dataclass(frozen=True, kw_only=True)
class MachineFacts:
    """What the machine's region says of it."""

    checkpoint: Checkpoint | None
    executions_read: bool
    running: Running | None = None
    ended: Ended | None = None
    question: Question | None = None
    change: str = ""
    """Id of the last change of the weights that the newest execution asked for; empty: not known."""


def machine(handles: Handles, asking: Asking) -> MachineFacts:
    """Return what there is; None, with the reason in `asking`, for what the region does not say."""
    place = handles.target.region
    text = asking.ask(place, lambda: parameter(asking, place, handles.checkpoint_parameter))
    checkpoint = None if text is None else _checkpoint(text, handles, asking)
    found = machines.look(handles.machine, asking, place)
    running = found.running
    return MachineFacts(
        checkpoint=checkpoint,
        executions_read=found.read,
        running=running,
        ended=found.ended,
        question=_question(handles, asking, running) if running and running.waits else None,
        change=change_of(found.events),
    )


def change_of(events: list[dict[str, Any]]) -> str:
    """Return the id of the last change of records among the events, the newest first; or nothing."""
    for event in events:
        details = event.get("taskSucceededEventDetails", {})
        if details.get("resource") == "changeResourceRecordSets":
            change = as_object(details.get("output", "{}")).get("ChangeInfo", {}).get("Id", "")
            return str(change).removeprefix("/change/")
    return ""


def _checkpoint(text: str, handles: Handles, asking: Asking) -> Checkpoint | None:
    document = as_object(text)
    if not isinstance(document.get("stage"), str):
        asking.unread.append(f"{handles.checkpoint_parameter} is no checkpoint: {text[:100]}")
        return None
    found = document.get("found") or {}
    return Checkpoint(
        stage=document["stage"],
        execution=str(document.get("execution", "")),
        found_weights=_weights(found.get("weights")),
        found_writer=str(found.get("writer", "")),
        weights=_weights(document.get("weights")),
        phase=round(document.get("phase") or 0),
        reason=str(document.get("reason", "")),
        at=str(document.get("at", "")),
    )


def _weights(document: Mapping[str, int] | None) -> Weights | None:
    return Weights(source=document["source"], target=document["target"]) if document else None


def _question(handles: Handles, asking: Asking, running: Running) -> Question | None:
    """Return the open question; an answer to that of another execution would reach nobody."""
    place = handles.target.region
    text = asking.ask(place, lambda: parameter(asking, place, handles.approval_parameter))
    document = as_object(text or "{}")
    if document.get("execution") != running.arn:
        return None
    return Question(
        kind=str(document["question"]),
        phase=round(document.get("phase") or 0),
        reasons=tuple(document.get("reasons") or ()),
        asked_at=str(document.get("asked_at", "")),
        token=document["token"],
    )
