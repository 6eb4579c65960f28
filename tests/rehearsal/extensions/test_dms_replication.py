"""Tasks replicate between two databases, and say what they do."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.extensions.dms import SETTINGS, Dms
from tests.rehearsal.replication.scene import ALL, Scene, leftovers, mappings
from tests.rehearsal.waiting import until


@pytest.fixture
def dms(extended):
    yield Dms(extended)
    extended.server.reset()


@pytest.fixture
def scene(dms, both):
    """Both databases, made when nothing of another test replicates any more."""
    assert dms
    return Scene(both)


@pytest.fixture
def ends(dms, both, scene):
    assert scene
    return dms.between(both)


def heard(dms):
    """A queue that hears of all of DMS's events; returns what reads it."""
    sqs, events = dms.aws.client("sqs"), dms.aws.client("events")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.dms"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn}])
    bodies = []

    def read():
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(json.loads(message["Body"]))
        return bodies

    return read


def test_a_task_loads_follows_stops_and_says_so(dms, scene, ends):
    read = heard(dms)
    task = dms.task(ends["source"], ends["target"])
    assert dms.look(task)["Status"] == "ready"
    assert dms.tables(task) == []
    assert dms.start(task)["Status"] == "starting"
    dms.until(task, "running")
    # what is written before the end of the load may be a part of it
    until(lambda: [table["TableState"] for table in dms.tables(task)] == ["Table completed"])
    scene.write("INSERT INTO things VALUES (1000, 'new', 1)")
    until(lambda: scene.rows("SELECT said FROM things WHERE id = 1000") == [("new",)])
    until(lambda: dms.tables(task)[0]["ValidationState"] == "Validated")
    (table,) = dms.tables(task)
    assert (table["SchemaName"], table["TableName"]) == ("public", "things")
    assert (table["TableState"], table["FullLoadRows"]) == ("Table completed", 200)
    until(lambda: dms.tables(task)[0]["AppliedInserts"] >= 1)
    stats = dms.look(task)["ReplicationTaskStats"]
    assert (stats["FullLoadProgressPercent"], stats["TablesLoaded"], stats["TablesErrored"]) == (100, 1, 0)
    assert stats["FullLoadStartDate"] < stats["FullLoadFinishDate"]
    answer = dms.dms.stop_replication_task(ReplicationTaskArn=task)["ReplicationTask"]
    assert answer["Status"] == "stopping"
    assert dms.until(task, "stopped")["StopReason"] == "Stop Reason NORMAL"
    until(lambda: len(read()) == 2)
    kinds = {one["detail"]["eventType"]: one for one in read()}
    assert set(kinds) == {"REPLICATION_TASK_STARTED", "REPLICATION_TASK_STOPPED"}
    stopped = kinds["REPLICATION_TASK_STOPPED"]
    assert stopped["resources"] == [task]
    assert stopped["detail-type"] == "DMS Replication Task State Change"
    assert stopped["detail"]["category"] == "StateChange"


