"""What the probe of a region may reach, may do and knows."""

import json

import pytest

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
        database_endpoints=("writer", "reader"),
        database_port=3306,
        target_group_arn="group",
        healthy_targets_minimum=2,
        timeout_ms=900,
    )
    return small(lambda stack: Probe(stack, "probe", inputs))


def test_it_knows_its_own_region_and_nothing_of_the_other(document):
    function = document.one("aws_lambda_function")
    assert function["function_name"] == "function-probe-standby-x1"
    assert function["handler"] == "probe.handler.handle"
    assert json.loads(function["environment"]["variables"]["CONFIG"]) == {
        "region": "us-west-2",
        "side": "standby",
        "database_endpoints": ["writer", "reader"],
        "database_port": 3306,
        "target_group_arn": "group",
        "healthy_targets_minimum": 2,
        "timeout_ms": 900,
        "metrics_namespace": "PaymentProbe",
    }


def test_it_stands_in_the_private_network_and_ends_soon(document):
    function = document.one("aws_lambda_function")
    firewall = document.ref("aws_security_group", "id")
    assert function["vpc_config"] == {
        "subnet_ids": ["subnet-1", "subnet-2"],
        "security_group_ids": [firewall],
    }
    assert function["timeout"] == 5


def test_it_reaches_the_database_and_the_apis_and_nobody_reaches_it(document):
    firewall = document.one("aws_security_group")
    assert (firewall["name"], firewall["vpc_id"]) == ("firewall-probe-x1", "vpc")
    assert "ingress" not in firewall
    assert [(rule["from_port"], rule["to_port"], rule["cidr_blocks"]) for rule in firewall["egress"]] == [
        (3306, 3306, ["10.1.0.0/16"]),
        (443, 443, ["0.0.0.0/0"]),
    ]


def test_it_may_look_and_send_metrics_of_one_namespace(document):
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
        "SeeTheTargets": ["elasticloadbalancing:DescribeTargetHealth"],
        "SendMetrics": ["cloudwatch:PutMetricData"],
    }
    assert statements[-1]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "PaymentProbe"}}


def test_its_url_is_open(document):
    assert document.one("aws_lambda_function_url")["authorization_type"] == "NONE"
