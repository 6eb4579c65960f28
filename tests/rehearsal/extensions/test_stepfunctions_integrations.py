"""Tasks of state machines."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.machines import REGION, SDK, SUCCEED, failure, output, task

RESULT = "{% $states.result %}"


def result(aws: Aws, resource: str, arguments: Any, document: Any = None) -> Any:
    return output(aws, {"Only": task(resource, arguments, Output=RESULT)}, document)


def create_zone(aws: Aws) -> str:
    made = aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def shift(zone: str, **record: Any) -> dict[str, Any]:
    alias = {
        "HostedZoneId": "Z35SXDOTRQ7X7K",
        "DnsName": "a.us-east-1.elb.amazonaws.com",
        "EvaluateTargetHealth": True,
    }
    wanted = {"Name": "api.example.com", "Type": "A", "SetIdentifier": "us", "AliasTarget": alias, **record}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": wanted}]
    return {"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}}


def test_weights_are_shifted_and_read_with_awss_names(aws: Aws) -> None:
    zone = create_zone(aws)
    states = {
        "Shift": {
            **task(
                f"{SDK}route53:changeResourceRecordSets", shift(zone, Weight="{% $states.input.weight %}")
            ),
            "Assign": {"change": "{% $states.result.ChangeInfo %}"},
            "Next": "Propagated",
        },
        "Propagated": {
            **task(f"{SDK}route53:getChange", {"Id": "{% $change.Id %}"}),
            "Assign": {"status": "{% $states.result.ChangeInfo.Status %}"},
            "Next": "Read",
        },
        "Read": task(
            f"{SDK}route53:listResourceRecordSets",
            {"HostedZoneId": zone, "StartRecordName": "api.example.com", "StartRecordType": "A"},
            Output={
                "status": "{% $status %}",
                "at": "{% $change.SubmittedAt %}",
                "records": "{% $states.result.ResourceRecordSets %}",
            },
        ),
    }
    del states["Shift"]["End"], states["Propagated"]["End"]
    found = output(aws, states, {"weight": 25})
    assert found["status"] == "INSYNC"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", found["at"])
    [record] = [one for one in found["records"] if one["Type"] == "A"]
    assert (record["Weight"], record["AliasTarget"]["DnsName"]) == (25, "a.us-east-1.elb.amazonaws.com")


@pytest.mark.parametrize("field", ["TTL", "ttl"])
def test_the_apis_own_case_is_refused_in_an_expression(extended: Aws, field: str) -> None:
    arguments = f"{{% {json.dumps(shift(create_zone(extended), **{field: 5}))} %}}"
    error, cause = failure(extended, {"Only": task(f"{SDK}route53:changeResourceRecordSets", arguments)})
    assert error == "States.Runtime"
    assert f"The field '{field}' is not supported by Step Functions" in cause


def test_tasks_are_in_the_machines_account_and_region(extended: Aws) -> None:
    assert result(extended, f"{SDK}sts:getCallerIdentity", {})["Account"] == ACCOUNT
    put = {"Name": "/a", "Value": {"a": 1}, "Type": "String"}
    assert result(extended, f"{SDK}ssm:putParameter", put)["Version"] == 1
    found = result(extended, f"{SDK}ssm:getParameter", {"Name": "/a"})["Parameter"]
    assert found["Arn"] == f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a"
    assert found["Value"] == '{"a":1}'


def test_errors_are_caught_and_retried_by_awss_names(aws: Aws) -> None:
    states = {
        "Read": {
            **task(f"{SDK}ssm:getParameter", {"Name": "/nobody"}),
            "Retry": [
                {"ErrorEquals": ["Ssm.ParameterNotFoundException"], "IntervalSeconds": 1, "MaxAttempts": 1}
            ],
            "Catch": [
                {"ErrorEquals": ["Ssm.ParameterAlreadyExistsException"], "Next": "Wrong"},
                {
                    "ErrorEquals": ["Ssm.ParameterNotFoundException"],
                    "Assign": {"error": "{% $states.errorOutput.Error %}", "in": "{% $states.input.key %}"},
                    "Output": {"cause": "{% $states.errorOutput.Cause %}"},
                    "Next": "Zone",
                },
            ],
        },
        "Zone": {
            **task(f"{SDK}route53:changeResourceRecordSets", shift("ZNOBODY", Weight=1)),
            "Catch": [
                {
                    "ErrorEquals": ["Route53.NoSuchHostedZoneException"],
                    "Output": "{% [$error, $in, $states.errorOutput.Error, $states.input.cause] %}",
                    "Next": "Done",
                }
            ],
        },
        "Done": SUCCEED,
        "Wrong": {"Type": "Fail"},
    }
    error, given, second, cause = output(aws, states, {"key": "k"})
    assert (error, given) == ("Ssm.ParameterNotFoundException", "k")
    assert second == "Route53.NoSuchHostedZoneException"
    assert re.search(r"\(Service: Ssm, Status Code: 400, Request ID: .+\)", cause)


@pytest.mark.parametrize(
    ("resource", "arguments", "timeout", "names", "caught"),
    [
        ("ssm:getParameter", {"Name": "/nobody"}, 5, "States.TaskFailed", True),
        ("ssm:getParameter", {"Name": "/nobody"}, 5, "States.ALL", True),
        ("ssm:getParameter", "{% {'name': 'x'} %}", 5, "States.ALL", False),
        ("ssm:getParameter", "{% {'name': 'x'} %}", 5, "States.TaskFailed", False),
        ("ssm:putParameter.waitForTaskToken", "put", 1, "States.ALL", True),
        ("ssm:putParameter.waitForTaskToken", "put", 1, "States.Timeout", True),
        ("ssm:putParameter.waitForTaskToken", "put", 1, "States.TaskFailed", False),
    ],
)
def test_what_the_wildcards_match(
    extended: Aws, resource: str, arguments: Any, timeout: int, names: str, *, caught: bool
) -> None:
    put = {"Name": "/t", "Type": "String", "Value": "{% $states.context.Task.Token %}"}
    catch = [{"ErrorEquals": [names], "Next": "Done"}]
    only = task(SDK + resource, put if arguments == "put" else arguments, TimeoutSeconds=timeout, Catch=catch)
    states = {"Only": only, "Done": SUCCEED}
    if caught:
        assert "Error" in output(extended, states)
    else:
        failure(extended, states)


def test_every_kind_of_value_is_translated(extended: Aws) -> None:
    attributes = {"Attributes": {"DelaySeconds": 5}, "QueueName": "q"}
    address = result(extended, f"{SDK}sqs:createQueue", attributes)["QueueUrl"]
    asked = {"QueueUrl": address, "AttributeNames": ["DelaySeconds"]}
    assert result(extended, f"{SDK}sqs:getQueueAttributes", asked) == {"Attributes": {"DelaySeconds": "5"}}
    assert result(extended, f"{SDK}sqs:deleteQueue", {"QueueUrl": address}) == {}
    assert result(extended, f"{SDK}ec2:describeRegions", {})["Regions"]
    extended.client("s3", REGION).create_bucket(
        Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    result(extended, f"{SDK}s3:putObject", {"Bucket": "bucket", "Key": "k", "Body": {"a": 1}})
    assert result(extended, f"{SDK}s3:getObject", {"Bucket": "bucket", "Key": "k"})["Body"] == '{"a":1}'


def test_an_action_without_parameters_takes_none(extended: Aws) -> None:
    assert result(extended, f"{SDK}sqs:listQueues", {}) == {}
    with pytest.raises(ClientError, match="The field 'Nobody' is not supported"):
        result(extended, f"{SDK}sts:getCallerIdentity", {"Nobody": 1})


def test_clusters_are_asked_with_awss_names(aws: Aws) -> None:
    aws.client("rds", REGION).create_db_cluster(
        DBClusterIdentifier="c",
        Engine="aurora-mysql",
        MasterUsername="admin",
        MasterUserPassword="password1",
    )
    found = result(aws, f"{SDK}rds:describeDBClusters", {"DbClusterIdentifier": "c"})
    assert found["DbClusters"][0]["DbClusterArn"] == f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:c"
    missing = {"Only": task(f"{SDK}rds:describeDBClusters", {"DbClusterIdentifier": "nobody"})}
    assert failure(aws, missing)[0] == "Rds.DbClusterNotFoundException"


def test_the_optimised_integrations_work(extended: Aws) -> None:
    sqs, sns = extended.client("sqs", REGION), extended.client("sns", REGION)
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    extended.client("dynamodb", REGION).create_table(
        TableName="log",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    message = {"event": "started", "phase": "{% $states.input.phase %}"}
    result(extended, "arn:aws:states:::sns:publish", {"TopicArn": topic, "Message": message}, {"phase": 25})
    sent = {"QueueUrl": queue, "MessageBody": message}
    result(extended, "arn:aws:states:::sqs:sendMessage", sent, {"phase": 50})
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert sorted(json.loads(one["Body"])["phase"] for one in received) == [25, 50]
    entry = {"Source": "x", "DetailType": "y", "Detail": {"a": 1}}
    assert (
        result(extended, "arn:aws:states:::events:putEvents", {"Entries": [entry]})["FailedEntryCount"] == 0
    )
    item = {"TableName": "log", "Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_exists(pk)"}
    refused = {"Only": task("arn:aws:states:::dynamodb:putItem", item)}
    assert failure(extended, refused)[0] == "DynamoDB.ConditionalCheckFailedException"