def test_it_stops_after_the_load_when_its_settings_say_so_and_goes_on(dms, scene, ends):
    load = {**SETTINGS["FullLoadSettings"], "StopTaskCachedChangesApplied": True}
    settings = json.dumps({**SETTINGS, "FullLoadSettings": load})
    task = dms.task(ends["source"], ends["target"], ReplicationTaskSettings=settings)
    dms.start(task)
    assert dms.until(task, "stopped")["StopReason"] == "Stop Reason STOPPED_AFTER_CACHED_EVENTS"
    scene.write("INSERT INTO things VALUES (1000, 'meanwhile', 1)")
    dms.start(task, "resume-processing")
    dms.until(task, "running")
    until(lambda: scene.rows("SELECT said FROM things WHERE id = 1000"))
    assert dms.look(task)["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100


def test_stopped_while_it_loads_it_goes_on_with_the_load(dms, scene, ends):
    tables = mappings(("include", "public", "things"), ("include", "public", "whole"))
    task = dms.task(ends["source"], ends["target"], TableMappings=tables)
    with scene.target.connect() as held, held.transaction():
        held.execute("LOCK TABLE things")
        dms.start(task)
        dms.until(task, "running")
        dms.dms.stop_replication_task(ReplicationTaskArn=task)
    assert dms.until(task, "stopped")["StopReason"] == "Stop Reason NORMAL"
    assert leftovers(scene) == []
    assert scene.rows("SELECT count(*) FROM whole") == [(0,)]
    scene.write("INSERT INTO things VALUES (1000, 'meanwhile', 1)")
    dms.start(task, "resume-processing")
    dms.follows(task)
    until(lambda: scene.rows("SELECT said FROM things WHERE id = 1000"))
    assert scene.rows("SELECT count(*) FROM things") == [(201,)]


def test_everything_may_be_loaded_anew(dms, scene, ends):
    load = {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}
    settings = json.dumps({**SETTINGS, "FullLoadSettings": load})
    task = dms.task(ends["source"], ends["target"], ReplicationTaskSettings=settings)
    dms.start(task)
    dms.follows(task)
    dms.dms.stop_replication_task(ReplicationTaskArn=task)
    dms.until(task, "stopped")
    scene.write("DELETE FROM things WHERE id > 10")
    dms.start(task, "reload-target")
    dms.until(task, "running")
    until(lambda: scene.rows("SELECT count(*) FROM things") == [(10,)])


def test_a_task_of_changes_only_may_begin_anew(dms, scene, ends):
    task = dms.task(ends["source"], ends["target"], MigrationType="cdc")
    for number in (1, 2):
        dms.start(task)
        dms.until(task, "running")
        scene.write("INSERT INTO things SELECT max(id) + 1, 'new', 1 FROM things")
        until(lambda number=number: scene.rows("SELECT count(*) FROM things") == [(number,)])
        dms.dms.stop_replication_task(ReplicationTaskArn=task)
        dms.until(task, "stopped")
    assert dms.look(task)["ReplicationTaskStats"]["FullLoadProgressPercent"] == 0


def test_without_validation_nothing_is_compared(dms, scene, ends):
    task = dms.task(
        ends["source"],
        ends["target"],
        ReplicationTaskSettings='{"FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"}}',
    )
    dms.start(task)
    until(lambda: dms.tables(task) and dms.tables(task)[0]["TableState"] == "Table completed")
    assert dms.tables(task)[0]["ValidationState"] == "Not enabled"
    assert scene.rows("SELECT count(*) FROM things") == [(200,)]


def test_statistics_come_in_pages_and_are_filtered(dms, scene, ends):
    task = dms.task(ends["source"], ends["target"], TableMappings=ALL)
    dms.start(task)
    until(lambda: len(dms.tables(task)) == 4)
    pages = dms.dms.get_paginator("describe_table_statistics").paginate(
        ReplicationTaskArn=task, PaginationConfig={"PageSize": 3}
    )
    names = [[one["TableName"] for one in page["TableStatistics"]] for page in pages]
    assert names == [["fleeting", "loose", "things"], ["whole"]]
    found = dms.tables(task, Filters=[{"Name": "table-name", "Values": ["loose"]}])
    assert [one["TableName"] for one in found] == ["loose"]
    until(lambda: dms.tables(task)[1]["ValidationState"] == "No primary key")
    assert scene.rows("SELECT count(*) FROM fleeting") == [(1,)]


def test_the_latency_is_a_metric_of_the_task(dms, scene, ends):
    task = dms.task(ends["source"], ends["target"])
    dms.start(task)
    dms.until(task, "running")
    assert scene.rows("SELECT 1")
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": "instance"},
        {"Name": "ReplicationTaskIdentifier", "Value": task.rpartition(":")[2]},
    ]

    def values(metric):
        found = dms.aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/DMS",
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=datetime.now(UTC) - timedelta(minutes=5),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )
        return [one["Maximum"] for one in found["Datapoints"]]

    for metric in ("CDCLatencySource", "CDCLatencyTarget", "CDCIncomingChanges"):
        until(lambda metric=metric: values(metric))
        assert max(values(metric)) < 60


def test_a_task_that_leads_nowhere_is_made_and_fails_when_it_is_started(dms):
    read = heard(dms)
    nowhere = {"host": "127.0.0.2", "port": 1, "username": "u", "password": "secret-word"}
    settings = {"SecretsManagerSecretId": dms.secret("one", **nowhere)}
    ends = [dms.endpoint(kind, kind, PostgreSQLSettings=settings) for kind in ("source", "target")]
    task = dms.task(*ends)
    assert dms.look(task)["Status"] == "ready"
    dms.start(task)
    found = dms.until(task, "failed")
    assert "Connection refused" in found["LastFailureMessage"]
    assert "secret-word" not in json.dumps(found, default=str)
    assert found["StopReason"] == "Stop Reason FATAL_ERROR"
    until(lambda: [one["detail"]["category"] for one in read()] == ["Failure"])
    dms.start(task, "resume-processing")
    dms.until(task, "failed")


