"""What the probe of a region may reach, may do and knows."""

import json

import pytest

from modules.lambdas.probe import configuration as configurations
from modules.probe import Probe, ProbeInputs
from shared.naming import Naming
from tests.synthesized import small


@pytest.fixture(scope="module")
def document():
    inputs = ProbeInputs(
        naming=Naming(suffix="x1"),
        side="standby",
        account_id="123456789012",
        region="us-west-2",
        vpc_id="vpc",
        vpc_cidr="10.1.0.0/16",
        subnet_ids=("subnet-1", "subnet-2"),
        kms_key_arn="key",
        log_retention_days=30,
        service_host="balancer.example.com",
        service_path="/health",
        server_name="api.pay.example.com",
        database_host="reader",
        database_decides=False,
        database_port=3306,
        cluster_identifier="cluster",
        target_group_arn="group",
        deep_minutes=5,
    )
    return small(lambda stack: Probe(stack, "probe", inputs))


def test_it_knows_its_own_region_and_nothing_of_the_other(document):
    function = document.one("aws_lambda_function")
    assert function["function_name"] == "function-probe-standby-x1"
    assert function["handler"] == "probe.handler.handle"
    assert json.loads(function["environment"]["variables"]["CONFIG"]) == {
        "region": "us-west-2",
        "namespace": "regionshift/x1",
        "service": {
            "protocol": "https",
            "host": "balancer.example.com",
            "port": 443,
            "path": "/health",
            "server_name": "api.pay.example.com",
        },
        "database": {"host": "reader", "port": 3306},
        "database_decides": False,
        "cluster": "cluster",
        "target_group_arn": "group",
    }


def test_the_function_understands_it(document):
    text = document.one("aws_lambda_function")["environment"]["variables"]["CONFIG"]
    assert configurations.read(text).service.server_name == "api.pay.example.com"


def test_it_stands_in_the_private_network_and_has_the_time_of_a_deep_look(document):
    function = document.one("aws_lambda_function")
    firewall = document.ref("aws_security_group", "id")
    assert function["vpc_config"] == {
        "subnet_ids": ["subnet-1", "subnet-2"],
        "security_group_ids": [firewall],
    }
    assert function["timeout"] == 60


def test_it_reaches_the_database_the_service_and_aws_and_nobody_reaches_it(document):
    firewall = document.one("aws_security_group")
    assert (firewall["name"], firewall["vpc_id"]) == ("firewall-probe-x1", "vpc")
    assert "ingress" not in firewall
    assert [(rule["from_port"], rule["to_port"], rule["cidr_blocks"]) for rule in firewall["egress"]] == [
        (3306, 3306, ["10.1.0.0/16"]),
        (443, 443, ["0.0.0.0/0"]),
    ]


def test_it_may_look_and_put_metrics_of_one_namespace(document):
    statements = json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    allowed = {statement["Sid"]: statement["Action"] for statement in statements}
    assert allowed == {
        "StandInTheNetwork": [
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ],
        "WriteItsLogs": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "ReadItsConfiguration": ["kms:Decrypt"],
        "Trace": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        "SeeTargetsAndLag": ["elasticloadbalancing:DescribeTargetHealth", "cloudwatch:GetMetricData"],
        "PutMetrics": ["cloudwatch:PutMetricData"],
    }
    assert statements[-1]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "regionshift/x1"}}


def test_its_url_is_open(document):
    assert document.one("aws_lambda_function_url")["authorization_type"] == "NONE"


def test_it_looks_deeper_by_the_clock(document):
    rule = document.one("aws_cloudwatch_event_rule")
    assert (rule["name"], rule["schedule_expression"]) == ("rule-probe-x1", "rate(5 minutes)")
    target = document.one("aws_cloudwatch_event_target")
    assert target["arn"] == document.ref("aws_lambda_function", "arn")
