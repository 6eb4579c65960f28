"""DMS's tasks and instances are described as SDKs can read them."""

import pytest
import requests
from botocore.exceptions import ClientError

SCOPE = "20260101/us-east-1/dms/aws4_request"
ARN = "arn:aws:dms:us-east-1:123456789012"


def made(aws, **further):
    return aws.client("dms").create_replication_task(
        ReplicationTaskIdentifier="task-forward-x1",
        SourceEndpointArn=f"{ARN}:endpoint:source",
        TargetEndpointArn=f"{ARN}:endpoint:target",
        ReplicationInstanceArn=f"{ARN}:rep:instance",
        MigrationType="cdc",
        TableMappings="{}",
        ReplicationTaskSettings="{}",
        Tags=[{"Key": "a", "Value": "b"}],
        **further,
    )["ReplicationTask"]


def test_a_task_is_ready_when_it_was_made(aws):
    assert made(aws)["Status"] == "ready"


def test_the_resource_identifier_is_the_end_of_the_arn_and_keeps_the_tags(aws):
    task = made(aws, ResourceIdentifier="my-end")
    assert task["ReplicationTaskArn"] == f"{ARN}:task:my-end"
    dms = aws.client("dms")
    found = dms.list_tags_for_resource(ResourceArn=f"{ARN}:task:my-end")["TagList"]
    assert [(tag["Key"], tag["Value"]) for tag in found] == [("a", "b")]


def test_times_are_numbers_on_the_wire(aws):
    task = made(aws)
    dms = aws.client("dms")
    dms.start_replication_task(
        ReplicationTaskArn=task["ReplicationTaskArn"], StartReplicationTaskType="start-replication"
    )
    dms.create_replication_instance(
        ReplicationInstanceIdentifier="i", ReplicationInstanceClass="dms.r5.large"
    )
    for action, key, time in (
        ("DescribeReplicationTasks", "ReplicationTasks", "ReplicationTaskCreationDate"),
        ("DescribeReplicationInstances", "ReplicationInstances", "InstanceCreateTime"),
    ):
        raw = requests.post(
            aws.server.endpoint,
            data="{}",
            headers={
                "X-Amz-Target": f"AmazonDMSv20160101.{action}",
                "Content-Type": "application/x-amz-json-1.1",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE00000/{SCOPE}",
            },
            timeout=10,
        ).json()
        (found,) = raw[key]
        assert isinstance(found[time], float)


def test_a_task_is_changed_while_it_does_not_run(aws):
    dms, arn = aws.client("dms"), made(aws)["ReplicationTaskArn"]
    changed = dms.modify_replication_task(ReplicationTaskArn=arn, TableMappings='{"rules": []}')
    assert changed["ReplicationTask"]["TableMappings"] == '{"rules": []}'
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        dms.modify_replication_task(ReplicationTaskArn=f"{arn}-other", TableMappings="{}")
