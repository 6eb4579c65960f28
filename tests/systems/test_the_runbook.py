"""A8: every command of the runbook, run as it is printed against the deployed platform.

Each block runs in a state of the world that it is for; what it prints is compared, and what it changes
is looked at through the AWS API. The last file but one: at the end the migration is final.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest

from shared.rehearsal.journey import Journey
from shared.rehearsal.journeys import TIME_SCALE
from shared.workspace import here
from tests.systems.migration_worlds import BY_HAND, GUIDE, SHIFT, World, worlds
from tests.systems.operator import LOOK_SECONDS, PATIENCE_SECONDS, Operator
from tests.systems.standing import Deployed

pytestmark = [pytest.mark.system, pytest.mark.long]

HOME, AWAY = "us-east-1", "eu-west-1"
#: Weights of source and target, the writer, the checkpoint's stage.
BEGINNING = ((100, 0), HOME, "rolled-back")
ARRIVED = ((0, 100), AWAY, "moved")


class MigrationOperator(Operator):
    """One on this platform."""

    def __init__(self, deployed: Deployed, journey: Journey) -> None:
        self.deployed, self.journey = deployed, journey
        super().__init__(
            text=deployed.flat["migration_runbook"],
            endpoint=deployed.endpoint,
            guide=GUIDE,
            worlds=lambda: worlds(journey.topology()),
            stop=self._stop,
        )

    def until_share(self, share: int) -> None:
        """Wait until an execution has moved that much of the traffic."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (self.journey.topology().share or 0) < share:
            assert time.monotonic() < end, f"never {share} per cent"
            time.sleep(LOOK_SECONDS)

    def _stop(self) -> None:
        running = self.journey.topology().running
        if running:
            self.deployed.client("stepfunctions").stop_execution(executionArn=running.arn)


@pytest.fixture(scope="module")
def operator(deployed: Deployed) -> Iterator[MigrationOperator]:
    """An operator on a platform that lives: its systems report, and five minutes last 15 seconds."""
    journey = Journey(rehearsal=deployed.rehearsal, endpoint=deployed.endpoint)
    try:
        journey.open()
        journey.controls.shorten_waits(TIME_SCALE)
        yield MigrationOperator(deployed, journey)
        journey.controls.clear()
    finally:
        journey.close()
        # `invoke` synthesizes where it is run
        environment = deployed.environment
        shutil.rmtree(here().synthesis(environment.name, environment.environment_suffix), ignore_errors=True)


def stands(operator: MigrationOperator) -> tuple[tuple[int, int] | None, str, str]:
    now = operator.journey.topology()
    assert now.paused == ()
    return (now.weights.source, now.weights.target) if now.weights else None, now.writer, now.stage


def last_execution(operator: MigrationOperator) -> dict[str, str]:
    machine = operator.deployed.client("stepfunctions")
    arn = operator.journey.handles.state_machine_arn
    listed = machine.list_executions(stateMachineArn=arn, maxResults=1)["executions"]
    return dict(machine.describe_execution(executionArn=listed[0]["executionArn"]))


def test_before_the_migration_every_look_shows_what_it_should(operator: MigrationOperator) -> None:
    operator.journey.wait_for_alarms()
    looks = [
        title
        for title, block in operator.blocks.items()
        if World.DEPLOYED in GUIDE.use(block).needs
        and not GUIDE.use(block).leaves
        and not re.fullmatch(SHIFT, title)
    ]
    assert len(looks) > 25
    seen = {title: operator.run(title) for title in looks}

    zone = operator.deployed.outputs["global/domain"]
    assert seen["The zone is delegated"].split() == sorted(zone["name_servers"])
    ssm = operator.deployed.client("ssm")
    name = operator.journey.handles.checkpoint_parameter
    history = ssm.get_parameter_history(Name=name)["Parameters"]
    assert seen["The checkpoint and its history"].splitlines() == [
        f"{one['Version']}\t{one['Value']}" for one in history
    ]


