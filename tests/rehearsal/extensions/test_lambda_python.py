"""Functions in Python."""

import base64
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import ACCOUNT, Aws, serve
from tests.rehearsal.extensions.functions import create, package
from tests.rehearsal.extensions.machines import REGION, SUCCEED, failure, output, task

INVOKE = "arn:aws:states:::lambda:invoke"

ABOUT = """
import os
import boto3
from .other import WORD

def handle(event, context):
    print("asked for", event)
    return {
        "account": boto3.client("sts").get_caller_identity()["Account"],
        "region": boto3.client("sts").meta.region_name,
        "word": WORD,
        "config": os.environ["CONFIG"],
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
        "event": event,
    }
"""


def invoke(aws: Aws, event: Any = None, **fields: Any) -> tuple[str, Any]:
    payload = json.dumps(event)
    answer = aws.client("lambda", REGION).invoke(FunctionName="function-start", Payload=payload, **fields)
    return answer.get("FunctionError", ""), json.loads(answer["Payload"].read() or "null")


def test_a_function_runs_with_its_package_its_environment_and_this_aws(aws: Aws) -> None:
    create(aws, ABOUT, Environment={"Variables": {"CONFIG": '{"a": 1}'}})
    error, answer = invoke(aws, {"n": [1]})
    assert not error
    assert 0 < answer.pop("left") <= 30_000
    assert answer == {
        "account": ACCOUNT,
        "region": REGION,
        "word": "other",
        "config": '{"a": 1}',
        "name": "function-start",
        "arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function-start",
        "event": {"n": [1]},
    }


def test_a_machine_calls_a_function_and_catches_its_exception_by_class(aws: Aws) -> None:
    create(
        aws,
        "class InputRefused(Exception): ...\n"
        "def handle(event, context):\n"
        "    if event['phases'] == [0]: raise InputRefused('too small\\ntoo few')\n"
        "    return {'go': 'shift', 'steps': event['phases']}\n",
    )
    catch = {
        "ErrorEquals": ["InputRefused"],
        "Output": "{% $parse($states.errorOutput.Cause).errorMessage %}",
        "Next": "Done",
    }
    arguments = {"FunctionName": "function-start", "Payload": {"phases": "{% $states.input.phases %}"}}
    only = task(INVOKE, arguments, Output="{% $states.result.Payload %}", Catch=[catch])
    states = {"Only": only, "Done": SUCCEED}
    assert output(aws, states, {"phases": [25, 50]}) == {"go": "shift", "steps": [25, 50]}
    assert output(aws, states, {"phases": [0]}) == "too small\ntoo few"


