"""The configuration of functions."""

from typing import Any

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def configuration(aws: Aws) -> dict[str, Any]:
    found = aws.client("lambda", REGION).get_function_configuration(FunctionName="function-start")
    return {
        name: found.get(name) for name in ("LoggingConfig", "DeadLetterConfig", "TracingConfig", "KMSKeyArn")
    }


def test_logging_and_the_dead_letter_queue_are_kept(aws: Aws) -> None:
    logging = {"LogFormat": "JSON", "LogGroup": "/mine"}
    create(aws, "", LoggingConfig=logging, DeadLetterConfig={"TargetArn": QUEUE})
    found = configuration(aws)
    assert found["LoggingConfig"] == logging
    assert found["DeadLetterConfig"] == {"TargetArn": QUEUE}


def test_changes_are_taken_and_the_rest_stays(aws: Aws) -> None:
    create(aws, "", DeadLetterConfig={"TargetArn": QUEUE}, KMSKeyArn=KEY)
    client = aws.client("lambda", REGION)
    client.update_function_configuration(
        FunctionName="function-start", TracingConfig={"Mode": "Active"}, DeadLetterConfig={"TargetArn": ""}
    )
    assert configuration(aws) == {
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/function-start"},
        "DeadLetterConfig": None,
        "TracingConfig": {"Mode": "Active"},
        "KMSKeyArn": KEY,
    }


def test_a_function_logs_where_it_is_told(extended: Aws) -> None:
    logs = extended.client("logs", REGION)
    logs.create_log_group(logGroupName="/mine")
    create(extended, "def handle(e, c): print(c.log_group_name)", LoggingConfig={"LogGroup": "/mine"})
    extended.client("lambda", REGION).invoke(FunctionName="function-start")
    events = logs.filter_log_events(logGroupName="/mine")["events"]
    assert events[0]["message"] == "/mine"
