"""The state machine: what runs, what has ended, the checkpoint, and the question that is open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.operations.migration.facts import Checkpoint, Ended, Question, Running, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.migration.handles import Handles
    from shared.operations.migration.reads.asking import Asking

#: Newest events of an execution: enough for the present state and the last change of the weights, while
#: a long watch of the writer goes on.
_EVENTS = 200
_EXECUTIONS = 20
_ENDED = {"TaskSucceeded", "TaskFailed", "TaskTimedOut"}


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
    text = asking.ask(place, lambda: _parameter(handles, asking, handles.checkpoint_parameter))
    checkpoint = None if text is None else _checkpoint(text, handles, asking)
    machine_client = asking.client("stepfunctions", place)
    listed = asking.ask(place, lambda: executions(machine_client, handles.state_machine_arn))
    if listed is None:
        return MachineFacts(checkpoint=checkpoint, executions_read=False)
    runs = [one for one in listed if one["status"] == "RUNNING"]
    ends = [one for one in listed if one["status"] != "RUNNING"]
    newest = (runs or ends)[:1]
    events = asking.ask(place, lambda: _events(machine_client, newest[0]["executionArn"])) if newest else None
    running = running_of(runs[0], events or []) if runs else None
    return MachineFacts(
        checkpoint=checkpoint,
        executions_read=True,
        running=running,
        ended=asking.ask(place, lambda: ended(machine_client, ends[0]["executionArn"])) if ends else None,
        question=_question(handles, asking, running) if running and running.waits else None,
        change=change_of(events or []),
    )


def ended(client: Any, arn: str) -> Ended | None:
    """Return how an execution ended; None while it runs. Raises botocore's errors."""
    found = client.describe_execution(executionArn=arn)
    if found["status"] == "RUNNING":
        return None
    output = _object(found.get("output", "{}"))
    return Ended(
        arn=arn,
        name=found["name"],
        status=found["status"],
        outcome=str(output.get("outcome", "")),
        error=found.get("error", ""),
        cause=found.get("cause", ""),
        at=found.get("stopDate"),
    )


def running_of(execution: Mapping[str, Any], events: list[dict[str, Any]]) -> Running:
    """Return where an execution stands, by its events, the newest first."""
    waits, state, since = False, "", execution["startDate"]
    answered = False
    for event in events:
        answered = answered or event["type"] in _ENDED
        # the task's own call succeeded, and its answer is awaited
        waits = waits or (event["type"] == "TaskSubmitted" and not answered)
        if "stateEnteredEventDetails" in event:
            state, since = event["stateEnteredEventDetails"]["name"], event["timestamp"]
            break
    return Running(
        arn=execution["executionArn"], name=execution["name"], state=state, since=since, waits=waits
    )


def change_of(events: list[dict[str, Any]]) -> str:
    """Return the id of the last change of records among the events, the newest first; or nothing."""
    for event in events:
        details = event.get("taskSucceededEventDetails", {})
        if details.get("resource") == "changeResourceRecordSets":
            change = _object(details.get("output", "{}")).get("ChangeInfo", {}).get("Id", "")
            return str(change).removeprefix("/change/")
    return ""


def _parameter(handles: Handles, asking: Asking, name: str) -> str:
    ssm = asking.client("ssm", handles.target.region)
    return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])


def executions(client: Any, machine_arn: str) -> list[dict[str, Any]]:
    """Return the newest executions, the newest first. Raises botocore's errors."""
    listed = client.list_executions(stateMachineArn=machine_arn, maxResults=_EXECUTIONS)["executions"]
    return sorted(listed, key=lambda one: one["startDate"], reverse=True)


def _events(client: Any, arn: str) -> list[dict[str, Any]]:
    answer = client.get_execution_history(executionArn=arn, maxResults=_EVENTS, reverseOrder=True)
    return list(answer["events"])


def _checkpoint(text: str, handles: Handles, asking: Asking) -> Checkpoint | None:
    document = _object(text)
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
    text = asking.ask(place, lambda: _parameter(handles, asking, handles.approval_parameter))
    document = _object(text or "{}")
    if document.get("execution") != running.arn:
        return None
    return Question(
        kind=str(document["question"]),
        phase=round(document.get("phase") or 0),
        reasons=tuple(document.get("reasons") or ()),
        asked_at=str(document.get("asked_at", "")),
        token=document["token"],
    )


def _object(text: str) -> dict[str, Any]:
    """Return the JSON object in a text; an empty one when there is none."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
