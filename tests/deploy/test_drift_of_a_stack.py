"""`drift` with the real Terraform and the real AWS provider: a small stack on the embedded AWS."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from shared.deploy import opening
from shared.deploy.owners import MIGRATION
from shared.deploy.report import RunReport
from shared.rehearsal.embedded import EmbeddedAws
from shared.rehearsal.environment import inside
from tests.deploy.stacks import BUCKET, REGION, Stack, World, ends

STACK = f"{REGION}/payments"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}'
#: A stack's own policy of its role is read into the role only after the apply: no drift.
RESOURCES: dict[str, Any] = {
    "aws_sqs_queue": {"payments": {"name": "payments", "visibility_timeout_seconds": 30}},
    "aws_ssm_parameter": {
        "checkpoint": {
            "name": "/migration/x1/checkpoint",
            "type": "String",
            "value": "none",
            "lifecycle": {"ignore_changes": ["value"]},
        }
    },
    "aws_iam_role": {
        "worker": {"name": "worker", "assume_role_policy": '{"Version": "2012-10-17", "Statement": []}'}
    },
    "aws_iam_role_policy": {
        "own": {
            "name": "own",
            "role": "${aws_iam_role.worker.id}",
            "policy": POLICY,
        }
    },
}


@pytest.fixture(scope="module")
def deployed(server: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The stack as it was applied; a test puts back what it changed."""
    server.reset()
    with inside(server.endpoint):
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        folder = tmp_path_factory.mktemp("drift")
        world = World(root=folder, suffix=uuid.uuid4().hex[:8], program=opening.find_program(folder, print))
        world.manifest = replace(world.synthesize(Stack(STACK, outputs={}, resources={})), system=MIGRATION)
        with_provider(folder)
        made = world.deploy()
        assert (made.exit_code, ends(made)) == (0, {STACK: "applied"})
        yield world


def with_provider(root: Path) -> None:
    """Give the synthesized stack its resources and the provider of the product's own stacks."""
    (path,) = root.rglob("cdk.tf.json")
    document = json.loads(path.read_text())
    document["terraform"]["required_providers"] = {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}
    document["provider"] = {"aws": {"region": REGION}}
    document["resource"] = RESOURCES
    path.write_text(json.dumps(document))


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def look(world: World) -> RunReport:
    return world._run("drift", (), {})


def test_what_stands_as_it_was_applied_has_no_drift(deployed: World) -> None:
    report = look(deployed)

    assert (report.exit_code, ends(report)) == (0, {STACK: "unchanged"})
    assert report.stacks[0].drift == ()
    assert "no drift" in deployed.screen


def test_a_change_by_hand_is_drift_and_is_shown(deployed: World) -> None:
    url = client("sqs").get_queue_url(QueueName="payments")["QueueUrl"]
    try:
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
        client("iam").put_role_policy(RoleName="worker", PolicyName="by-hand", PolicyDocument=POLICY)
        report = look(deployed)
    finally:
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
        client("iam").delete_role_policy(RoleName="worker", PolicyName="by-hand")

    assert (report.exit_code, ends(report)) == (2, {STACK: "drifted"})
    role, queue = report.stacks[0].drift
    assert (queue.address, [d.attribute for d in queue.differences]) == (
        "aws_sqs_queue.payments",
        ["visibility_timeout_seconds"],
    )
    assert "visibility_timeout_seconds: 30 → 77" in deployed.screen
    # of the role only what is not the stack's
    (policy,) = role.differences
    assert "by-hand" in policy.after
    assert '"own"' not in policy.after
    assert report.next_command == "invoke plan"


def test_what_an_operation_moves_is_no_drift_and_names_its_owner(deployed: World) -> None:
    client("ssm").put_parameter(Name="/migration/x1/checkpoint", Value="moved", Overwrite=True)
    try:
        report = look(deployed)
    finally:
        client("ssm").put_parameter(Name="/migration/x1/checkpoint", Value="none", Overwrite=True)

    assert (report.exit_code, ends(report)) == (0, {STACK: "unchanged"})
    (found,) = report.stacks[0].drift
    assert found.intended
    assert {difference.owner for difference in found.differences} == {"invoke migrate.*"}
    assert "owned by invoke migrate.*: it says where the operation stands" in deployed.screen
    assert "no drift (1 as operations left it)" in deployed.screen
