"""What an event asks for: DMS's and CloudWatch's ask by having happened, a person says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .configuration import Configuration
from .errors import InputRefused

ACTIONS = ("assess", "cutover", "rollback")
TASK_EVENT = ("aws.dms", "DMS Replication Task State Change")
ALARM_EVENT = ("aws.cloudwatch", "CloudWatch Alarm State Change")
_LONGEST = 256


@dataclass(frozen=True, kw_only=True)
class Question:
    """One invocation."""

    action: str
    """`assess`, `cutover` or `rollback`; empty: the event is about something else."""
    by: str
    """Who asks: a person's name, or what happened."""
    person: bool


def parse(event: Any, configuration: Configuration) -> Question:
    """Return what is asked. Raises InputRefused for an event that is none of the known."""
    if not isinstance(event, dict):
        raise InputRefused([f"the event is no object: {event!r}"])
    kind = (event.get("source"), event.get("detail-type"))
    if kind == TASK_EVENT:
        return _task(event, configuration)
    if kind == ALARM_EVENT:
        return _alarm(event, configuration)
    return _person(event)


def _task(event: dict[str, Any], configuration: Configuration) -> Question:
    """Read DMS's event: `resources` has the task's ARN, `detail.eventType` what happened."""
    happened = str(_detail(event).get("eventType", "an event without a type"))
    ours = configuration.forward_task_arn in (event.get("resources") or ())
    return Question(action="cutover" if ours else "", by=f"DMS: {happened}", person=False)


def _alarm(event: dict[str, Any], configuration: Configuration) -> Question:
    """Read CloudWatch's event: only a lag alarm that is well again asks for anything."""
    detail = _detail(event)
    name, state = detail.get("alarmName"), detail.get("state")
    value = state.get("value") if isinstance(state, dict) else None
    asks = name in configuration.lag_alarms and value == "OK"
    return Question(action="cutover" if asks else "", by=f"CloudWatch: {name} is {value}", person=False)


def _detail(event: dict[str, Any]) -> dict[str, Any]:
    detail = event.get("detail")
    return detail if isinstance(detail, dict) else {}


def _person(event: dict[str, Any]) -> Question:
    problems = [
        f"{key}: there is no such key; there are action and by"
        for key in event
        if key not in ("action", "by")
    ]
    action, by = event.get("action"), event.get("by", "")
    if action not in ACTIONS:
        problems.append(f"action is {action!r}, none of {', '.join(ACTIONS)}")
    if not isinstance(by, str) or len(by) > _LONGEST:
        problems.append(f"by is no text of at most {_LONGEST} characters")
    elif action != "assess" and not by.strip():
        problems.append("by is missing: who says so?")
    if problems:
        raise InputRefused(problems)
    return Question(action=str(action), by=str(by), person=True)
