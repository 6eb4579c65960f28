"""What DMS says, and what is made of it when it knows nothing of what is asked about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shared.operations.cutover.facts import Task
from shared.operations.cutover.reads import dms

ARN = "arn:aws:dms:us-east-1:123456789012:task:ONE"
HANDLES: Any = SimpleNamespace(instance_arn="arn:aws:dms:us-east-1:123456789012:rep:ONE")


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "dms", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def test_a_task_that_dms_does_not_know_is_missing(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("describe_replication_tasks", "ResourceNotFoundFault")
        stub.add_response("describe_replication_tasks", {"ReplicationTasks": []})
        assert [dms.task(client, ARN) for _ in range(2)] == [Task(status="missing")] * 2


def test_a_connection_that_was_never_tested_is_untested(client: Any) -> None:
    other = {"Connections": [{"EndpointArn": "another", "Status": "successful"}]}
    with Stubber(client) as stub:
        stub.add_client_error("describe_connections", "ResourceNotFoundFault")
        stub.add_response("describe_connections", {"Connections": []})
        stub.add_response("describe_connections", other)
        found = [dms.connection(client, HANDLES, "endpoint") for _ in range(3)]
    assert found == [("untested", "")] * 3
