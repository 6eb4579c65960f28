"""The writer of a global database moves out of a region that is lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import ACCOUNT, Aws, serve
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_rds_data import CREATE, INSERT, SELECT, VALUES, run, world
from tests.rehearsal.extensions.test_rds_global import code_of, create_global, members, writers
from tests.rehearsal.extensions.test_rds_switchover import hold, settled, status, switchover
from tests.rehearsal.waiting import until

OLD, NEW = "us-east-1", "eu-west-1"


def failover(aws: Aws, target: str, region: str = NEW, **how: Any) -> Any:
    return aws.client("rds", region).failover_global_cluster(
        GlobalClusterIdentifier="g", TargetDbClusterIdentifier=target, **{"AllowDataLoss": True, **how}
    )["GlobalCluster"]


def seen_from_the_new(aws: Aws) -> Any:
    rds = aws.client("rds", NEW)
    return rds.describe_global_clusters(GlobalClusterIdentifier="g")["GlobalClusters"][0]


def synchronization(aws: Aws) -> dict[str, str]:
    found = seen_from_the_new(aws)["GlobalClusterMembers"]
    return {one["DBClusterArn"].split(":")[3]: one["SynchronizationStatus"] for one in found}


def numbers(aws: Aws, region: str) -> list[str]:
    """The messages of a region's events, in order."""
    found = aws.client("rds", region).describe_events(SourceType="db-cluster")["Events"]
    return [event["Message"] for event in found]


def test_the_writer_moves_while_its_region_is_lost_and_is_a_reader_when_it_is_back(aws: Aws) -> None:
    primary, secondary = create_global(aws)
    controls = lose(aws)
    hold(aws)
    answer = failover(aws, secondary)
    assert answer["Status"] == "failing-over"
    assert answer["FailoverState"] == {
        "Status": "failing-over",
        "FromDbClusterArn": primary,
        "ToDbClusterArn": secondary,
        "IsDataLossAllowed": True,
    }
    assert status(aws, NEW, "eu") == "failing-over"
    controls.release_writer_changes()
    until(lambda: seen_from_the_new(aws)["Status"] == "available")
    assert writers(aws, NEW, "eu") == ["eu-0"]
    assert status(aws, NEW, "eu") == "available"
    assert synchronization(aws) == {OLD: "pending-resync", NEW: "connected"}
    with pytest.raises(ConnectionClosedError):
        status(aws, OLD, "us")

    hold(aws)
    controls.restore_region()
    assert status(aws, OLD, "us") == "failing-over"
    controls.release_writer_changes()
    until(lambda: synchronization(aws)[OLD] == "connected")
    assert status(aws, OLD, "us") == "available"
    assert members(aws) == {primary: False, secondary: True}
    assert writers(aws, OLD, "us") == []
    found = aws.client("rds", OLD).describe_db_cluster_snapshots(SnapshotType="automated")
    names = [one["DBClusterSnapshotIdentifier"] for one in found["DBClusterSnapshots"]]
    assert len([name for name in names if name.startswith("rds:unplanned-global-failover-us-")]) == 1


def test_what_happened_is_told_where_it_can_be(aws: Aws) -> None:
    _, secondary = create_global(aws)
    controls = lose(aws)
    failover(aws, secondary)
    until(lambda: seen_from_the_new(aws)["Status"] == "available")
    assert numbers(aws, NEW) == [
        "Attempt to block writes for DB cluster us in Region us-east-1 timed out.",
        "Global failover to DB cluster eu in Region eu-west-1 completed.",
        "Aurora finished changing the DNS name that the global writer endpoint resolves to.",
    ]
    controls.restore_region()
    until(lambda: synchronization(aws)[OLD] == "connected")
    about = "members of DB cluster us in Region us-east-1 after global failover."
    assert numbers(aws, OLD) == [f"Started resynchronizing {about}", f"Finished resynchronizing {about}"]


def test_a_primary_that_can_be_reached_is_fenced_and_follows_at_once(extended: Aws) -> None:
    _, secondary = create_global(extended)
    failover(extended, secondary)
    assert numbers(extended, OLD) == [
        "Attempt to block writes for DB cluster us in Region us-east-1 succeeded."
    ]
    until(lambda: settled(extended))
    # the resynchronization began when the writer was there
    controls = hold(extended)
    assert synchronization(extended)[OLD] == "pending-resync"
    with pytest.raises(ClientError, match="a switchover needs healthy members"):
        switchover(extended, "us", NEW)
    controls.release_writer_changes()
    until(lambda: synchronization(extended)[OLD] == "connected")
    switchover(extended, "us", NEW)
    until(lambda: settled(extended))
    assert writers(extended, OLD, "us") == ["us-0"]


def test_what_was_written_is_there_and_writes_go_on(extended: Aws) -> None:
    arns = world(extended)
    run(extended, arns["us"], CREATE)
    run(extended, arns["us"], INSERT, VALUES)
    lose(extended)
    controls = hold(extended)
    failover(extended, arns["eu"])
    with pytest.raises(ClientError, match="DatabaseUnavailableException"):
        run(extended, arns["eu"], "SELECT 1")
    controls.release_writer_changes()
    until(lambda: seen_from_the_new(extended)["Status"] == "available")
    run(extended, arns["eu"], INSERT, VALUES)
    found = run(extended, arns["eu"], SELECT, {"execution": {"stringValue": "arn"}})
    assert found["records"] == [[{"stringValue": "now"}]] * 2