def test_the_target_gets_as_many_instances_as_the_source(operator: MigrationOperator) -> None:
    group = operator.deployed.flat["asg_name"]
    scaling = operator.deployed.client("autoscaling")
    scaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)

    operator.run("As many instances as in the source")

    (found,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    assert found["DesiredCapacity"] == 2


def begin(operator: MigrationOperator) -> str:
    """Start an execution by the AWS CLI, and return its ARN when it has moved some of the traffic."""
    operator.journey.wait_for_alarms()
    started = operator.run("Start, by the AWS CLI").strip()
    operator.until_share(25)
    assert last_execution(operator)["executionArn"] == started
    return started


def test_invoke_starts_is_answered_elsewhere_arrives_and_goes_back(operator: MigrationOperator) -> None:
    operator.journey.wait_for_alarms()
    with operator.meanwhile("Start, by invoke"):
        operator.until({World.WAITING})
        assert stands(operator) == ((0, 100), HOME, "shifted")
        assert json.loads(operator.run("The open question"))["token"]
        with operator.meanwhile("Answer, by invoke"):
            operator.until({World.MOVED})
    assert stands(operator) == ARRIVED

    operator.run("Go back, by invoke")

    assert stands(operator) == BEGINNING


def test_the_aws_cli_starts_and_its_answer_takes_everything_back(operator: MigrationOperator) -> None:
    begin(operator)
    assert operator.run("What the last execution is doing").startswith("RUNNING")
    assert operator.run("Executions").startswith("RUNNING")
    operator.until({World.WAITING})
    assert stands(operator) == ((0, 100), HOME, "shifted")

    operator.run("Take everything back, by the AWS CLI")

    assert stands(operator) == BEGINNING


def test_invoke_stops_what_runs_and_goes_back(operator: MigrationOperator) -> None:
    started = begin(operator)

    operator.run("Stop and go back, by invoke")

    assert stands(operator) == BEGINNING
    stopped = operator.deployed.client("stepfunctions").describe_execution(executionArn=started)
    assert (stopped["status"], stopped["error"]) == ("ABORTED", "OperatorAbort")
    assert json.loads(last_execution(operator)["input"])["action"] == "rollback"


def test_what_died_goes_on_is_answered_by_the_aws_cli_and_goes_back(operator: MigrationOperator) -> None:
    begin(operator)
    operator.run("Stop the execution, and nothing else")
    weights, writer, stage = stands(operator)
    assert weights not in {(100, 0), (0, 100)}
    assert (writer, stage) == (HOME, "shifting")
    assert last_execution(operator)["status"] == "ABORTED"

    with operator.meanwhile("Go on from where it stopped"):
        operator.until({World.WAITING})
        operator.run("Go on, by the AWS CLI")
        operator.until({World.MOVED})
    assert stands(operator) == ARRIVED

    operator.run("Stop and go back, by the AWS CLI")

    assert stands(operator) == BEGINNING


def test_invoke_moves_the_database_alone_and_makes_it_final(operator: MigrationOperator) -> None:
    operator.run("Phase 100: shift")
    assert stands(operator) == ((0, 100), HOME, "shifting")
    operator.run("Switchover, by invoke")
    assert stands(operator) == ARRIVED
    handles = operator.journey.handles

    operator.run("Finalize, by invoke", answers=f"{handles.global_cluster}\n")

    assert members(operator) == {handles.target.cluster_arn: True}
    # there is but one platform to make final, and the AWS CLI's way is to be seen, too
    operator.journey.controls.rejoin(handles.global_cluster, handles.source.cluster_arn)
    operator.run("Stop and go back, by the AWS CLI")
    assert stands(operator) == BEGINNING


def members(operator: MigrationOperator) -> dict[str, bool]:
    """ARN of each cluster of the global database -> whether it writes."""
    name = operator.journey.handles.global_cluster
    found = operator.deployed.client("rds").describe_global_clusters(GlobalClusterIdentifier=name)
    return {
        one["DBClusterArn"]: one["IsWriter"] for one in found["GlobalClusters"][0]["GlobalClusterMembers"]
    }


#: After each block of `BY_HAND`: the target's weight, the writer, where writes are paused, the stage.
BY_HAND_STANDS = (
    *((0, HOME, 0, "rolled-back"), (25, HOME, 0, "shifting"), (25, HOME, 0, "shifting")),
    *((0, HOME, 0, "rolled-back"), (25, HOME, 0, "shifting"), (50, HOME, 0, "shifting")),
    *((75, HOME, 0, "shifting"), (100, HOME, 0, "shifting"), (100, HOME, 0, "shifting")),
    # it has begun to move, or has moved already
    *((100, HOME, 2, "shifting"), (100, ANY, 2, "switching"), (100, AWAY, 2, "switching")),
    *((100, AWAY, 2, "switching"), (100, AWAY, 0, "switching"), (100, AWAY, 0, "moved")),
    *((100, AWAY, 2, "moved"), (100, ANY, 2, "rolling-back"), (100, HOME, 2, "rolling-back")),
    *((100, HOME, 0, "rolling-back"), (0, HOME, 0, "rolled-back"), (0, HOME, 0, "rolled-back")),
    *((0, AWAY, 0, "rolled-back"), (0, AWAY, 0, "rolled-back"), (100, AWAY, 0, "moved")),
    *((100, AWAY, 0, "moved"), (100, AWAY, 0, "moved")),
)


def requests_in_the_source(operator: MigrationOperator) -> float:
    """How many its load balancer had in the last 24 hours."""
    balancer = operator.deployed.outputs[f"{HOME}/service"]["alb_arn_suffix"]
    found = operator.deployed.client("cloudwatch", HOME).get_metric_statistics(
        Namespace="AWS/ApplicationELB",
        MetricName="RequestCount",
        Dimensions=[{"Name": "LoadBalancer", "Value": balancer}],
        StartTime=datetime.now(UTC) - timedelta(hours=24),
        EndTime=datetime.now(UTC),
        Period=3600,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def canaries(operator: MigrationOperator) -> int:
    """How many rows the runbook has written into the database by hand."""
    secret = operator.deployed.environment.service.credentials_secret_name
    found = operator.deployed.client("rds-data").execute_statement(
        resourceArn=operator.journey.handles.target.cluster_arn,
        secretArn=operator.deployed.client("secretsmanager").describe_secret(SecretId=secret)["ARN"],
        database=operator.deployed.environment.database.name,
        sql="SELECT written_at FROM regionshift_canary WHERE execution = :execution",
        parameters=[{"name": "execution", "value": {"stringValue": "by hand"}}],
    )
    return len(found["records"])


def test_by_hand_from_the_first_shift_to_the_point_of_no_return(operator: MigrationOperator) -> None:
    operator.journey.wait_for_alarms()
    for title, expected in zip(BY_HAND, BY_HAND_STANDS, strict=True):
        output = operator.run(title)
        now = operator.journey.topology()
        assert now.weights
        found = (now.weights.target, now.writer, len(now.paused), now.stage)
        assert found == expected, title
        if title == "Write a canary":
            assert canaries(operator) == 1
        if title == "No request reaches the source any more":
            # the last ones came minutes ago: it has to say how many, not that there were none
            assert float(output) == requests_in_the_source(operator) > 0
    assert members(operator) == {operator.journey.handles.target.cluster_arn: True}


def test_what_is_final_is_still_what_is_written(operator: MigrationOperator) -> None:
    rehearsal = operator.deployed.rehearsal
    rehearsal.findings.pop("second plan", None)

    rehearsal.plan_again()

    stacks = rehearsal.findings["second plan"]["stacks"]
    assert {stack["address"]: stack["status"] for stack in stacks} == dict.fromkeys(
        rehearsal.stacks, "unchanged"
    )


def test_every_command_of_the_runbook_was_run_and_is_written_down(operator: MigrationOperator) -> None:
    assert {one.block.title for one in operator.ran} == set(operator.blocks)

    path = here().working / "runbook-commands.txt"
    operator.record(path)

    written = path.read_text()
    assert [title for title, block in operator.blocks.items() if block.commands not in written] == []
