"""RDS global clusters across regions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.fault_client import Controls
from tests.rehearsal.conftest import Aws

VERSION = "8.0.mysql_aurora.3.10.1"


def create_cluster(aws: Aws, region: str, name: str, **arguments: Any) -> str:
    """Make an Aurora cluster with two instances; return its ARN."""
    rds = aws.client("rds", region)
    made = rds.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-mysql", EngineVersion=VERSION, **arguments
    )
    for tier in (0, 1):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-{tier}",
            DBClusterIdentifier=name,
            Engine="aurora-mysql",
            DBInstanceClass="db.r6g.large",
            PromotionTier=tier,
        )
    return str(made["DBCluster"]["DBClusterArn"])


def create_primary(aws: Aws, region: str = "us-east-1", name: str = "us", **arguments: Any) -> str:
    login = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"}
    return create_cluster(aws, region, name, **login, **arguments)


def create_global(aws: Aws) -> tuple[str, str]:
    """Make a global cluster with a primary and a secondary; return their ARNs."""
    aws.client("rds").create_global_cluster(
        GlobalClusterIdentifier="g",
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        DatabaseName="payments",
        Tags=[{"Key": "Env", "Value": "abc123"}],
    )
    primary = create_primary(aws, GlobalClusterIdentifier="g")
    return primary, create_cluster(aws, "eu-west-1", "eu", GlobalClusterIdentifier="g")


def members(aws: Aws) -> dict[str, bool]:
    found = aws.client("rds").describe_global_clusters(GlobalClusterIdentifier="g")["GlobalClusters"][0]
    return {one["DBClusterArn"]: one["IsWriter"] for one in found["GlobalClusterMembers"]}


def writers(aws: Aws, region: str, name: str) -> list[str]:
    cluster = aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    return [one["DBInstanceIdentifier"] for one in cluster["DBClusterMembers"] if one["IsClusterWriter"]]


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_global_cluster_keeps_its_database_name_and_tags(aws: Aws) -> None:
    create_global(aws)
    found = aws.client("rds").describe_global_clusters()["GlobalClusters"][0]
    assert found["DatabaseName"] == "payments"
    assert found["TagList"] == [{"Key": "Env", "Value": "abc123"}]
    assert found["Endpoint"].startswith("g.global-")


def test_only_the_global_cluster_that_is_asked_for_is_described(aws: Aws) -> None:
    for name in ("one", "two"):
        aws.client("rds").create_global_cluster(GlobalClusterIdentifier=name, Engine="aurora-mysql")
    found = aws.client("rds").describe_global_clusters(GlobalClusterIdentifier="two")["GlobalClusters"]
    assert [cluster["GlobalClusterIdentifier"] for cluster in found] == ["two"]


def test_global_clusters_are_found_by_region_and_by_member(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    extended.client("rds").create_global_cluster(GlobalClusterIdentifier="empty", Engine="aurora-mysql")

    def find(name: str, value: str) -> list[str]:
        filters = [{"Name": name, "Values": [value]}]
        found = extended.client("rds").describe_global_clusters(Filters=filters)["GlobalClusters"]
        return [cluster["GlobalClusterIdentifier"] for cluster in found]

    assert find("region", "eu-west-1") == ["g"]
    assert find("region", "us-west-2") == []
    assert find("db-cluster-id", primary) == find("db-cluster-id", secondary) == ["g"]
    with pytest.raises(ClientError, match="Unrecognized filter"):
        find("engine", "aurora-mysql")


def test_a_member_is_removed_from_another_region_and_can_be_written_to(aws: Aws) -> None:
    primary, secondary = create_global(aws)
    aws.client("rds", "eu-west-1").remove_from_global_cluster(
        GlobalClusterIdentifier="g", DbClusterIdentifier=secondary
    )
    assert members(aws) == {primary: True}
    assert writers(aws, "eu-west-1", "eu") == ["eu-0"]


def test_the_writer_leaves_last(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    rds = extended.client("rds")
    with pytest.raises(rds.exceptions.InvalidGlobalClusterStateFault):
        rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=primary)
    with pytest.raises(ClientError, match="is not found in global cluster g"):
        rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier="nobody")
    for member in (secondary, primary):
        rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=member)
    rds.delete_global_cluster(GlobalClusterIdentifier="g")
    assert rds.describe_global_clusters()["GlobalClusters"] == []


def test_an_existing_cluster_of_any_region_is_adopted_as_the_writer(aws: Aws) -> None:
    arn = create_primary(aws, "eu-west-1", "old", DatabaseName="payments", StorageEncrypted=True)
    made = aws.client("rds", "eu-west-1").create_global_cluster(
        GlobalClusterIdentifier="g", SourceDBClusterIdentifier=arn
    )["GlobalCluster"]
    assert (made["Engine"], made["EngineVersion"]) == ("aurora-mysql", VERSION)
    assert (made["DatabaseName"], made["StorageEncrypted"]) == ("payments", True)
    assert members(aws) == {arn: True}


def test_what_aws_refuses_of_a_global_cluster_is_refused(extended: Aws) -> None:
    rds = extended.client("rds")
    arn = create_primary(extended)
    rds.create_global_cluster(GlobalClusterIdentifier="g", Engine="aurora-mysql", DeletionProtection=True)

    def create(**arguments: str) -> str:
        with pytest.raises(ClientError) as error:
            rds.create_global_cluster(**arguments)
        return code_of(error)

    assert create(GlobalClusterIdentifier="g", Engine="aurora-mysql") == "GlobalClusterAlreadyExistsFault"
    named = {"GlobalClusterIdentifier": "h", "SourceDBClusterIdentifier": arn}
    assert create(**named, Engine="aurora-mysql") == "InvalidParameterCombination"
    nobody = "arn:aws:rds:us-east-1:123456789012:cluster:nobody"
    assert create(GlobalClusterIdentifier="h", SourceDBClusterIdentifier=nobody) == "DBClusterNotFoundFault"
    with pytest.raises(ClientError, match="protected"):
        rds.delete_global_cluster(GlobalClusterIdentifier="g")
    with pytest.raises(rds.exceptions.GlobalClusterNotFoundFault):
        rds.describe_global_clusters(GlobalClusterIdentifier="nobody")


def test_a_global_cluster_is_modified_and_renamed(aws: Aws) -> None:
    create_global(aws)
    rds = aws.client("rds")
    version = "8.0.mysql_aurora.3.10.2"
    rds.modify_global_cluster(GlobalClusterIdentifier="g", EngineVersion=version, DeletionProtection=True)
    rds.modify_global_cluster(GlobalClusterIdentifier="g", NewGlobalClusterIdentifier="h")
    [found] = rds.describe_global_clusters(GlobalClusterIdentifier="h")["GlobalClusters"]
    assert (found["EngineVersion"], found["DeletionProtection"]) == (version, True)
    cluster = aws.client("rds", "eu-west-1").describe_db_clusters(DBClusterIdentifier="eu")["DBClusters"][0]
    assert cluster["EngineVersion"] == version


def test_a_cluster_that_left_can_be_made_a_secondary_again(extended: Aws) -> None:
    primary, secondary = create_global(extended)
    controls, rds = Controls(extended.server.endpoint), extended.client("rds", "eu-west-1")
    rds.remove_from_global_cluster(GlobalClusterIdentifier="g", DbClusterIdentifier=secondary)
    assert members(extended) == {primary: True}
    assert writers(extended, "eu-west-1", "eu") == ["eu-0"]

    controls.rejoin("g", secondary)

    assert members(extended) == {primary: True, secondary: False}
    assert writers(extended, "eu-west-1", "eu") == []
    found = rds.describe_db_clusters(DBClusterIdentifier="eu")["DBClusters"][0]
    assert found["ReplicationSourceIdentifier"] == primary
    for name, arn in (("g", secondary), ("g", "nobody"), ("nowhere", primary)):
        with pytest.raises(ValueError, match="no cluster of its own"):
            controls.rejoin(name, arn)
