"""A8: the runbook's commands, run by the real AWS CLI (and `invoke`) against the deployed platform.

Every block runs in a state of the world in which it makes sense; what it prints is compared, and what it
changes is looked at with boto3. Not collected with the other tests yet (it was written last and has not been
run): `python -m pytest tests/systems/runbook_walk.py`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.rehearsal.journey import Journey
from tests.runbook_blocks import Block, blocks
from tests.systems.conftest import Deployed
from tests.systems.runbook import BY_HAND, World, run_block, use

pytestmark = pytest.mark.system

#: Blocks of `invoke` that take the person through a whole migration with the settings' waits of five
#: minutes: the operations themselves are gone through by the rehearsal (test_the_move.py).
WHOLE_MIGRATIONS = {
    "Start, by invoke",
    "Answer, by invoke",
    "Stop and go back, by invoke",
    "Go back, by invoke",
    "Switchover, by invoke",
    "Finalize, by invoke",
    "Go on from where it stopped",
}
EXECUTIONS = {
    "Start, by the AWS CLI",
    "Go on, by the AWS CLI",
    "Take everything back, by the AWS CLI",
    "Stop and go back, by the AWS CLI",
}


class Operator:
    """Runs blocks by their titles and keeps what was run."""

    def __init__(self, deployed: Deployed, journey: Journey) -> None:
        self._blocks = {block.title: block for block in blocks(deployed.flat["migration_runbook"])}
        self._endpoint = deployed.endpoint
        self.deployed, self.journey = deployed, journey
        self.ran: list[str] = []

    def all(self) -> list[Block]:
        return list(self._blocks.values())

    def run(self, title: str) -> str:
        """Run a block and return what it printed, after looking that it is what it should be."""
        block = self._blocks[title]
        done = run_block(block, self._endpoint)
        assert done.code == 0, f"{title}: {done.output}\n{done.errors}"
        if block.expect is not None:
            assert block.prints_what_it_should(done.output), f"{title}: {done.output!r}"
        self.ran.append(title)
        return done.output


@pytest.fixture(scope="module")
def operator(deployed: Deployed) -> Iterator[Operator]:
    journey = Journey(rehearsal=deployed.rehearsal, endpoint=deployed.endpoint)
    journey.open()
    try:
        yield Operator(deployed, journey)
    finally:
        journey.close()


def weights(operator: Operator) -> tuple[int, int]:
    found = operator.journey.topology().weights
    assert found is not None
    return found.source, found.target


def test_before_the_migration_every_look_shows_what_it_should(operator: Operator) -> None:
    alone = [block.title for block in operator.all() if block.title not in {*BY_HAND, *EXECUTIONS}]
    looks = [
        block.title
        for block in operator.all()
        if block.title in alone
        and block.title not in WHOLE_MIGRATIONS
        and World.DEPLOYED in use(block).needs
        and use(block).leaves is None
    ]
    assert len(looks) > 20
    for title in looks:
        operator.run(title)
    assert weights(operator) == (100, 0)


def running(operator: Operator) -> str:
    execution = operator.journey.topology().running
    return execution.arn if execution else ""


def test_the_machine_is_started_and_stopped_by_the_aws_cli(operator: Operator) -> None:
    operator.run("Start, by the AWS CLI")
    assert running(operator)
    operator.run("What the last execution is doing")
    operator.run("Stop and go back, by the AWS CLI")
    limit = time.monotonic() + 60
    while running(operator):
        assert time.monotonic() < limit
        time.sleep(0.5)
    assert weights(operator) == (100, 0)


@pytest.mark.parametrize(
    ("title", "stage"),
    [("Take everything back, by the AWS CLI", "rolled-back"), ("Go on, by the AWS CLI", "moved")],
)
def test_a_question_is_answered_by_the_aws_cli(operator: Operator, title: str, stage: str) -> None:
    handles = operator.journey.handles
    operator.deployed.client("stepfunctions").start_execution(
        stateMachineArn=handles.state_machine_arn,
        input=json.dumps(
            {"action": "migrate", "phases": [100], "bake_seconds": 8, "drain_seconds": 0, "settle_seconds": 0}
        ),
    )
    limit = time.monotonic() + 90
    while operator.journey.topology().question is None:
        assert time.monotonic() < limit
        time.sleep(0.5)
    operator.run("The open question")
    operator.run(title)
    while running(operator):
        assert time.monotonic() < limit + 60
        time.sleep(0.5)
    assert operator.journey.topology().stage == stage
    if stage == "moved":
        operator.run("Stop and go back, by the AWS CLI")
        while running(operator):
            assert time.monotonic() < limit + 120
            time.sleep(0.5)
    assert weights(operator) == (100, 0)


def test_by_hand_from_the_first_shift_to_the_point_of_no_return(operator: Operator) -> None:
    seen = []
    for title in BY_HAND:
        operator.run(title)
        now = operator.journey.topology()
        assert now.weights is not None
        seen.append((title, now.weights.target, now.writer, bool(now.paused), now.stage))
    facts = {title: rest for title, *rest in seen}
    assert facts["Phase 25: shift"][0] == 25
    assert facts["Phase 50: shift"][0] == 50
    assert facts["Phase 75: shift"][0] == 75
    assert facts["Phase 100: shift"][0] == 100
    assert [row[2] for row in seen if row[0] == "Wait until the writer has moved"] == ["eu-west-1"] * 2
    assert facts["Wait until the writer is back"][1] == "us-east-1"
    assert facts["Resume writes"][2] is False
    assert not operator.journey.topology().source_member


def test_every_block_was_run_or_is_a_whole_migration_of_its_own(operator: Operator) -> None:
    left = {block.title for block in operator.all()} - set(operator.ran) - WHOLE_MIGRATIONS
    assert left == set()
    record = Path(operator.deployed.rehearsal.deployment.workspace.working) / "runbook-blocks.txt"
    record.write_text("\n".join(operator.ran) + "\n")
