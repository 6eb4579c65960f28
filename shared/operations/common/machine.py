"""A state machine, read: what runs, what has ended, in which state an execution is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.operations.common.facts import Ended, Running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.operations.common.asking import Asking

#: Newest events of an execution: enough for the present state and the last changes, while a long watch
#: of the writer goes on.
_EVENTS = 200
_EXECUTIONS = 20
_ENDED = {"TaskSucceeded", "TaskFailed", "TaskTimedOut"}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One state machine."""

    arn: str
    region: str
    prefix: str
    """What the names of its executions begin with."""


@dataclass(frozen=True, kw_only=True)
class Executions:
    """What a machine's region says of its executions."""

    read: bool
    """Whether it says anything."""
    running: Running | None = None
    ended: Ended | None = None
    """The last one that has ended."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """Of the newest execution, the newest first."""


def look(machine: Machine, asking: Asking, place: str) -> Executions:
    """Return what there is; nothing, with the reason under `place` in `asking`, when nobody says."""
    client = asking.client("stepfunctions", machine.region)
    listed = asking.ask(place, lambda: executions(client, machine.arn))
    if listed is None:
        return Executions(read=False)
    runs = [one for one in listed if one["status"] == "RUNNING"]
    ends = [one for one in listed if one["status"] != "RUNNING"]
    newest = (runs or ends)[:1]
    events = asking.ask(place, lambda: _events(client, newest[0]["executionArn"])) if newest else None
    return Executions(
        read=True,
        running=running_of(runs[0], events or []) if runs else None,
        ended=asking.ask(place, lambda: ended(client, ends[0]["executionArn"])) if ends else None,
        events=events or [],
    )


def ended(client: Any, arn: str) -> Ended | None:
    """Return how an execution ended; None while it runs. Raises botocore's errors."""
    found = client.describe_execution(executionArn=arn)
    if found["status"] == "RUNNING":
        return None
    output = as_object(found.get("output", "{}"))
    return Ended(
        arn=arn,
        name=found["name"],
        status=found["status"],
        outcome=str(output.get("outcome", "")),
        error=found.get("error", ""),
        cause=found.get("cause", ""),
        at=found.get("stopDate"),
        output=output,
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


def executions(client: Any, machine_arn: str) -> list[dict[str, Any]]:
    """Return the newest executions, the newest first. Raises botocore's errors."""
    listed = client.list_executions(stateMachineArn=machine_arn, maxResults=_EXECUTIONS)["executions"]
    return sorted(listed, key=lambda one: one["startDate"], reverse=True)


def parameter(asking: Asking, region: str, name: str) -> str:
    """Return the value of a parameter. Raises botocore's errors."""
    found = asking.client("ssm", region).get_parameter(Name=name, WithDecryption=True)
    return str(found["Parameter"]["Value"])


def as_object(text: str) -> dict[str, Any]:
    """Return the JSON object in a text; an empty one when there is none."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _events(client: Any, arn: str) -> list[dict[str, Any]]:
    answer = client.get_execution_history(executionArn=arn, maxResults=_EVENTS, reverseOrder=True)
    return list(answer["events"])
