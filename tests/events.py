"""Events as AWS documents them, and EventBridge's matching as far as our patterns need it.

DMS: user guide, "Working with Amazon EventBridge events" (the sample, and the categories beside it).
CloudWatch:
user guide, "Alarm events and EventBridge", the sample of a single metric's alarm.
"""

from __future__ import annotations

from typing import Any

TASK = "arn:aws:dms:us-east-1:012345678901:task:AAAABBBB0CCCCDDDDEEEEE1FFFF2GGG3FFFFFF3"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm-lag-source-db1234"

Event = dict[str, Any]

TASK_STARTED: Event = {
    "version": "0",
    "id": "11a11b11-222b-333a-44d4-01234a5b67890",
    "detail-type": "DMS Replication Task State Change",
    "source": "aws.dms",
    "account": "0123456789012",
    "time": "1970-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [TASK],
    "detail": {
        "type": "ReplicationTask",
        "category": "StateChange",
        "eventType": "REPLICATION_TASK_STARTED",
        "eventName": "DMS-EVENT-0069",
        "resourceLink": "https://console.aws.amazon.com/dms/v2/home?region=us-east-1#taskDetails/taskName",
        "detailMessage": "Replication task started, with flag = fresh start",
    },
}
#: As people receive it: `type` is written otherwise than in the document, and `eventId` is there.
TASK_STOPPED: Event = {
    **TASK_STARTED,
    "detail": {
        "type": "REPLICATION_TASK",
        "category": "StateChange",
        "eventType": "REPLICATION_TASK_STOPPED",
        "eventId": "DMS-EVENT-0079",
        "detailMessage": "Stop Reason NORMAL",
    },
}
INSTANCE_FAILED: Event = {
    **TASK_STARTED,
    "detail-type": "DMS Replication Instance State Change",
    "resources": ["arn:aws:dms:us-east-1:012345678901:rep:AAAABBBB0CCCCDDDDEEEEE1FFFF2GGG3FFFFFF3"],
    "detail": {"type": "ReplicationInstance", "category": "Failure", "eventType": "FAILED"},
}
ALARM_OK: Event = {
    "version": "0",
    "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    "source": "aws.cloudwatch",
    "account": "123456789012",
    "time": "2019-10-02T17:04:40Z",
    "region": "us-east-1",
    "resources": [ALARM],
    "detail": {
        "alarmName": "alarm-lag-source-db1234",
        "configuration": {"description": "DMS is behind"},
        "previousState": {"value": "ALARM"},
        "state": {"reason": "Threshold Crossed", "value": "OK"},
    },
}


def matches(pattern: Any, event: Any) -> bool:
    """Say whether a pattern of exact values matches: an array in the event, if any of its values does."""
    for key, wanted in pattern.items():
        found = event.get(key)
        if isinstance(wanted, dict):
            if not isinstance(found, dict) or not matches(wanted, found):
                return False
        elif not set(wanted) & set(found if isinstance(found, list) else [found]):
            return False
    return True
