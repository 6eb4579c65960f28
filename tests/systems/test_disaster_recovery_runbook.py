"""B7: every command of the failover's runbook, run as it is printed against the deployed platform.

Each block runs in a state of the world that it is for, those for a dead primary with it dead; what it prints
is compared, what it changes is looked at through the AWS API, what it asked of the dead primary is counted.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.operations.recovery.loss import unless_none
from shared.rehearsal.recovery.journey import PACE, Journey
from shared.rehearsal.recovery.measures import count
from shared.workspace import here
from tests.runbook_blocks import Block
from tests.systems.failover_worlds import AWAY_BY_HAND, BACK_BY_HAND, GUIDE, World, worlds
from tests.systems.operator import LOOK_SECONDS, PATIENCE_SECONDS, Operator
from tests.systems.runbook import run_block
from tests.systems.standing import Deployed

pytestmark = [pytest.mark.system, pytest.mark.long]

HOME, AWAY = "us-east-1", "us-west-2"


class FailoverOperator(Operator):
    """One on the platform with a standby."""

    def __init__(self, deployed: Deployed, journey: Journey) -> None:
        self.deployed, self.journey = deployed, journey
        super().__init__(
            text=deployed.flat["failover_runbook"],
            endpoint=deployed.endpoint,
            guide=GUIDE,
            worlds=lambda: worlds(journey.topology(), lost=bool(journey.lost)),
            stop=self._stop,
        )

    def run(self, title: str, *, answers: str = "") -> str:
        """Run a block; nothing may be asked of a primary that is lost."""
        output = super().run(title, answers=answers)
        assert self.journey.calls_to_lost() == {} or not self.journey.lost, title
        return output

    def lose(self, mode: str) -> None:
        """Lose the primary, and wait until Route 53 has seen it."""
        self.journey.lose(mode)
        self.until_dns_answers(AWAY)
        self.until({World.LOST})

    def bring_back(self) -> None:
        """Bring it back."""
        self.journey.bring_back()
        assert self.worlds() & {World.BEHIND, World.AWAY}

    @contextmanager
    def waits_in_full(self) -> Iterator[None]:
        """Let the machine's waits last as long as on AWS, so that something can be done in one."""
        self.journey.controls.shorten_waits(1)
        try:
            yield
        finally:
            self.journey.controls.shorten_waits(PACE)

    def until_dns_answers(self, region: str) -> None:
        """Wait until clients are sent there."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.journey.dns.region() != region:
            assert time.monotonic() < end, f"DNS never answers with {region}"
            time.sleep(LOOK_SECONDS)

    def until_nothing_is_behind(self) -> None:
        """Wait until a failover would certainly lose nothing."""
        end = time.monotonic() + PATIENCE_SECONDS
        while said := unless_none(self.journey.topology()):
            assert time.monotonic() < end, said
            time.sleep(LOOK_SECONDS)

    def until_state(self, *names: str) -> None:
        """Wait until the execution is in one of these states."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            running = self.journey.topology().running
            if running and running.state in names:
                return
            assert time.monotonic() < end, f"never in {names}: {running}"
            time.sleep(LOOK_SECONDS)

    def _stop(self) -> None:
        running = self.journey.topology().running
        if running:
            self.deployed.client("stepfunctions").stop_execution(executionArn=running.arn)


@pytest.fixture(scope="module")
def operator(recovered_system: Deployed) -> Iterator[FailoverOperator]:
    """An operator on a platform that lives: its systems report, customers pay, and nothing is behind."""
    journey = Journey(rehearsal=recovered_system.rehearsal, endpoint=recovered_system.endpoint)
    try:
        journey.open()
        journey.telemetry.lag_ms = 0.0
        yield FailoverOperator(recovered_system, journey)
    finally:
        journey.close()
        # `invoke` synthesizes where it is run
        environment = recovered_system.environment
        shutil.rmtree(here().synthesis(environment.name, environment.environment_suffix), ignore_errors=True)


