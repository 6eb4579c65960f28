"""The function `start` on an embedded AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from modules.lambdas.start.errors import InputRefused
from modules.lambdas.start.handler import handle
from modules.lambdas.start.present import writer_of
from tests.modules.lambdas.start.inputs import ARNS, BEFORE, configuration, document
from tests.modules.lambdas.world import (
    CHECKPOINT,
    RECORD,
    SOURCE,
    TARGET,
    World,
    global_database,
    move_writer,
    set_weights,
    zone,
)

FOUND = {"weights": dict(BEFORE.weights), "writer": BEFORE.writer}
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:migration-abc123"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:migration-abc123:1"


@pytest.fixture
def deployment(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything that is migrated, before the migration."""
    assert global_database(world.aws) == ARNS
    world.zone = zone(world.aws)
    set_weights(world.aws, world.zone, {SOURCE: 100, TARGET: 0})
    checkpoint(world, {"stage": "none"})
    made = world.aws.client("stepfunctions", TARGET).create_state_machine(
        name="migration-abc123",
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    assert made["stateMachineArn"] == MACHINE
    monkeypatch.setenv("CONFIG", json.dumps(document(world.zone)))
    return world


def checkpoint(world: World, content: Any) -> None:
    world.aws.client("ssm", TARGET).put_parameter(
        Name=CHECKPOINT, Type="String", Overwrite=True, Value=json.dumps(content)
    )


def start(**asked: Any) -> dict[str, Any]:
    event = {"input": {"action": "migrate", **asked}, "execution": EXECUTION, "machine": MACHINE}
    return handle(event, None)


def refusal(**asked: Any) -> list[str]:
    with pytest.raises(InputRefused) as error:
        start(**asked)
    return str(error.value).splitlines()


def test_a_fresh_migration(deployment):
    assert start(requested_by="ann", reason="the move", dry_run_metrics=["error_rate"]) == {
        "stage": "none",
        "go": "shift",
        "found": FOUND,
        "weights": {"source": 100, "target": 0},
        "writer": SOURCE,
        "steps": [
            {"target": 25, "source": 75, "approval": False},
            {"target": 50, "source": 50, "approval": False},
            {"target": 75, "source": 25, "approval": True},
            {"target": 100, "source": 0, "approval": False},
        ],
        "switchover": True,
        "bake_seconds": 300,
        "approval_timeout_seconds": 86_400,
        "drain_seconds": 10,
        "settle_seconds": 60,
        "limits": {"failure": 0, "inconclusive": 0, "consecutive_error": 4},
        "retry_seconds": 10,
        "dry_run_metrics": ["error_rate"],
        "requested_by": "ann",
        "reason": "the move",
        "resumed": False,
        "why": "from 0 % to 100 % in 4 phases, then the database",
    }
    assert {call[:2] for call in deployment.calls} == {
        ("route53", "us-east-1"),
        ("rds", TARGET),
        ("ssm", TARGET),
        ("stepfunctions", TARGET),
    }


def test_a_migration_that_was_stopped_goes_on(deployment):
    set_weights(deployment.aws, deployment.zone, {SOURCE: 50, TARGET: 50})
    checkpoint(deployment, {"stage": "shifting", "found": FOUND, "phase": 50})
    made = start()
    assert [step["target"] for step in made["steps"]] == [50, 75, 100]
    assert (made["found"], made["weights"]) == (FOUND, {"source": 50, "target": 50})
    assert made["resumed"]


def test_a_rollback_after_the_move_knows_where_the_writer_was(deployment):
    move_writer(deployment.aws, ARNS[TARGET])
    set_weights(deployment.aws, deployment.zone, {SOURCE: 0, TARGET: 100})
    checkpoint(deployment, {"stage": "moved", "found": FOUND, "phase": 100})
    made = start(action="rollback")
    assert (made["go"], made["found"], made["writer"]) == ("rollback", FOUND, TARGET)
    assert start()["go"] == "finished"


@pytest.mark.usefixtures("deployment")
def test_the_longest_answer_stays_small():
    made = start(phases=list(range(1, 101)), requested_by="x" * 256, reason="x" * 500)
    assert len(made["steps"]) == 100
    assert len(json.dumps(made)) < 8192


def test_records_of_other_names_and_types_do_not_matter(deployment):
    set_weights(deployment.aws, deployment.zone, {SOURCE: 7, "other": 7}, name=f"b{RECORD}")
    deployment.aws.client("route53").change_resource_record_sets(
        HostedZoneId=deployment.zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": RECORD,
                        "Type": "TXT",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": '"x"'}],
                    },
                }
            ]
        },
    )
    assert start()["weights"] == {"source": 100, "target": 0}


