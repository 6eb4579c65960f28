"""AWS's names of APIs in state machines."""

import pytest

from shared.rehearsal.extensions import stepfunctions_naming as naming


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        ("DBClusterIdentifier", "DbClusterIdentifier"),
        ("DNSName", "DnsName"),
        ("TTL", "Ttl"),
        ("executionArn", "ExecutionArn"),
        ("EC2InstanceId", "Ec2InstanceId"),
        ("IAMDatabaseAuthenticationEnabled", "IamDatabaseAuthenticationEnabled"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
    ],
)
def test_a_name_is_in_pascal_case(api: str, expected: str) -> None:
    assert naming.pascal(api) == expected


@pytest.mark.parametrize(
    ("name", "prefix", "code", "error"),
    [
        ("rds", "Rds", "DBClusterNotFoundFault", "Rds.DbClusterNotFoundException"),
        ("route53", "Route53", "ThrottlingException", "Route53.ThrottlingException"),
        ("route53", "Route53", "PriorRequestNotComplete", "Route53.PriorRequestNotCompleteException"),
        # what the API's model does not have is the service's general exception
        ("route53", "Route53", "Throttling", "Route53.Route53Exception"),
        ("ssm", "Ssm", "ParameterNotFound", "Ssm.ParameterNotFoundException"),
        ("ssm", "Ssm", "InternalServerError", "Ssm.InternalServerErrorException"),
        ("dynamodb", "DynamoDb", "", "DynamoDb.DynamoDbException"),
        (
            "databasemigration",
            "DatabaseMigration",
            "ResourceNotFoundFault",
            "DatabaseMigration.ResourceNotFoundException",
        ),
        (
            "elasticloadbalancingv2",
            "ElasticLoadBalancingV2",
            "x",
            "ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception",
        ),
        ("sfn", "Sfn", "ExecutionDoesNotExist", "Sfn.ExecutionDoesNotExistException"),
    ],
)
def test_an_error_is_called_as_in_aws(name: str, prefix: str, code: str, error: str) -> None:
    model = naming.service(name)
    assert naming.prefix(model) == prefix
    assert naming.error(model, code) == error


@pytest.mark.parametrize("name", ["dms", "elbv2", "events", "stepfunctions", "RDS", "nobody"])
def test_a_service_has_one_name_only(name: str) -> None:
    with pytest.raises(ValueError, match=f"there is no service {name}"):
        naming.service(name)


@pytest.mark.parametrize("action", ["DescribeDBClusters", "describeDbClusters", "describe_db_clusters", ""])
def test_an_action_begins_small_and_goes_on_as_in_the_api(action: str) -> None:
    assert naming.operation("rds", "describeDBClusters").name == "DescribeDBClusters"
    with pytest.raises(ValueError, match="has no action"):
        naming.operation("rds", action)


def test_a_parameter_in_the_apis_case_is_unknown() -> None:
    shape = naming.operation("rds", "describeDBClusters").input_shape
    assert naming.member(shape, "DbClusterIdentifier") == "DBClusterIdentifier"
    with pytest.raises(ValueError, match="The field 'DBClusterIdentifier' is not supported"):
        naming.member(shape, "DBClusterIdentifier")