def looks(operator: FailoverOperator, world: World) -> list[str]:
    """Titles of the blocks that change nothing and can be run in a world."""
    return [
        title
        for title, block in operator.blocks.items()
        if world in GUIDE.use(block).needs and not GUIDE.use(block).leaves and only_looks(block)
    ]


def only_looks(block: Block) -> bool:
    """Whether a block leaves everything as it is, in every world that it is for."""
    changes = (
        "put-",
        "delete-",
        "create-",
        "restore-",
        "copy-",
        "revoke-",
        "authorize-",
        "stop-",
        "failover-global-cluster",
        "remove-from-global-cluster",
    )
    changes += ('"action": "drain', "execute-statement")
    return not any(word in block.commands for word in changes) and block.title not in WAITS


#: They wait for something that has been begun.
WAITS = ("Wait until it has ended", "Wait until the standby writes", "Wait until the primary writes")


def last_execution(operator: FailoverOperator) -> dict[str, str]:
    machine = operator.deployed.client("stepfunctions")
    arn = operator.journey.handles.state_machine_arn
    listed = machine.list_executions(stateMachineArn=arn, maxResults=1)["executions"]
    return dict(machine.describe_execution(executionArn=listed[0]["executionArn"]))


def stands(operator: FailoverOperator) -> tuple[str, str, bool | None]:
    """Where the writer is, what the checkpoint says, whether the primary is pinned."""
    now = operator.journey.topology()
    return now.writer, now.stage, now.pinned


def test_in_good_times_every_look_shows_what_it_should(operator: FailoverOperator) -> None:
    titles = looks(operator, World.HOME)
    assert len(titles) > 15
    seen = {title: operator.run(title) for title in titles}

    outputs = operator.deployed.outputs
    assert seen["What DNS answers"].strip() == outputs[f"{HOME}/service"]["alb_dns_name"]
    assert seen["Is the primary pinned?"].strip() == "0"
    ssm = operator.deployed.client("ssm")
    pages = ssm.get_paginator("get_parameter_history").paginate(
        Name=operator.journey.handles.checkpoint_parameter
    )
    assert seen["The checkpoint and its history"].splitlines() == [
        f"{one['Version']}\t{one['Value']}" for page in pages for one in page["Parameters"]
    ]
    assert seen["Executions"] == "" or "SUCCEEDED" in seen["Executions"]


def test_the_pin_moves_the_traffic_alone_by_invoke_and_by_the_aws_cli(operator: FailoverOperator) -> None:
    standby = operator.deployed.outputs[f"{AWAY}/service"]["alb_dns_name"]
    for way in ("by invoke", "by the AWS CLI"):
        operator.run(f"Pin, {way}")
        assert operator.run("Is the primary pinned?").strip() == "1"
        operator.until_dns_answers(AWAY)
        assert operator.run("What DNS answers").strip() == standby
        assert stands(operator)[::2] == (HOME, True)
        operator.run(f"Unpin, {way}")
        operator.until_dns_answers(HOME)


def test_a_planned_switchover_is_started_stopped_and_gone_on_with_and_so_is_the_failback(
    operator: FailoverOperator,
) -> None:
    with operator.waits_in_full():
        started = operator.run("Switch over, by the AWS CLI").strip()
        assert last_execution(operator)["executionArn"] == started
        operator.until_state("WaitForDns")
        assert operator.run("What the last execution is doing").startswith("RUNNING")
        operator.run("Stop the execution, and nothing else")
    assert stands(operator) == (HOME, "switching-over", True)
    operator.run("Switch over, by invoke")
    assert stands(operator) == (AWAY, "switched-over", True)

    # who unpins now sends clients to a region that only reads
    refused = run_block(operator.blocks["Unpin, by the AWS CLI"], operator.endpoint)
    assert (refused.code, "fail back first" in refused.errors) == (1, True)
    assert operator.run("Is the primary pinned?").strip() == "1"

    operator.run("Fail back, by the AWS CLI")
    assert "failed-back" in operator.run("Wait until it has ended")
    assert stands(operator) == (HOME, "failed-back", False)
    operator.until_dns_answers(HOME)


