"""Events as AWS documents them, and whether a pattern of EventBridge lets one through.

DMS: user guide, "Working with Amazon EventBridge events". CloudWatch: user guide, "Alarm events and
EventBridge". The `resources` are put in by who asks, because a pattern names ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.policy.values import items

_TASK = "DMS Replication Task State Change"
_INSTANCE = "DMS Replication Instance State Change"
_ALARM = "CloudWatch Alarm State Change"

SAMPLES: tuple[Mapping[str, Any], ...] = (
    {
        "source": "aws.dms",
        "detail-type": _TASK,
        "detail": {
            "type": "ReplicationTask",
            "category": "StateChange",
            "eventType": "REPLICATION_TASK_STARTED",
        },
    },
    {
        "source": "aws.dms",
        "detail-type": _TASK,
        "detail": {
            "type": "REPLICATION_TASK",
            "category": "StateChange",
            "eventType": "REPLICATION_TASK_STOPPED",
        },
    },
    {
        "source": "aws.dms",
        "detail-type": _TASK,
        "detail": {"type": "REPLICATION_TASK", "category": "Failure", "eventType": "REPLICATION_TASK_FAILED"},
    },
    {
        "source": "aws.dms",
        "detail-type": _INSTANCE,
        "detail": {"type": "ReplicationInstance", "category": "Failure", "eventType": "FAILED"},
    },
    {
        "source": "aws.cloudwatch",
        "detail-type": _ALARM,
        "detail": {"previousState": {"value": "ALARM"}, "state": {"value": "OK"}},
    },
    {
        "source": "aws.cloudwatch",
        "detail-type": _ALARM,
        "detail": {"previousState": {"value": "OK"}, "state": {"value": "ALARM"}},
    },
)


def matches(pattern: Any, event: Any) -> bool:
    """Return whether a pattern lets an event through: values, prefixes and exclusions are understood.

    Another kind of filter (numbers, addresses) lets nothing through, so that it is looked at by a person.
    """
    if not isinstance(pattern, Mapping) or not isinstance(event, Mapping):
        return False
    return all(_field(wanted, event.get(key)) for key, wanted in pattern.items())


def _field(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        return matches(wanted, found)
    return any(_value(choice, each) for choice in items(wanted) for each in items(found))


def _value(choice: Any, found: Any) -> bool:
    if not isinstance(choice, Mapping):
        return bool(choice == found)
    if "prefix" in choice:
        return str(found).startswith(str(choice["prefix"]))
    if "anything-but" in choice:
        return found not in items(choice["anything-but"])
    return choice == {"exists": True}
