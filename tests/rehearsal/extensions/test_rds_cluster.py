"""RDS clusters and instances."""

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_rds_global import (
    create_cluster,
    create_global,
    create_primary,
    members,
    writers,
)


def test_a_secondary_has_readers_only(aws: Aws) -> None:
    create_global(aws)
    assert writers(aws, "us-east-1", "us") == ["us-0"]
    assert writers(aws, "eu-west-1", "eu") == []


def test_a_secondary_names_the_primary_as_its_source(aws: Aws) -> None:
    primary, _ = create_global(aws)
    cluster = aws.client("rds", "eu-west-1").describe_db_clusters(DBClusterIdentifier="eu")["DBClusters"][0]
    assert cluster["ReplicationSourceIdentifier"] == primary
    assert cluster["MasterUsername"] == "admin"


def test_a_cluster_is_available_at_once(aws: Aws) -> None:
    made = aws.client("rds").create_db_cluster(
        DBClusterIdentifier="us",
        Engine="aurora-mysql",
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )
    assert made["DBCluster"]["Status"] == "available"


def test_a_provisioned_cluster_has_no_serverless_configuration(aws: Aws) -> None:
    create_primary(aws)
    [cluster] = aws.client("rds").describe_db_clusters()["DBClusters"]
    assert "ScalingConfigurationInfo" not in cluster


def test_a_serverless_cluster_keeps_its_configuration(extended: Aws) -> None:
    extended.client("rds").create_db_cluster(
        DBClusterIdentifier="serverless",
        Engine="aurora-mysql",
        EngineMode="serverless",
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )
    [cluster] = extended.client("rds").describe_db_clusters()["DBClusters"]
    assert cluster["ScalingConfigurationInfo"]["MaxCapacity"] == 16


def test_performance_insights_are_as_asked(aws: Aws) -> None:
    create_primary(aws)
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    made = aws.client("rds").create_db_instance(
        DBInstanceIdentifier="with",
        DBClusterIdentifier="us",
        Engine="aurora-mysql",
        DBInstanceClass="db.r6g.large",
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=key,
    )["DBInstance"]
    assert made["PerformanceInsightsEnabled"]
    assert (made["PerformanceInsightsRetentionPeriod"], made["PerformanceInsightsKMSKeyId"]) == (7, key)


def test_a_member_is_deleted_only_after_it_left(aws: Aws) -> None:
    primary, secondary = create_global(aws)
    rds = aws.client("rds", "eu-west-1")
    for tier in (0, 1):
        rds.delete_db_instance(DBInstanceIdentifier=f"eu-{tier}", SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="part of a global cluster"):
        rds.delete_db_cluster(DBClusterIdentifier="eu", SkipFinalSnapshot=True)
    rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=secondary)
    rds.delete_db_cluster(DBClusterIdentifier="eu", SkipFinalSnapshot=True)
    assert members(aws) == {primary: True}


def test_automated_backups_go_with_their_cluster(aws: Aws) -> None:
    rds = aws.client("rds")
    for name in ("gone", "kept"):
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-mysql",
            MasterUsername="admin",
            MasterUserPassword="not-a-secret",
        )
    rds.delete_db_cluster(
        DBClusterIdentifier="gone", SkipFinalSnapshot=False, FinalDBSnapshotIdentifier="final"
    )
    found = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    names = {snapshot["DBClusterSnapshotIdentifier"] for snapshot in found}
    assert {name.partition("-20")[0] for name in names} == {"final", "rds:kept"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"MasterUsername": "admin"}, "InvalidParameterCombination"),
        ({"MasterUserPassword": "not-a-secret"}, "InvalidParameterCombination"),
        ({"EngineVersion": "8.0.mysql_aurora.3.04.0"}, "InvalidParameterValue"),
        ({"GlobalClusterIdentifier": "nobody"}, "GlobalClusterNotFoundFault"),
    ],
)
def test_what_aws_refuses_of_a_secondary_is_refused(
    extended: Aws, arguments: dict[str, str], code: str
) -> None:
    create_global(extended)
    asked = {"GlobalClusterIdentifier": "g", "EngineVersion": "8.0.mysql_aurora.3.10.1", **arguments}
    with pytest.raises(ClientError) as error:
        extended.client("rds", "eu-west-2").create_db_cluster(
            DBClusterIdentifier="x", Engine="aurora-mysql", **asked
        )
    assert error.value.response["Error"]["Code"] == code


def test_an_encrypted_global_cluster_takes_no_secondary_without_a_key(extended: Aws) -> None:
    extended.client("rds").create_global_cluster(
        GlobalClusterIdentifier="g",
        Engine="aurora-mysql",
        EngineVersion="8.0.mysql_aurora.3.10.1",
        StorageEncrypted=True,
    )
    create_primary(extended, GlobalClusterIdentifier="g", StorageEncrypted=True)
    with pytest.raises(ClientError, match="a key of its own region"):
        create_cluster(extended, "eu-west-1", "eu", GlobalClusterIdentifier="g", StorageEncrypted=True)
