"""EventBridge rules and their targets."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_alarm_evaluation import listen, only, received
from tests.rehearsal.waiting import until

PATTERN = {"source": ["payments"]}
ROLE = "arn:aws:iam::123456789012:role/role"


def rule(aws: Aws, *targets: dict[str, Any], **arguments: Any) -> None:
    events = aws.client("events")
    events.put_rule(**{"Name": "rule", "EventPattern": json.dumps(PATTERN), **arguments})
    events.put_targets(
        Rule="rule", Targets=[{"Id": str(number), **target} for number, target in enumerate(targets)]
    )


def emit(aws: Aws, source: str = "payments") -> None:
    entry = {"Source": source, "DetailType": "paid", "Detail": json.dumps({"amount": 5}), "Resources": ["r"]}
    answer = aws.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0


def queue_arn(url: str, region: str = "us-east-1") -> str:
    return f"arn:aws:sqs:{region}:123456789012:{url.rsplit('/', maxsplit=1)[-1]}"


def test_a_topic_gets_the_event_as_it_is(aws: Aws) -> None:
    topic, queue = listen(aws)
    rule(aws, {"Arn": topic})
    emit(aws, "somebody else")
    emit(aws)
    note = only(received(aws, queue))
    event = json.loads(note["Message"])
    assert set(event) == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    }  # fmt: skip
    assert (event["account"], event["detail"], event["resources"]) == ("123456789012", {"amount": 5}, ["r"])
    assert event["time"].endswith("Z")


def test_a_queue_of_another_region_gets_what_the_target_says(aws: Aws) -> None:
    url = aws.client("sqs", "eu-west-1").create_queue(QueueName="there")["QueueUrl"]
    arn = queue_arn(url, "eu-west-1")
    template = {"InputPathsMap": {"sum": "$.detail.amount"}, "InputTemplate": '{"paid": <sum>}'}
    rule(
        aws,
        {"Arn": arn, "Input": '{"constant": true}'},
        {"Arn": arn, "InputPath": "$.detail"},
        {"Arn": arn, "InputTransformer": template},
    )
    emit(aws)
    found = aws.client("sqs", "eu-west-1").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    bodies = [json.loads(one["Body"]) for one in found]
    assert bodies == [{"constant": True}, {"amount": 5}, {"paid": 5}]


def test_a_rule_that_is_off_or_has_no_pattern_delivers_nothing(aws: Aws) -> None:
    url = aws.client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
    rule(aws, {"Arn": queue_arn(url)}, State="DISABLED")
    emit(aws)
    assert received(aws, url) == []
    aws.client("events").put_rule(Name="clock", ScheduleExpression="rate(5 minutes)")
    aws.client("events").put_targets(Rule="clock", Targets=[{"Id": "q", "Arn": queue_arn(url)}])
    emit(aws)
    assert received(aws, url) == []


def test_a_state_machine_is_started_with_the_event(aws: Aws) -> None:
    machines = aws.client("stepfunctions")
    arn = machines.create_state_machine(
        name="m",
        roleArn=ROLE,
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}),
    )["stateMachineArn"]
    rule(aws, {"Arn": arn, "RoleArn": ROLE})
    emit(aws)
    [execution] = until(lambda: machines.list_executions(stateMachineArn=arn)["executions"])
    described = machines.describe_execution(executionArn=execution["executionArn"])
    assert json.loads(described["input"])["detail"] == {"amount": 5}


def test_a_function_is_called_with_the_event(extended: Aws) -> None:
    url = extended.client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
    code = (
        "import boto3, json\n"
        "def handle(event, context):\n"
        f"    boto3.client('sqs').send_message(QueueUrl={url!r}, MessageBody=json.dumps(event))\n"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("code.py", code)
    trust = {"Version": "2012-10-17", "Statement": []}
    role = extended.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))
    function = extended.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="code.handle",
        Timeout=30,
        Code={"ZipFile": packed.getvalue()},
    )
    rule(extended, {"Arn": function["FunctionArn"]})
    emit(extended)
    [event] = until(lambda: received(extended, url))
    assert event["detail"] == {"amount": 5}


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sns:us-east-1:123456789012:nobody",
        "arn:aws:sqs:us-east-1:123456789012:nobody",
        "arn:aws:states:us-east-1:123456789012:stateMachine:nobody",
    ],
)
def test_a_target_that_is_gone_loses_the_event_and_no_more(extended: Aws, arn: str) -> None:
    rule(extended, {"Arn": arn})
    emit(extended)
    until(lambda: f"an event for {arn} was lost" in extended.server.log.read_text())


def test_a_log_group_is_still_served(extended: Aws) -> None:
    logs = extended.client("logs")
    logs.create_log_group(logGroupName="/events")
    rule(extended, {"Arn": "arn:aws:logs:us-east-1:123456789012:log-group:/events"})
    emit(extended)
    [stream] = logs.describe_log_streams(logGroupName="/events")["logStreams"]
    found = logs.get_log_events(logGroupName="/events", logStreamName=stream["logStreamName"])["events"]
    assert json.loads(found[0]["message"])["detail"] == {"amount": 5}