def test_with_the_primary_hanging_every_look_works_and_a_failover_that_loses_nothing_is_done(
    operator: FailoverOperator,
) -> None:
    operator.lose("hang")
    titles = looks(operator, World.LOST)
    assert len(titles) > 10
    for title in titles:
        operator.run(title)
    assert operator.journey.calls_to_lost() == {}

    # the looks took longer than a lag of zero is news, so it is lost once more
    operator.journey.bring_back()
    operator.until_dns_answers(HOME)
    operator.until_nothing_is_behind()
    operator.lose("hang")
    operator.run("Fail over, by invoke")

    assert stands(operator) == (AWAY, "failed-over", True)
    assert "0 ms" in operator.ran[-1].output
    for title in looks(operator, World.LOST_AWAY):
        if "invoke" not in operator.blocks[title].commands:
            operator.run(title)
    assert operator.journey.calls_to_lost() == {}
    operator.bring_back()
    operator.run("Wait until the old primary follows")
    operator.run("Fail back, by invoke")
    assert stands(operator) == (HOME, "failed-back", False)
    operator.until_dns_answers(HOME)


def test_with_the_primary_refusing_executions_are_started_killed_and_gone_on_with(
    operator: FailoverOperator,
) -> None:
    operator.lose("refuse")
    operator.run("Pin, by invoke")
    operator.journey.controls.hold_writer_changes()
    operator.run("Fail over and accept a loss, by the AWS CLI")
    assert json.loads(last_execution(operator)["input"])["accept_data_loss"] is True
    operator.until_state("Observe", "ObserveWait")
    operator.run("Stop the execution, and nothing else")
    assert operator.journey.topology().stage == "failing-over"

    operator.run("Fail over, by the AWS CLI")
    operator.until_state("Observe", "ObserveWait")
    operator.run("Stop the execution, and nothing else")
    operator.journey.controls.release_writer_changes()

    operator.run("Fail over and accept a loss, by invoke")
    assert stands(operator) == (AWAY, "failed-over", True)
    assert operator.journey.calls_to_lost() == {}
    operator.bring_back()
    operator.run("Wait until the old primary follows")
    operator.run("What is deployed is what is written")
    operator.run("Fail back, by the AWS CLI")
    operator.run("Wait until it has ended")
    assert stands(operator) == (HOME, "failed-back", False)
    operator.until_dns_answers(HOME)


def test_by_hand_from_the_loss_to_the_last_snapshot(operator: FailoverOperator) -> None:
    operator.lose("refuse")
    for title in AWAY_BY_HAND:
        operator.run(title)
    assert stands(operator) == (AWAY, "failed-over", True)
    assert operator.journey.calls_to_lost() == {}

    operator.bring_back()
    for title in BACK_BY_HAND:
        operator.run(title)
        if title == "Restore it beside, to compare":
            restored = f"aurora-compare-{operator.deployed.environment.environment_suffix}"
            members = operator.journey.topology().database
            assert members
            assert restored not in str(members)
    assert stands(operator) == (HOME, "failed-back", False)
    operator.until_dns_answers(HOME)


def test_afterwards_no_payment_is_lost_or_doubled_and_what_stands_is_what_is_written(
    operator: FailoverOperator,
) -> None:
    found = count(operator.journey, HOME)
    assert (found.missing, found.doubled, found.altered) == ((), (), ())
    assert found.accepted > 50
    operator.run("What is deployed is what is written")


def test_every_command_of_the_runbook_was_run_and_is_written_down(operator: FailoverOperator) -> None:
    # it takes the global database apart: tests/executions/failover/test_detached.py runs it as it is printed
    elsewhere = {"Detach the standby instead"}
    assert {one.block.title for one in operator.ran} | elsewhere == set(operator.blocks)

    path = here().working / "failover-runbook-commands.txt"
    operator.record(path)

    written = path.read_text()
    assert {title for title, block in operator.blocks.items() if block.commands not in written} == elsewhere
