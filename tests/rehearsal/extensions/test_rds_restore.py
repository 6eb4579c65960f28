"""A cluster out of a snapshot."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_rds_global import VERSION, code_of, create_global, members

REGIONS = {"us": "us-east-1", "eu": "eu-west-1"}


def restore(aws: Aws, name: str, snapshot: str = "kept") -> Any:
    return aws.client("rds", REGIONS[name]).restore_db_cluster_from_snapshot(
        DBClusterIdentifier="beside",
        SnapshotIdentifier=snapshot,
        Engine="aurora-mysql",
        EngineVersion=VERSION,
    )["DBCluster"]


@pytest.mark.parametrize("name", REGIONS)
def test_it_stands_beside_the_global_database_that_it_is_of(aws: Aws, name: str) -> None:
    arns = create_global(aws)
    rds = aws.client("rds", REGIONS[name])
    rds.create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier="kept")
    restored = restore(aws, name)
    assert (restored["Status"], restored["MasterUsername"]) == ("available", "admin")
    assert restored.get("ReplicationSourceIdentifier") is None
    assert restored["DBClusterMembers"] == []
    assert set(members(aws)) == set(arns)
    # which is what lets it be deleted
    rds.delete_db_cluster(DBClusterIdentifier="beside", SkipFinalSnapshot=True)


def test_a_cluster_of_its_own_is_restored_as_ever(extended: Aws) -> None:
    rds = extended.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="us",
        Engine="aurora-mysql",
        EngineVersion=VERSION,
        MasterUsername="owner",
        MasterUserPassword="not-a-secret",
    )
    rds.create_db_cluster_snapshot(DBClusterIdentifier="us", DBClusterSnapshotIdentifier="kept")
    assert restore(extended, "us")["MasterUsername"] == "owner"


def test_a_snapshot_that_is_not_there_cannot_be_restored(extended: Aws) -> None:
    with pytest.raises(ClientError) as error:
        restore(extended, "us", snapshot="never-taken")
    assert code_of(error) == "DBClusterSnapshotNotFoundFault"
