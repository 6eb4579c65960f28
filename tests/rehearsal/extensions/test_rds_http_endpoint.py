"""The HTTP endpoint of clusters; that the provider plans nothing is in `test_terraform`."""

import pytest

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_rds_global import create_primary


def enabled(aws: Aws) -> bool:
    [cluster] = aws.client("rds").describe_db_clusters(DBClusterIdentifier="us")["DBClusters"]
    return bool(cluster["HttpEndpointEnabled"])


def test_a_provisioned_cluster_is_made_with_it_or_without(aws: Aws) -> None:
    create_primary(aws, EnableHttpEndpoint=True)
    assert enabled(aws)


def test_it_is_switched_on_and_off(aws: Aws) -> None:
    arn = create_primary(aws)
    assert not enabled(aws)
    rds = aws.client("rds")
    assert rds.enable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"]
    assert enabled(aws)
    assert not rds.disable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"]
    assert not enabled(aws)
    with pytest.raises(rds.exceptions.ResourceNotFoundFault):
        rds.enable_http_endpoint(ResourceArn=f"{arn}-no")


def test_serverless_v1_has_it_for_some_versions_only(extended: Aws) -> None:
    found = extended.client("rds").create_db_cluster(
        DBClusterIdentifier="us",
        Engine="aurora-mysql",
        EngineMode="serverless",
        EngineVersion="8.0.mysql_aurora.3.10.1",
        EnableHttpEndpoint=True,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )["DBCluster"]
    assert not found["HttpEndpointEnabled"]
