"""Builders of tasks that call AWS themselves: a parameter that is written, a message that is sent."""

from __future__ import annotations

from modules.machine.states import State, catch, js, retry

_PASSING = ["States.TaskFailed", "States.Timeout"]
#: How long one call may take. Both answer within a second.
CALL_SECONDS = 60


def put_parameter(
    name: str, document: str, *, then: str, failed: State, seconds: int = CALL_SECONDS, attempts: int = 5
) -> State:
    """Return a task that writes a document (JSONata: an object) into a parameter of type String.

    `seconds` is one attempt's time-out; `failed` is the catcher when all are used up.
    """
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
        "Arguments": {
            "Name": name,
            "Type": "String",
            "Overwrite": True,
            "Value": js(f"$string({document})"),
        },
        "TimeoutSeconds": seconds,
        "Retry": [retry(_PASSING, seconds=1, attempts=attempts)],
        "Catch": [failed],
        "Next": then,
    }


def publish(
    topic_arn: str,
    subject: str,
    document: str,
    *,
    then: str,
    seconds: int = CALL_SECONDS,
    attempts: int = 3,
) -> State:
    """Return a task that sends a document (JSONata: an object) to a topic.

    A message that is lost stops nothing: it goes on at `then` all the same.
    """
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Arguments": {
            "TopicArn": topic_arn,
            "Subject": subject,
            "Message": js(f"$string({document})"),
        },
        "TimeoutSeconds": seconds,
        "Retry": [retry(_PASSING, seconds=1, attempts=attempts)],
        "Catch": [catch(then)],
        "Next": then,
    }