FAULTS = {
    "Sandbox.Timedout": ("import time\ndef handle(event, context): time.sleep(60)", "timed out after 1.00"),
    "Runtime.ExitError": ("import sys\ndef handle(event, context): sys.exit(3)", "exit status 3"),
    "Runtime.ImportModuleError": ("import nobody", "No module named 'nobody'"),
    "Runtime.UserCodeSyntaxError": ("def handle(", "Syntax error in module 'start.handler'"),
    "Runtime.HandlerNotFound": ("", "Handler 'handle' missing on module 'start.handler'"),
    "Runtime.MarshalError": ("def handle(event, context): return {1}", "Unable to marshal response"),
    "KeyError": ("def handle(event, context): return event['nobody']", "'nobody'"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_goes_wrong_is_told_as_in_aws(extended: Aws, kind: str) -> None:
    code, said = FAULTS[kind]
    create(extended, code, Timeout=1)
    error, answer = invoke(extended, {})
    assert (error, answer["errorType"]) == ("Unhandled", kind)
    assert said in answer["errorMessage"]


def test_a_function_that_is_killed_says_so(extended: Aws) -> None:
    create(extended, "import os\ndef handle(event, context): os.kill(os.getpid(), 9)")
    assert invoke(extended)[1]["errorMessage"].endswith("Runtime exited with error: signal: SIGKILL")


def test_a_time_out_reaches_the_machine(aws: Aws) -> None:
    create(aws, "import time\ndef handle(event, context): time.sleep(300)", Timeout=1)
    states = {"Only": task(INVOKE, {"FunctionName": "function-start"})}
    began = time.monotonic()
    error, cause = failure(aws, states)
    assert error == "Sandbox.Timedout"
    assert json.loads(cause)["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert time.monotonic() - began < 200


def test_a_function_that_is_not_there_has_the_errors_name(extended: Aws) -> None:
    states = {"Only": task(INVOKE, {"FunctionName": "nobody"})}
    assert failure(extended, states)[0] == "Lambda.ResourceNotFoundException"


def test_a_handler_without_a_module_is_refused(extended: Aws) -> None:
    create(extended, "", handler="handle")
    assert invoke(extended)[1]["errorType"] == "Runtime.MalformedHandlerName"


def test_invocations_at_the_same_time_do_not_mix(extended: Aws) -> None:
    create(extended, "import time\ndef handle(event, context):\n    time.sleep(0.5)\n    return event")
    with ThreadPoolExecutor(4) as pool:
        assert [one[1] for one in pool.map(lambda n: invoke(extended, n), range(4))] == [0, 1, 2, 3]


def test_what_a_function_prints_is_in_its_log_group(extended: Aws) -> None:
    logs = extended.client("logs", REGION)
    create(extended, "def handle(event, context): print('one\\n\\ntwo')")
    assert invoke(extended) == ("", None)
    assert logs.describe_log_groups()["logGroups"] == []
    logs.create_log_group(logGroupName="/aws/lambda/function-start")
    tail = extended.client("lambda", REGION).invoke(FunctionName="function-start", LogType="Tail")
    assert base64.b64decode(tail["LogResult"]) == b"one\n\ntwo\n"
    assert tail["ExecutedVersion"] == "$LATEST"
    found = logs.filter_log_events(logGroupName="/aws/lambda/function-start")["events"]
    assert [one["message"].split(" ")[0] for one in found] == ["one", "two", "REPORT"]


def test_an_event_is_taken_and_run_later(extended: Aws) -> None:
    code = (
        "import boto3\ndef handle(event, context): boto3.client('sqs').create_queue(QueueName=event['name'])"
    )
    create(extended, code)
    extended.client("lambda", REGION).invoke(FunctionName="function-start", InvocationType="DryRun")
    answer = extended.client("lambda", REGION).invoke(
        FunctionName="function-start", InvocationType="Event", Payload=b'{"name": "made"}'
    )
    assert answer["StatusCode"] == 202
    sqs = extended.client("sqs", REGION)
    limit = time.monotonic() + 30
    while not sqs.list_queues().get("QueueUrls"):
        assert time.monotonic() < limit, "the function did not run"
        time.sleep(0.1)
    assert len(sqs.list_queues()["QueueUrls"]) == 1


def test_what_cannot_be_run_is_refused(extended: Aws) -> None:
    create(extended, "")
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        extended.client("lambda", REGION).invoke(FunctionName="function-start", Payload=b"{")
    extended.client("lambda", REGION).update_function_configuration(
        FunctionName="function-start", Runtime="nodejs22.x"
    )
    with pytest.raises(ClientError, match="does not run nodejs22"):
        invoke(extended)


def test_a_module_is_imported_once_and_anew_after_it_was_changed(extended: Aws) -> None:
    code = "calls = 0\ndef handle(event, context):\n    global calls\n    calls += 1\n    return calls\n"
    create(extended, code)
    assert [invoke(extended)[1] for _ in range(3)] == [1, 2, 3]
    extended.client("lambda", REGION).update_function_code(
        FunctionName="function-start", ZipFile=package(handler=code + "# changed", other="")
    )
    assert invoke(extended)[1] == 1
    extended.client("lambda", REGION).update_function_configuration(
        FunctionName="function-start", Environment={"Variables": {"A": "1"}}
    )
    assert invoke(extended)[1] == 1


def test_after_a_failure_of_the_process_the_next_one_is_new(extended: Aws) -> None:
    create(
        extended, "import os\ndef handle(event, context):\n    os._exit(3) if event else None\n    return 1\n"
    )
    assert invoke(extended)[1] == 1
    assert "exit status 3" in invoke(extended, {"end": True})[1]["errorMessage"]
    assert invoke(extended)[1] == 1


def test_nothing_is_left_of_the_processes_when_the_embedded_aws_has_ended(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    serving = serve(tmp_path_factory, "ended")
    aws = next(serving)
    create(aws, "def handle(event, context): return 1")
    assert invoke(aws)[1] == 1
    left = Path(tempfile.gettempdir())
    assert len(list(left.glob(f"lambda-{aws.server.port}-*"))) == 1
    assert list(serving) == []
    limit = time.monotonic() + 120
    while list(left.glob(f"lambda-{aws.server.port}-*")):
        assert time.monotonic() < limit
        time.sleep(0.05)
