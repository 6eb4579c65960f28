"""B1, B2, B3, B5, B9: database, intents, networks, alarms and keys of both regions, as boto3 sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.intents import schema
from shared.intents.accept import Intents
from shared.rehearsal.fault_client import Controls
from tests.rehearsal.waiting import until
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system

HOME, AWAY = 0, 1
BOTH = pytest.mark.parametrize("number", [HOME, AWAY])


def key(recovered_system: Deployed, region: str) -> str:
    return str(recovered_system.outputs[f"{region}/foundation"]["kms_key_arn"])


# Database -------------------------------------------------------------------------------------------


def test_the_global_database_writes_in_the_primary_and_follows_in_the_standby(
    recovered_system: Deployed,
) -> None:
    home, away = recovered_system.regions
    name = recovered_system.outputs[f"{home}/database"]["global_cluster_identifier"]
    for region in recovered_system.regions:
        (found,) = recovered_system.client("rds", region).describe_global_clusters(
            GlobalClusterIdentifier=name
        )["GlobalClusters"]
        members = {member["DBClusterArn"].split(":")[3]: member for member in found["GlobalClusterMembers"]}
        assert {place: member["IsWriter"] for place, member in members.items()} == {home: True, away: False}
        assert {member["SynchronizationStatus"] for member in members.values()} == {"connected"}
        assert found["StorageEncrypted"]


@BOTH
def test_each_regions_cluster_is_encrypted_backed_up_and_takes_sql_over_https(
    recovered_system: Deployed, number: int
) -> None:
    region, environment = recovered_system.regions[number], recovered_system.environment
    rds = recovered_system.client("rds", region)
    name = recovered_system.outputs[f"{region}/database"]["aurora_cluster_identifier"]
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]

    assert cluster["EngineVersion"] == environment.database.engine_version
    assert (cluster["StorageEncrypted"], cluster["KmsKeyId"]) == (True, key(recovered_system, region))
    assert cluster["BackupRetentionPeriod"] >= 7
    assert cluster["HttpEndpointEnabled"]
    names = [member["DBInstanceIdentifier"] for member in cluster["DBClusterMembers"]]
    instances = [rds.describe_db_instances(DBInstanceIdentifier=one)["DBInstances"][0] for one in names]
    assert len({instance["AvailabilityZone"] for instance in instances}) == environment.database.instances


# Intents --------------------------------------------------------------------------------------------


@BOTH
def test_the_table_of_intents_is_in_each_region_with_the_regions_own_key(
    recovered_system: Deployed, number: int
) -> None:
    region, other = recovered_system.regions[number], recovered_system.regions[1 - number]
    client, table = recovered_system.client("dynamodb", region), recovered_system.flat["intents_table"]
    found = client.describe_table(TableName=table)["Table"]

    (replica,) = found["Replicas"]
    assert (replica["RegionName"], replica["ReplicaStatus"]) == (other, "ACTIVE")
    assert replica["KMSMasterKeyId"] == key(recovered_system, other)
    assert found["SSEDescription"]["KMSMasterKeyArn"] == key(recovered_system, region)
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["StreamSpecification"]["StreamViewType"] == schema.STREAM_VIEW_TYPE
    assert [one["AttributeName"] for one in found["KeySchema"]] == [schema.KEY]
    (index,) = found["GlobalSecondaryIndexes"]
    assert [one["AttributeName"] for one in index["KeySchema"]] == [schema.SHARD, schema.SEQUENCE]
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", schema.EXPIRES)


def drain(recovered_system: Deployed) -> tuple[str | None, dict[str, Any]]:
    """Invoke the drain; return the kind of its error, if it ended with one, and its answer."""
    name = recovered_system.outputs[f"{recovered_system.regions[AWAY]}/failover"]["drain_function"]
    answer = recovered_system.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def test_there_is_nothing_to_drain(recovered_system: Deployed) -> None:
    assert drain(recovered_system) == (
        None,
        {"drained": 0, "already_there": 0, "failed": 0, "failures": [], "done": True},
    )


def test_what_a_region_accepts_the_other_has_and_keeps_while_no_database_there_writes(
    recovered_system: Deployed, controls: Controls
) -> None:
    home, away = recovered_system.regions
    table = recovered_system.flat["intents_table"]
    here, there = (
        Intents(recovered_system.client("dynamodb", region), table, region=region) for region in (home, away)
    )
    accepted = here.accept(key="drill-1", ordering_key="account-1", payload={"amount": "12.50"})
    try:
        until(lambda: there.state("drill-1") == schema.QUEUED and controls.replication_under_way() == 0)
        again = there.accept(key="drill-1", ordering_key="account-1", payload={"amount": "12.50"})
        assert (accepted.new, again.new) == (True, False)
        # the standby's cluster is a secondary: nothing is said to be in a database that does not write
        kind, error = drain(recovered_system)
        assert (kind, error["errorType"]) == ("Unhandled", "DrainError")
        assert there.waiting() == 1
    finally:
        for region in recovered_system.regions:
            client = recovered_system.client("dynamodb", region)
            client.delete_item(TableName=table, Key={schema.KEY: {"S": "drill-1"}})
        until(lambda: controls.replication_under_way() == 0)
    assert here.waiting() == there.waiting() == 0


# Network --------------------------------------------------------------------------------------------


@BOTH
def test_each_network_spans_three_zones_and_leads_to_the_other(
    recovered_system: Deployed, number: int
) -> None:
    region, other = recovered_system.regions[number], recovered_system.regions[1 - number]
    foundation = recovered_system.outputs[f"{region}/foundation"]
    ec2 = recovered_system.client("ec2", region)
    peering = recovered_system.outputs[f"{region}/routing"]["vpc_peering_id"]
    (found,) = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])[
        "VpcPeeringConnections"
    ]
    assert found["Status"]["Code"] == "active"
    for kind in ("public_subnet_ids", "private_subnet_ids"):
        subnets = ec2.describe_subnets(SubnetIds=foundation[kind])["Subnets"]
        assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    there = recovered_system.outputs[f"{other}/foundation"]["vpc_cidr"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [foundation["vpc_id"]]}])
    ways = [
        route["VpcPeeringConnectionId"]
        for table in tables["RouteTables"]
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == there
    ]
    assert ways == [peering] * 4


# Alarms ---------------------------------------------------------------------------------------------


def alarms(recovered_system: Deployed, region: str) -> dict[str, dict[str, Any]]:
    found = recovered_system.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
    return {alarm["MetricName"]: alarm for alarm in found}


@BOTH
def test_the_lag_is_watched_where_the_metric_is_and_where_it_will_be(
    recovered_system: Deployed, number: int
) -> None:
    region = recovered_system.regions[number]
    alarm = alarms(recovered_system, region)["AuroraGlobalDBRPOLag"]
    cluster = recovered_system.outputs[f"{region}/database"]["aurora_cluster_identifier"]

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (5000, "GreaterThanThreshold")
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Statistic"]) == (60, 2, "Maximum")
    assert alarm["TreatMissingData"] == ("notBreaching" if number == HOME else "breaching")
    assert alarm["Dimensions"] == [{"Name": "DBClusterIdentifier", "Value": cluster}]


@BOTH
def test_every_alarm_tells_the_regions_encrypted_topic(recovered_system: Deployed, number: int) -> None:
    region = recovered_system.regions[number]
    foundation = recovered_system.outputs[f"{region}/foundation"]
    topic = recovered_system.client("sns", region).get_topic_attributes(
        TopicArn=foundation["alarm_topic_arn"]
    )
    found = alarms(recovered_system, region)

    assert foundation["kms_key_id"] in topic["Attributes"]["KmsMasterKeyId"]
    expected = {"AuroraGlobalDBRPOLag", "HealthyHostCount", "Url5xxCount", "UrlRequestCount"}
    if number == AWAY:
        expected |= {"ExecutionsFailed", "ExecutionsAborted"}
    assert set(found) == expected
    for alarm in found.values():
        assert alarm["AlarmActions"] == [foundation["alarm_topic_arn"]]


# Keys -----------------------------------------------------------------------------------------------


@BOTH
def test_what_functions_and_databases_log_is_encrypted_with_the_regions_key_and_forgotten(
    recovered_system: Deployed, number: int
) -> None:
    region = recovered_system.regions[number]
    groups = recovered_system.client("logs", region).describe_log_groups()["logGroups"]
    functions = {group["logGroupName"] for group in groups if "/lambda/" in group["logGroupName"]}
    expected = {recovered_system.outputs[f"{region}/probe"]["probe_function"]}
    if number == AWAY:
        failover = recovered_system.outputs[f"{region}/failover"]
        expected |= {failover["drain_function"], failover["failover_function"]}

    assert functions == {f"/aws/lambda/{name}" for name in expected}
    assert {group["kmsKeyId"] for group in groups} == {key(recovered_system, region)}
    days = recovered_system.environment.service.log_retention_days
    assert {group["retentionInDays"] for group in groups} == {days}


@BOTH
def test_the_key_is_rotated(recovered_system: Deployed, number: int) -> None:
    region = recovered_system.regions[number]
    kms = recovered_system.client("kms", region)
    assert kms.get_key_rotation_status(KeyId=key(recovered_system, region))["KeyRotationEnabled"]
