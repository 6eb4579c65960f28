"""Statements that are sent over the RDS Data API, as the migration's canary sends them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.test_rds_global import create_cluster, create_global, create_primary
from tests.rehearsal.extensions.test_rds_switchover import settled, switchover
from tests.rehearsal.waiting import until

CREATE = "CREATE TABLE IF NOT EXISTS canary (execution VARCHAR(512) NOT NULL, written_at VARCHAR(32))"
INSERT = "INSERT INTO canary (execution, written_at) VALUES (:execution, :written_at)"
SELECT = "SELECT written_at FROM canary WHERE execution = :execution"
LOGIN = json.dumps({"username": "payments_app", "password": "not-a-secret"})
VALUES = {"execution": {"stringValue": "arn"}, "written_at": {"stringValue": "now"}}
REGIONS = {"us": "us-east-1", "eu": "eu-west-1"}


def secret(
    aws: Aws, value: str = LOGIN, name: str = "payments/application", region: str = "us-east-1"
) -> None:
    aws.client("secretsmanager", region).create_secret(Name=name, SecretString=value)


def run(
    aws: Aws,
    arn: str,
    sql: str,
    values: dict[str, Any] | None = None,
    **arguments: Any,
) -> Any:
    region = arn.split(":")[3]
    parameters = [{"name": name, "value": value} for name, value in (values or {}).items()]
    return aws.client("rds-data", region).execute_statement(
        **{
            "resourceArn": arn,
            "secretArn": "payments/application",
            "database": "payments",
            "sql": sql,
            **arguments,
        },
        parameters=parameters,
    )


def refused(aws: Aws, arn: str, sql: str = "SELECT 1", **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        run(aws, arn, sql, **arguments)
    return str(error.value).replace("An error occurred ", "").replace(
        " when calling the ExecuteStatement operation (reached max retries: 0)", ""
    ).replace(" when calling the ExecuteStatement operation", "")  # fmt: skip


def world(aws: Aws) -> dict[str, str]:
    """Make a global database with the endpoint on both sides, and the secret in both regions."""
    arns = dict(zip(REGIONS, create_global(aws), strict=True))
    for name, region in REGIONS.items():
        aws.client("rds", region).enable_http_endpoint(ResourceArn=arns[name])
        secret(aws, region=region)
    return arns


def test_a_row_is_written_and_read_back(aws: Aws) -> None:
    arn = create_primary(aws, EnableHttpEndpoint=True, DatabaseName="payments")
    secret(aws)
    with pytest.raises(aws.client("rds-data").exceptions.DatabaseErrorException) as error:
        run(aws, arn, INSERT, VALUES)
    assert "Table 'payments.canary' doesn't exist; Error code: 1146" in str(error.value)
    for _ in range(2):
        run(aws, arn, CREATE)
    assert run(aws, arn, INSERT, VALUES)["numberOfRecordsUpdated"] == 1
    found = run(aws, arn, SELECT, {"execution": {"stringValue": "arn"}}, includeResultMetadata=True)
    assert found["records"] == [[{"stringValue": "now"}]]
    assert found["columnMetadata"][0]["label"] == "written_at"


def test_values_keep_their_types(extended: Aws) -> None:
    arn = create_primary(extended, EnableHttpEndpoint=True, DatabaseName="payments")
    secret(extended)
    fields = {
        "a": {"isNull": True},
        "b": {"longValue": 5},
        "c": {"doubleValue": 0.5},
        "d": {"stringValue": "x"},
        "e": {"blobValue": b"y"},
    }
    answer = run(extended, arn, "SELECT :a, :b, :c, :d, :e", fields)
    assert answer["records"] == [list(fields.values())]
    assert "columnMetadata" not in answer


def test_what_mysql_refuses_is_refused_in_its_words(extended: Aws) -> None:
    arn = create_primary(extended, EnableHttpEndpoint=True, DatabaseName="payments")
    secret(extended)
    run(extended, arn, "CREATE TABLE t (a INT PRIMARY KEY)")
    run(extended, arn, "INSERT INTO t (a) VALUES (1)")
    assert "Duplicate entry" in refused(extended, arn, "INSERT INTO t (a) VALUES (1)")
    assert "Unknown column 'b'; Error code: 1054" in refused(extended, arn, "INSERT INTO t (b) VALUES (1)")
    assert "Unknown column 'b'; Error code: 1054" in refused(extended, arn, "SELECT b FROM t")
    assert "Error code: 1064" in refused(extended, arn, "SELEKT")
    assert "Unknown database 'ledger'; Error code: 1049" in refused(extended, arn, database="ledger")
    assert refused(extended, arn, transactionId="x").startswith("(TransactionNotFoundException)")
    assert "only a part of rds-data:ExecuteStatement" in refused(extended, arn, formatRecordsAs="JSON")


def test_a_global_database_is_reached_at_its_writer_only(aws: Aws) -> None:
    arns = world(aws)
    run(aws, arns["us"], CREATE)
    run(aws, arns["us"], INSERT, VALUES)
    for sql in (SELECT.replace(":execution", "'arn'"), CREATE):
        assert refused(aws, arns["eu"], sql).startswith("(DatabaseUnavailableException)")
    switchover(aws, arns["eu"])
    for arn in arns.values():
        assert refused(aws, arn).startswith("(DatabaseUnavailableException)")
    until(lambda: settled(aws))
    assert refused(aws, arns["us"]).startswith("(DatabaseUnavailableException)")
    found = run(aws, arns["eu"], SELECT, {"execution": {"stringValue": "arn"}})
    assert found["records"] == [[{"stringValue": "now"}]]


def test_a_member_that_leaves_goes_on_with_a_copy(extended: Aws) -> None:
    arns = world(extended)
    run(extended, arns["us"], CREATE)
    extended.client("rds").remove_from_global_cluster(
        GlobalClusterIdentifier="g", DbClusterIdentifier=arns["eu"]
    )
    extended.client("rds", "eu-west-1").modify_db_cluster(DBClusterIdentifier="eu", DeletionProtection=False)
    run(extended, arns["eu"], INSERT, VALUES, database="")
    assert run(extended, arns["us"], SELECT, {"execution": {"stringValue": "arn"}})["records"] == []


def test_an_adopted_clusters_data_are_the_global_databases(extended: Aws) -> None:
    arn = create_primary(extended, EnableHttpEndpoint=True, DatabaseName="payments")
    secret(extended)
    run(extended, arn, CREATE)
    extended.client("rds").create_global_cluster(GlobalClusterIdentifier="g", SourceDBClusterIdentifier=arn)
    assert run(extended, arn, INSERT, VALUES)["numberOfRecordsUpdated"] == 1


def test_a_cluster_that_cannot_be_asked_is_said(extended: Aws) -> None:
    arn = create_primary(extended, DatabaseName="payments")
    secret(extended)
    assert refused(extended, arn) == (
        f"(HttpEndpointNotEnabledException): HttpEndpoint is not enabled for resource {arn}"
    )
    assert refused(extended, f"{arn}-no").startswith("(NotFoundException)")
    empty = extended.client("rds").create_db_cluster(
        DBClusterIdentifier="empty",
        Engine="aurora-mysql",
        EnableHttpEndpoint=True,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )["DBCluster"]["DBClusterArn"]
    assert refused(extended, empty).startswith("(DatabaseNotFoundException)")


@pytest.mark.parametrize("value", ["plain", "[]", '{"username": "a"}', '{"username": "a", "password": ""}'])
def test_a_secret_without_a_login_is_refused(extended: Aws, value: str) -> None:
    arn = create_primary(extended, EnableHttpEndpoint=True, DatabaseName="payments")
    secret(extended, value)
    assert refused(extended, arn).startswith("(InvalidSecretException)")
    assert refused(extended, arn, secretArn="payments/nobody").startswith("(SecretsErrorException)")


def test_a_secret_is_looked_for_in_the_clusters_region(extended: Aws) -> None:
    secret(extended)
    login = {"MasterUsername": "admin", "MasterUserPassword": "not-a-secret"}
    arn = create_cluster(extended, "eu-west-1", "alone", EnableHttpEndpoint=True, **login)
    assert refused(extended, arn, database="").startswith("(SecretsErrorException)")
    replica = [{"Region": "eu-west-1"}]
    extended.client("secretsmanager").replicate_secret_to_regions(
        SecretId="payments/application", AddReplicaRegions=replica
    )
    assert run(extended, arn, "SELECT 1", database="")["records"] == [[{"longValue": 1}]]
