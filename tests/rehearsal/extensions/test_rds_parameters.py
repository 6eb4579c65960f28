"""Parameters of RDS parameter groups."""

from tests.rehearsal.conftest import Aws

PARAMETER = {"ParameterName": "binlog_format", "ParameterValue": "ROW", "ApplyMethod": "pending-reboot"}


def test_a_groups_parameters_come_from_the_user(aws: Aws) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="p", DBParameterGroupFamily="aurora-mysql8.0", Description="d"
    )
    rds.modify_db_parameter_group(DBParameterGroupName="p", Parameters=[PARAMETER])
    assert rds.describe_db_parameters(DBParameterGroupName="p")["Parameters"] == [
        {**PARAMETER, "Source": "user"}
    ]
    assert rds.describe_db_parameters(DBParameterGroupName="p", Source="system")["Parameters"] == []


def test_a_cluster_groups_parameters_come_from_the_user(aws: Aws) -> None:
    rds = aws.client("rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="p", DBParameterGroupFamily="aurora-mysql8.0", Description="d"
    )
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName="p", Parameters=[PARAMETER])
    found = rds.describe_db_cluster_parameters(DBClusterParameterGroupName="p", Source="user")
    assert found["Parameters"] == [{**PARAMETER, "Source": "user"}]