def test_every_reason_is_said_at_once(deployment):
    checkpoint(deployment, {"stage": "lost"})
    set_weights(deployment.aws, deployment.zone, {"somewhere": 1})
    assert refusal(bake_seconds=-1) == [
        "bake_seconds: -1 is not a whole number from 0 to 86400",
        "the checkpoint has no stage of none, rolled-back, shifting, held, shifted, switching, moved, "
        "rolling-back",
        f"{RECORD}: there is a record that the migration does not know: 'somewhere'",
    ]


def test_records_that_are_missing_are_refused(deployment, monkeypatch):
    empty = deployment.aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="2")
    monkeypatch.setenv("CONFIG", json.dumps(document(empty["HostedZone"]["Id"].rpartition("/")[2])))
    assert refusal() == [
        f"{RECORD}: there is no weighted record of the {side} (set identifier {region})"
        for side, region in (("source", SOURCE), ("target", TARGET))
    ]


def test_a_record_without_a_weight_is_not_the_known_one(deployment):
    record = {"Name": f"{RECORD}.", "Type": "A"}
    deployment.says(
        "route53",
        "us-east-1",
        "ListResourceRecordSets",
        {"ResourceRecordSets": [record, {**record, "SetIdentifier": TARGET, "Weight": 0}]},
    )
    assert refusal() == [
        f"{RECORD}: there is no weighted record of the source (set identifier us-east-1)",
        f"{RECORD}: there is a record that the migration does not know: ''",
    ]


def test_without_its_parameter_nothing_begins(deployment):
    deployment.aws.client("ssm", TARGET).delete_parameter(Name=CHECKPOINT)
    assert refusal() == [f"there is no parameter {CHECKPOINT}"]
    with pytest.raises(InputRefused, match="the input is not an object: None"):
        handle({"machine": MACHINE, "execution": EXECUTION}, None)


def test_a_database_under_change_is_left_alone(deployment):
    described = deployment.aws.client("rds", TARGET).describe_global_clusters(
        GlobalClusterIdentifier="ledger"
    )["GlobalClusters"][0]
    changing = {**described, "FailoverState": {"Status": "pending"}}
    deployment.says("rds", TARGET, "DescribeGlobalClusters", {"GlobalClusters": [changing]})
    assert refusal() == ["the global database is being switched or failed over: wait until it is available"]


@pytest.mark.parametrize(
    ("writers", "said"),
    [
        ([], "nobody"),
        (list(ARNS.values()), f"{ARNS[TARGET]}, {ARNS[SOURCE]}"),
        (["arn:aws:rds:eu-north-1:123456789012:cluster:x"], "arn:aws:rds:eu-north-1:123456789012:cluster:x"),
    ],
)
def test_a_writer_that_is_none_of_the_two_is_no_writer(writers, said):
    members = [{"DBClusterArn": arn, "IsWriter": True} for arn in writers]
    writer, reason = writer_of({"GlobalClusterMembers": members}, configuration())
    assert writer == ""
    assert reason == f"the writer of ledger is none of the migration's clusters: {said}"


def test_the_source_is_asked_when_the_target_does_not_know_the_database(deployment):
    deployment.refuses("rds", TARGET, "DescribeGlobalClusters", "ServiceUnavailable")
    assert start()["writer"] == SOURCE
    assert deployment.called("rds", SOURCE) == ["DescribeGlobalClusters"]


def test_a_silent_aws_is_no_refusal_of_the_input(deployment):
    deployment.refuses("ssm", TARGET, "GetParameter", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        start()
    deployment.lost.add("us-east-1")
    with pytest.raises(EndpointConnectionError):
        start()


def test_a_configuration_with_a_key_that_is_not_known_is_a_defect(monkeypatch):
    monkeypatch.setenv("CONFIG", json.dumps({**document(), "new": 1}))
    with pytest.raises(TypeError, match="new"):
        start()
