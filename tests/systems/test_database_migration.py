"""C1 to C14: the platform that a database comes to, as boto3 sees it, before anything is loaded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.deploy.outputs import FLAT_NAMES
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system

REGION = "us-east-1"


def test_every_stack_was_applied_and_the_second_plan_of_each_is_empty(landed_system: Deployed) -> None:
    findings = landed_system.rehearsal.findings
    manifest = landed_system.rehearsal.deployment.manifest

    assert {stack["status"] for stack in findings["rollout"]["stacks"]} == {"applied"}
    assert {stack["status"] for stack in findings["second plan"]["stacks"]} == {"unchanged"}
    assert len(findings["rollout"]["stacks"]) == len(landed_system.rehearsal.stacks) == 6
    added = {stack["address"]: stack["counts"]["add"] for stack in findings["rollout"]["stacks"]}
    assert added == {entry.address: sum(entry.resources.values()) for entry in manifest.stacks}


def test_no_secret_is_in_any_state_plan_log_or_report(landed_system: Deployed) -> None:
    assert landed_system.rehearsal.findings["leaks"] == ()
    assert len(landed_system.rehearsal.secrets) == 3


def test_the_tour_shows_what_stands(landed_system: Deployed) -> None:
    for title in ("Write name", "Replication", "Aurora 15.10", "Rules", "Copies"):
        assert title in landed_system.shown
    assert landed_system.flat["aurora_cluster_endpoint"] in landed_system.shown


def test_the_flat_outputs_are_the_thirty_three_and_each_says_something(landed_system: Deployed) -> None:
    assert set(landed_system.flat) == set(FLAT_NAMES["database-migration"])
    assert len(landed_system.flat) == 33
    assert [name for name, value in landed_system.flat.items() if not value] == []


def test_the_runbook_has_this_deployments_ids(landed_system: Deployed) -> None:
    runbook = landed_system.outputs[f"{REGION}/cutover"]["cutover_runbook"]
    for name in ("route53_zone_id", "dms_forward_task_arn", "dms_reverse_task_arn", "state_parameter"):
        assert landed_system.flat[name] in runbook
    assert "${" not in runbook


def test_every_name_carries_the_suffix(landed_system: Deployed) -> None:
    suffix = landed_system.environment.environment_suffix
    ends = ("_name", "_identifier", "_alarm", "_function", "_instance_id", "_task_id")
    found = {
        f"{address} {output}": str(value)
        for address, published in landed_system.outputs.items()
        for output, value in published.items()
        if output.endswith(ends) and output != "record_name"
    }
    assert len(found) == 10
    assert [name for name, value in found.items() if not value.endswith(suffix)] == []
    for name in ("config_parameter", "state_parameter", "record_name"):
        assert suffix in landed_system.flat[name]


def test_aurora_has_a_writer_and_two_readers_each_in_a_zone_of_its_own(landed_system: Deployed) -> None:
    rds = landed_system.client("rds", REGION)
    identifier = landed_system.flat["aurora_cluster_identifier"]
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    wanted = [{"Name": "db-cluster-id", "Values": [identifier]}]
    instances = rds.describe_db_instances(Filters=wanted)["DBInstances"]

    assert sorted(one["IsClusterWriter"] for one in cluster["DBClusterMembers"]) == [False, False, True]
    zones = [one["AvailabilityZone"] for one in instances]
    assert sorted(zones) == sorted(landed_system.environment.landing.availability_zones)
    assert len(set(zones)) == 3
    assert {one["PubliclyAccessible"] for one in instances} == {False}
    assert cluster["Endpoint"] == landed_system.flat["aurora_cluster_endpoint"]


def test_both_tasks_are_made_and_none_was_started(landed_system: Deployed) -> None:
    dms = landed_system.client("dms", REGION)
    found = {one["ReplicationTaskArn"]: one for one in dms.describe_replication_tasks()["ReplicationTasks"]}
    forward, reverse = (landed_system.flat[f"dms_{name}_task_arn"] for name in ("forward", "reverse"))
    kinds = {arn: one["MigrationType"] for arn, one in found.items()}
    assert kinds == {forward: "full-load-and-cdc", reverse: "cdc"}
    ends = {arn: (one["SourceEndpointArn"], one["TargetEndpointArn"]) for arn, one in found.items()}
    assert ends[forward] == tuple(landed_system.flat[f"dms_{n}_endpoint_arn"] for n in ("source", "target"))
    # no endpoint is both a source and a target
    assert set(ends[forward]) & set(ends[reverse]) == set()


def weights(landed_system: Deployed) -> dict[str, tuple[int, str]]:
    """Return where each record of the write name leads, and its weight."""
    found = landed_system.client("route53").list_resource_record_sets(
        HostedZoneId=landed_system.flat["route53_zone_id"]
    )
    return {
        one["SetIdentifier"]: (one["Weight"], one["ResourceRecords"][0]["Value"])
        for one in found["ResourceRecordSets"]
        if "SetIdentifier" in one
    }


def test_the_write_name_leads_to_the_data_centre_at_first(landed_system: Deployed) -> None:
    cutover = landed_system.outputs[f"{REGION}/cutover"]
    assert weights(landed_system) == {
        cutover["on_premises_set_identifier"]: (100, landed_system.environment.on_premises.host),
        cutover["aurora_set_identifier"]: (0, landed_system.flat["aurora_cluster_endpoint"]),
    }


def asked(landed_system: Deployed, event: dict[str, str]) -> dict[str, Any]:
    answer = landed_system.client("lambda", REGION).invoke(
        FunctionName=landed_system.flat["cutover_function"], Payload=json.dumps(event)
    )
    return dict(json.loads(answer["Payload"].read()))


def test_the_function_says_why_nothing_is_ready_and_moves_nothing(landed_system: Deployed) -> None:
    before = weights(landed_system)
    found = asked(landed_system, {"action": "assess"})
    assert (found["ready"], found["stage"]) == (False, "replicating")
    assert found["weights"] == {"on_premises": 100, "aurora": 0}
    assert "the forward task is ready" in found["reasons"]
    refused = asked(landed_system, {"action": "cutover", "by": "a test"})
    assert (refused["done"], refused["reasons"]) == (False, ["the state is replicating, not drained"])
    assert weights(landed_system) == before


def test_a_split_between_both_databases_is_refused_and_stays_as_it_is(landed_system: Deployed) -> None:
    route53, zone = landed_system.client("route53"), landed_system.flat["route53_zone_id"]
    records = [
        one
        for one in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        if "SetIdentifier" in one
    ]

    def split(*shares: int) -> None:
        changes = [
            {"Action": "UPSERT", "ResourceRecordSet": {**one, "Weight": share}}
            for one, share in zip(records, shares, strict=True)
        ]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    before = weights(landed_system)
    try:
        split(50, 50)
        found = asked(landed_system, {"action": "cutover", "by": "a test"})
        assert not found["done"]
        assert found["reasons"] == [
            "the weights are {'on_premises': 50, 'aurora': 50}, not {'on_premises': 100, 'aurora': 0}"
        ]
        assert {weight for weight, _ in weights(landed_system).values()} == {50}
    finally:
        split(*(one["Weight"] for one in records))
    assert weights(landed_system) == before


def test_the_alarms_look_at_this_task_this_cluster_and_this_queue(landed_system: Deployed) -> None:
    flat, suffix = landed_system.flat, landed_system.environment.environment_suffix
    replication = landed_system.outputs[f"{REGION}/replication"]
    instance = ("ReplicationInstanceIdentifier", replication["dms_replication_instance_id"])
    # CloudWatch's dimension is the last part of the task's ARN, not its name
    task = ("ReplicationTaskIdentifier", flat["dms_forward_task_arn"].rpartition(":")[2])
    cluster = ("DBClusterIdentifier", flat["aurora_cluster_identifier"])
    queue = (
        "QueueName",
        landed_system.outputs[f"{REGION}/cutover"]["cutover_dead_letters_url"].rpartition("/")[2],
    )
    expected = {
        "lag-source": ("AWS/DMS", "CDCLatencySource", {instance, task}),
        "lag-target": ("AWS/DMS", "CDCLatencyTarget", {instance, task}),
        "aurora-cpu": ("AWS/RDS", "CPUUtilization", {cluster}),
        "aurora-connections": ("AWS/RDS", "DatabaseConnections", {cluster}),
        "dms-storage": ("AWS/DMS", "FreeStorageSpace", {instance}),
        "cutover-failures": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {queue}),
    }
    found = landed_system.client("cloudwatch", REGION).describe_alarms()["MetricAlarms"]
    assert {
        one["AlarmName"]: (
            one["Namespace"],
            one["MetricName"],
            {(dimension["Name"], dimension["Value"]) for dimension in one["Dimensions"]},
        )
        for one in found
    } == {f"alarm-{purpose}-{suffix}": values for purpose, values in expected.items()}
    # who hears it
    assert {tuple(one["AlarmActions"]) for one in found} == {(flat["alarm_topic_arn"],)}


def test_the_dashboard_shows_in_flat_arrays_what_the_alarms_look_at_but_the_disk(
    landed_system: Deployed,
) -> None:
    client = landed_system.client("cloudwatch", REGION)
    text = client.get_dashboard(DashboardName=landed_system.flat["dashboard_name"])["DashboardBody"]
    widgets = json.loads(text)["widgets"]

    assert len(widgets) == 9
    # 24 columns, and no two at one place
    assert all(one["x"] + one["width"] <= 24 for one in widgets)
    assert len({(one["x"], one["y"]) for one in widgets}) == 9
    shown = set()
    for one in widgets:
        for metric in one["properties"]["metrics"]:
            # namespace, metric, name and value of each dimension, and perhaps options
            words = metric[:-1] if isinstance(metric[-1], dict) else metric
            assert all(isinstance(word, str) for word in words), metric
            shown.add((*words[:2], frozenset(zip(words[2::2], words[3::2], strict=True))))
    missing = [
        alarm["AlarmName"]
        for alarm in client.describe_alarms()["MetricAlarms"]
        if (
            alarm["Namespace"],
            alarm["MetricName"],
            frozenset((one["Name"], one["Value"]) for one in alarm["Dimensions"]),
        )
        not in shown
    ]
    assert missing == [f"alarm-dms-storage-{landed_system.environment.environment_suffix}"]