def test_a_region_that_is_lost_again_is_resynchronized_when_it_is_back_for_good(extended: Aws) -> None:
    _, secondary = create_global(extended)
    controls = lose(extended)
    failover(extended, secondary)
    until(lambda: seen_from_the_new(extended)["Status"] == "available")
    hold(extended)
    controls.restore_region()
    lose(extended)
    controls.release_writer_changes()
    with pytest.raises(pytest.fail.Exception, match="not within"):
        until(lambda: synchronization(extended)[OLD] == "connected", seconds=3)
    controls.restore_region()
    until(lambda: synchronization(extended)[OLD] == "connected")


def test_a_failover_is_refused_where_aws_refuses_it(extended: Aws) -> None:
    primary, secondary = create_global(extended)

    def refused(target: str, region: str = NEW, **how: Any) -> str:
        with pytest.raises(ClientError) as error:
            failover(extended, target, region, **how)
        return code_of(error)

    assert refused(secondary, Switchover=True) == "InvalidParameterCombination"
    assert refused(primary, OLD) == "InvalidDBClusterStateFault"
    assert refused("nobody") == "DBClusterNotFoundFault"
    extended.client("rds", NEW).modify_db_cluster(
        DBClusterIdentifier="eu", EngineVersion="8.0.mysql_aurora.3.10.2", ApplyImmediately=True
    )
    assert refused(secondary) == "InvalidDBClusterStateFault"
    assert members(extended) == {primary: True, secondary: False}


@pytest.mark.parametrize("how", [{"AllowDataLoss": False}, {"AllowDataLoss": False, "Switchover": True}])
def test_a_failover_without_loss_is_a_switchover(extended: Aws, how: dict[str, bool]) -> None:
    _, secondary = create_global(extended)
    assert failover(extended, secondary, OLD, **how)["Status"] == "switching-over"
    until(lambda: settled(extended))
    assert members(extended)[secondary]


def test_a_switchover_needs_both_regions(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    lose(extended, NEW)
    with pytest.raises(ClientError, match="a switchover needs healthy members"):
        switchover(extended, secondary)
    assert members(extended)[primary]


def test_a_region_that_is_lost_during_a_switchover_cancels_it(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    hold(extended)
    switchover(extended, secondary)
    controls = lose(extended, NEW)
    controls.release_writer_changes()
    until(lambda: settled(extended))
    assert members(extended) == {primary: True, secondary: False}
    controls.restore_region()
    assert status(extended, NEW, "eu") == "available"


def test_a_switchover_is_told_by_both_regions(extended: Aws) -> None:
    _, secondary = create_global(extended)
    switchover(extended, secondary)
    until(lambda: settled(extended))
    until(lambda: len(numbers(extended, NEW)) == 3)
    assert numbers(extended, OLD) == [
        "Global switchover to DB cluster eu in Region eu-west-1 started.",
        "Old primary DB cluster us in Region us-east-1 successfully shut down.",
    ]
    assert numbers(extended, NEW)[:2] == [
        "New primary DB cluster eu in Region eu-west-1 was successfully promoted.",
        "Global switchover to DB cluster eu in Region eu-west-1 finished.",
    ]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One in which a failover takes no time."""
    yield from serve(tmp_path_factory, "quick", "--switchover-seconds", "0")


def test_rules_and_subscribers_get_the_events(quick: Aws) -> None:
    _, secondary = create_global(quick)
    sqs, sns, rds = (quick.client(service, NEW) for service in ("sqs", "sns", "rds"))
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = f"arn:aws:sqs:{NEW}:{ACCOUNT}:told"
    events = quick.client("events", NEW)
    pattern = {"source": ["aws.rds"], "detail": {"EventID": ["RDS-EVENT-0238"]}}
    events.put_rule(Name="failover", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failover", Targets=[{"Id": "1", "Arn": arn}])
    topic = sns.create_topic(Name="database")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    narrow = {"SourceType": "db-cluster", "EventCategories": ["global-failover"], "Enabled": True}
    subscriptions: list[dict[str, Any]] = [
        {**narrow, "SourceIds": ["eu"]},
        {**narrow, "Enabled": False},
        {**narrow, "EventCategories": ["deletion"]},
        {**narrow, "SourceIds": ["another"]},
        {**narrow, "SourceType": "db-instance"},
        {**narrow, "SnsTopicArn": f"{topic}-gone"},
    ]
    for number, subscription in enumerate(subscriptions):
        name = f"subscription-{number}"
        rds.create_event_subscription(**{"SubscriptionName": name, "SnsTopicArn": topic, **subscription})

    failover(quick, secondary)
    until(lambda: members(quick)[secondary])
    said: list[dict[str, Any]] = []

    def received() -> bool:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        said.extend(json.loads(message["Body"]) for message in messages)
        return len(said) == 3

    until(received)
    [event] = [one for one in said if "detail" in one]
    assert event["detail-type"] == "RDS DB Cluster Event"
    assert event["detail"]["SourceIdentifier"] == "eu"
    assert event["detail"]["Message"].startswith("Global failover to DB cluster eu")
    told = [json.loads(one["Message"]) for one in said if "Message" in one]
    assert sorted(one["Event ID"].rpartition("#")[2] for one in told) == ["RDS-EVENT-0238", "RDS-EVENT-0397"]
    assert {one["Source ID"] for one in told} == {"eu"}


def test_a_lost_region_with_nothing_to_resynchronize_is_just_back(extended: Aws) -> None:
    create_global(extended)
    Controls(extended.server.endpoint).lose_region(OLD)
    Controls(extended.server.endpoint).restore_region(OLD)
    assert status(extended, OLD, "us") == "available"