def test_a_task_without_endpoints_fails_at_once(dms):
    task = dms.task(f"{dms.instance}-x", f"{dms.instance}-y")
    dms.start(task)
    assert "there is no endpoint" in dms.until(task, "failed")["LastFailureMessage"]
    dms.start(task, "resume-processing")
    assert dms.until(task, "failed")["ReplicationTaskStats"]["TablesLoaded"] == 0


def test_what_is_not_emulated_fails(dms, ends):
    task = dms.task(ends["source"], ends["target"], MigrationType="full-load")
    dms.start(task)
    assert "full-load is not emulated" in dms.until(task, "failed")["LastFailureMessage"]


def test_how_a_task_is_started_depends_on_whether_it_ran(dms, ends):
    task = dms.task(ends["source"], ends["target"])
    with pytest.raises(ClientError, match="valid only for tasks that ran before"):
        dms.start(task, "resume-processing")
    with pytest.raises(ClientError, match="slot of one's own"):
        dms.dms.start_replication_task(
            ReplicationTaskArn=task, StartReplicationTaskType="start-replication", CdcStartPosition="0/1"
        )
    dms.start(task)
    with pytest.raises(ClientError, match="InvalidResourceStateFault"):
        dms.start(task)
    dms.until(task, "running")
    with pytest.raises(ClientError, match="InvalidResourceStateFault"):
        dms.dms.delete_replication_task(ReplicationTaskArn=task)
    with pytest.raises(ClientError, match="InvalidResourceStateFault"):
        dms.dms.modify_replication_task(ReplicationTaskArn=task, TableMappings="{}")
    dms.follows(task)
    dms.dms.stop_replication_task(ReplicationTaskArn=task)
    dms.until(task, "stopped")
    with pytest.raises(ClientError, match="InvalidResourceStateFault"):
        dms.dms.stop_replication_task(ReplicationTaskArn=task)
    with pytest.raises(ClientError, match="valid only for tasks running for the first time"):
        dms.start(task)
    changes = dms.task(ends["source"], ends["target"], "changes", MigrationType="cdc")
    dms.start(changes)
    dms.until(changes, "running")
    dms.dms.stop_replication_task(ReplicationTaskArn=changes)
    dms.until(changes, "stopped")
    with pytest.raises(ClientError, match="loads nothing"):
        dms.start(changes, "reload-target")


def test_both_directions_at_once_are_refused(dms, scene, ends):
    forward = dms.task(ends["source"], ends["target"])
    reverse = dms.task(ends["back-source"], ends["back-target"], "reverse", MigrationType="cdc")
    dms.start(forward)
    dms.until(forward, "running")
    dms.start(reverse)
    assert "in a circle" in dms.until(reverse, "failed")["LastFailureMessage"]
    assert scene.rows("SELECT count(*) FROM things", at="source") == [(200,)]
    dms.follows(forward)
    dms.dms.stop_replication_task(ReplicationTaskArn=forward)
    dms.until(forward, "stopped")
    dms.start(reverse)
    dms.until(reverse, "running")


def test_a_task_that_is_deleted_leaves_nothing(dms, scene, ends):
    task = dms.task(ends["source"], ends["target"])
    dms.start(task)
    dms.follows(task)
    dms.dms.stop_replication_task(ReplicationTaskArn=task)
    dms.until(task, "stopped")
    assert leftovers(scene)
    dms.dms.delete_replication_task(ReplicationTaskArn=task)
    assert leftovers(scene) == []


def test_a_reset_leaves_nothing_of_a_task_that_runs(dms, scene, ends):
    task = dms.task(ends["source"], ends["target"])
    dms.start(task)
    dms.until(task, "running")
    began = time.monotonic()
    dms.aws.server.reset()
    assert leftovers(scene) == []
    assert time.monotonic() - began < 30


def test_what_does_not_exist_is_said(dms):
    missing = f"{dms.instance}-x"
    for call in (
        lambda: dms.start(missing),
        lambda: dms.dms.stop_replication_task(ReplicationTaskArn=missing),
        lambda: dms.dms.delete_replication_task(ReplicationTaskArn=missing),
        lambda: dms.tables(missing),
    ):
        with pytest.raises(ClientError, match="ResourceNotFoundFault"):
            call()
