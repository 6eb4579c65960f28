"""C15: every command of the cutover's runbook, run as it is printed against the deployed platform.

Each block runs in a state of the world that it is for; what it prints is compared, and what it changes is
looked at through the AWS API and in both databases. At the end there is no way back any more.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator

import pytest
from psycopg import sql

from shared.operations.cutover import replicate, rollback, start
from shared.operations.cutover.operator import Operator as Carrier
from shared.operations.cutover.operator import Result
from shared.operations.cutover.request import Request
from shared.operations.cutover.sequence import Step
from shared.rehearsal.cutover import parts
from shared.rehearsal.cutover.faults import KilledError
from shared.rehearsal.cutover.journey import PACE, Journey
from shared.rehearsal.cutover.places import DATA_CENTRE, LANDED
from shared.workspace import here
from tests.systems.cutover_worlds import FINISHED_BY_HAND, GUIDE, TAKEN_BACK, UNDONE, World, worlds
from tests.systems.operator import LOOK_SECONDS, PATIENCE_SECONDS, Operator
from tests.systems.standing import Deployed

pytestmark = [pytest.mark.system, pytest.mark.long]

#: A role that may connect and let others, beside everybody.
AUDITOR = "auditor with a blank"
_CONNECT = """
SELECT a.grantee, a.is_grantable
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT' AND NOT a.grantee = 'dms'::regrole
ORDER BY 1
"""


class CutoverOperator(Operator):
    """One on a platform that a database comes to, with both databases."""

    def __init__(self, deployed: Deployed, journey: Journey) -> None:
        self.deployed, self.journey = deployed, journey
        self.listener = ""
        """URL of a queue that hears the topic."""
        super().__init__(
            text=deployed.outputs[f"{journey.region}/cutover"]["cutover_runbook"],
            endpoint=deployed.endpoint,
            guide=GUIDE,
            worlds=lambda: worlds(journey.topology()),
            stop=lambda: None,
        )

    def until_nothing_speaks_against_it(self) -> None:
        """Wait until a cutover may be begun: the latency was low for long enough."""
        end = time.monotonic() + PATIENCE_SECONDS
        while reasons := parts.reasons_left(self.journey):
            assert time.monotonic() < end, reasons
            time.sleep(LOOK_SECONDS)

    def die(self, operation: Callable[[Carrier, Request], Result], before: str) -> None:
        """Begin an operation, and be killed when a step is noted and not done."""

        def see(step: Step) -> None:
            if step.name == before:
                raise KilledError

        with pytest.raises(KilledError):
            operation(self.journey.operator(at_step=see), parts.REASON)

    def go_on(self, operation: Callable[[Carrier, Request], Result], outcome: str) -> None:
        """Carry an operation out, or what remains of it, without a block."""
        result = operation(self.journey.operator(), parts.REASON)
        assert result.outcome == outcome, result.said

    def load_again(self) -> None:
        """Load Aurora anew, without a block."""
        result = replicate.run(self.journey.operator(), again=True)
        assert result.outcome == "replicating", result.said

    def who_may_connect(self, place: str) -> list[tuple[int, bool]]:
        """Everybody but DMS, with the right to let others."""
        with self.journey.connected(place) as connection:
            return connection.execute(_CONNECT).fetchall()

    def weights(self) -> tuple[int, int]:
        """Those of the data centre and of Aurora."""
        found = self.journey.topology().weights
        assert found
        return found["on_premises"], found["aurora"]

    def tasks(self) -> tuple[str, str]:
        """Status of the forward task and of the reverse task."""
        now = self.journey.topology()
        assert now.forward
        assert now.reverse
        return now.forward.status, now.reverse.status


@pytest.fixture(scope="module")
def operator(landed_system: Deployed, crossing: Journey) -> Iterator[CutoverOperator]:
    """An operator where the data centre is written to: nothing was loaded, or everything is.

    Nobody pays any more. Somebody listens to the topic, and a role of the data centre's may let others in.
    """
    crossing.customers.leave()
    crossing.pace(PACE)
    it = CutoverOperator(landed_system, crossing)
    if it.worlds() == {World.CUT_OVER}:
        it.go_on(rollback.run, "rolled-back")
    if it.worlds() == {World.ROLLED_BACK}:
        it.load_again()
    name = sql.Identifier(AUDITOR)
    for place in (DATA_CENTRE, LANDED):
        with crossing.connected(place) as connection:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {} WITH GRANT OPTION").format(
                    sql.Identifier(crossing.databases.database), name
                )
            )
    sns, sqs = (landed_system.client(service, crossing.region) for service in ("sns", "sqs"))
    queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = landed_system.flat["migration_topic_arn"]
    heard = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    it.listener = queue
    try:
        yield it
    finally:
        sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=queue)
        # `invoke` synthesizes where it is run
        environment = landed_system.environment
        shutil.rmtree(here().synthesis(environment.name, environment.environment_suffix), ignore_errors=True)


def looks(operator: CutoverOperator, world: World) -> list[str]:
    """Titles of the blocks that can be run in a world and change nothing."""
    return [
        title
        for title, block in operator.blocks.items()
        if world in GUIDE.use(block).needs
        and not GUIDE.use(block).leaves
        and not any(word in block.commands for word in ("delete-", "stop-", "start-replication", "psql"))
        # six plans, once
        and title != "What is deployed is what is written"
    ]


def test_loaded_by_invoke_every_look_shows_what_it_should(operator: CutoverOperator) -> None:
    operator.run("Load Aurora, by invoke")
    operator.until_nothing_speaks_against_it()
    operator.journey.wait_for_alarms()
    # of a cutover that was begun before there is one already
    titles = [title for title in looks(operator, World.LOADED) if title != "Snapshots from before"]
    assert len(titles) > 12
    seen = {title: operator.run(title) for title in titles}

    cutover = operator.deployed.outputs[f"{operator.journey.region}/cutover"]
    assert seen["The zone is delegated"].split() == sorted(cutover["name_servers"])
    assert len(seen["How the tables are"].splitlines()) == len(operator.journey.topology().tables)
    assert json.loads(seen["What the function says"])["ready"] is True
    pages = operator.deployed.client("ssm", operator.journey.region).get_paginator("get_parameter_history")
    found = pages.paginate(Name=operator.journey.handles.state_parameter, WithDecryption=True)
    history = [one for page in found for one in page["Parameters"]]
    assert seen["The state and its history"].splitlines() == [
        f"{one['Version']}\t{one['Value']}" for one in history
    ]


def test_a_cutover_that_died_is_taken_back_without_the_program(operator: CutoverOperator) -> None:
    could = operator.who_may_connect(DATA_CENTRE)
    assert len(could) >= 3
    operator.until_nothing_speaks_against_it()
    operator.die(start.run, "move")
    assert operator.tasks() == ("stopped", "running")
    assert operator.who_may_connect(DATA_CENTRE) != could

    for title in TAKEN_BACK:
        operator.run(title)

    assert operator.who_may_connect(DATA_CENTRE) == could
    assert (operator.tasks(), operator.weights()) == (("running", "stopped"), (100, 0))
    # everything is valid again, and the next cutover may begin
    operator.until_nothing_speaks_against_it()


def test_the_function_moves_the_name_and_the_program_does_what_remains(operator: CutoverOperator) -> None:
    operator.die(start.run, "move")
    operator.run("Have the name moved to Aurora")
    assert operator.weights() == (0, 100)
    operator.go_on(start.run, "cut-over")
    assert operator.worlds() == {World.CUT_OVER}


def test_a_rollback_that_died_is_taken_back_without_the_program(operator: CutoverOperator) -> None:
    could = operator.who_may_connect(LANDED)
    operator.die(rollback.run, "sequences-back")
    assert operator.tasks() == ("stopped", "stopped")
    assert operator.who_may_connect(LANDED) != could

    for title in UNDONE:
        operator.run(title)

    assert operator.who_may_connect(LANDED) == could
    assert (operator.tasks(), operator.weights()) == (("stopped", "running"), (0, 100))


def test_the_function_moves_the_name_back_and_aurora_is_loaded_again(operator: CutoverOperator) -> None:
    operator.die(rollback.run, "return")
    operator.run("Have the name moved back")
    assert operator.weights() == (100, 0)
    operator.go_on(rollback.run, "rolled-back")

    operator.run("Load Aurora again, by invoke")

    operator.until_nothing_speaks_against_it()


def test_invoke_cuts_over_and_rolls_back_and_the_plan_in_between_is_empty(operator: CutoverOperator) -> None:
    operator.run("Cut over, by invoke")
    assert (operator.tasks(), operator.weights()) == (("stopped", "running"), (0, 100))
    for title in looks(operator, World.CUT_OVER):
        operator.run(title)
    operator.run("What is deployed is what is written")

    operator.run("Take it back, by invoke")

    assert (operator.tasks(), operator.weights()) == (("stopped", "stopped"), (100, 0))


def test_both_ways_to_the_point_of_no_return(operator: CutoverOperator) -> None:
    operator.load_again()
    operator.until_nothing_speaks_against_it()
    operator.go_on(start.run, "cut-over")
    before = operator.journey.topology().note
    assert before
    for title in FINISHED_BY_HAND:
        operator.run(title)
    assert operator.tasks() == ("stopped", "stopped")
    # there is but one platform, and the other way is to be seen, too
    region = operator.journey.region
    operator.deployed.client("dms", region).start_replication_task(
        ReplicationTaskArn=operator.journey.handles.reverse_task, StartReplicationTaskType="resume-processing"
    )
    operator.deployed.client("ssm", region).put_parameter(
        Name=operator.journey.handles.state_parameter,
        Value=json.dumps(dict(before.kept)),
        Type="SecureString",
        Overwrite=True,
    )
    operator.until({World.CUT_OVER})

    operator.run("Finish, by invoke", answers=f"{operator.deployed.environment.environment_suffix}\n")

    assert (operator.tasks(), operator.weights()) == (("stopped", "stopped"), (0, 100))


def test_whoever_hears_the_topic_was_told_of_the_tasks_and_of_each_move(operator: CutoverOperator) -> None:
    sqs = operator.deployed.client("sqs", operator.journey.region)
    subjects, kinds = set(), set()
    while found := sqs.receive_message(QueueUrl=operator.listener, MaxNumberOfMessages=10).get("Messages"):
        for one in found:
            sqs.delete_message(QueueUrl=operator.listener, ReceiptHandle=one["ReceiptHandle"])
            note = json.loads(one["Body"])
            subjects.add(note.get("Subject", ""))
            kinds.add(json.loads(note["Message"]).get("detail-type"))
    name = operator.deployed.environment.record_name
    assert {f"{name}: cutover done", f"{name}: rollback done"} <= subjects
    assert "DMS Replication Task State Change" in kinds


def test_the_snapshots_from_before_go(operator: CutoverOperator) -> None:
    listed = operator.run("Snapshots from before")
    removed = operator.run("Remove the snapshots from before")
    assert sorted(removed.split()) == sorted(line.split()[0] for line in listed.splitlines())
    left = operator.deployed.client("rds", operator.journey.region).describe_db_cluster_snapshots(
        DBClusterIdentifier=operator.journey.handles.cluster_identifier, SnapshotType="manual"
    )
    assert left["DBClusterSnapshots"] == []


def test_every_command_of_the_runbook_was_run_and_is_written_down(operator: CutoverOperator) -> None:
    assert {one.block.title for one in operator.ran} == set(operator.blocks)

    path = here().working / "cutover-runbook-commands.txt"
    operator.record(path)

    written = path.read_text()
    assert [title for title, block in operator.blocks.items() if block.commands not in written] == []


def test_no_password_was_printed(operator: CutoverOperator) -> None:
    passwords = operator.journey.databases.passwords.values()
    assert [one.block.title for one in operator.ran if any(word in one.output for word in passwords)] == []
