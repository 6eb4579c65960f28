import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from modules.lambda_function import FunctionNetwork, LambdaFunction, LambdaFunctionInputs, archive
from modules.role import Statement
from shared.naming import Naming
from tests.synthesized import small

READ = Statement(
    sid="Read", actions=("ssm:GetParameter",), resources=("arn:aws:ssm:eu-west-1:1:parameter/x",)
)


def function(**changes):
    inputs = {
        "naming": Naming(suffix="x1"),
        "package": "gate",
        "purpose": "migration-gate",
        "description": "Looks",
        "account_id": "123456789012",
        "kms_key_arn": "key",
        "log_retention_days": 30,
        "statements": (),
        "config": {"limits": {"one": 1}},
    }
    return small(lambda stack: LambdaFunction(stack, "gate", LambdaFunctionInputs(**(inputs | changes))))


def test_the_function_knows_its_configuration_and_nothing_else():
    made = function().one("aws_lambda_function")
    assert made["function_name"] == "function-migration-gate-x1"
    assert made["environment"] == {"variables": {"CONFIG": '{"limits": {"one": 1}}'}}
    assert made["kms_key_arn"] == "key"
    assert made["tracing_config"] == {"mode": "Active"}
    assert (made["timeout"], made["memory_size"]) == (60, 256)


def test_its_logs_have_an_end_and_a_key_and_are_there_before_it():
    document = function(log_retention_days=7)
    log = document.one("aws_cloudwatch_log_group")
    assert (log["name"], log["retention_in_days"], log["kms_key_id"]) == (
        "/aws/lambda/function-migration-gate-x1",
        7,
        "key",
    )
    made = document.one("aws_lambda_function")
    assert made["logging_config"] == {
        "log_format": "JSON",
        "log_group": document.ref("aws_cloudwatch_log_group", "name"),
    }
    assert document.ref("aws_cloudwatch_log_group", "x")[2:-3] in made["depends_on"]


def test_its_role_writes_its_own_logs_and_does_what_it_was_given():
    document = function(statements=(READ,))
    assert document.one("aws_iam_role")["name"] == "role-migration-gate-x1"
    trust = json.loads(document.one("aws_iam_role")["assume_role_policy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    statements = json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == [
        "WriteItsLogs",
        "ReadItsConfiguration",
        "Trace",
        "Read",
    ]
    assert statements[0]["Resource"] == [f"{document.ref('aws_cloudwatch_log_group', 'arn')}:*"]


def test_the_hash_is_the_archives():
    made = function().one("aws_lambda_function")
    digest = hashlib.sha256(archive("gate")).digest()
    assert base64.b64decode(made["source_code_hash"]) == digest
    assert made["filename"].endswith("gate.zip")


@pytest.mark.parametrize("package", ["start", "gate", "writer", "probe", "drain"])
def test_the_archive_is_the_same_again_and_runs_by_itself(package, tmp_path):
    code = archive(package)
    assert code == archive(package)
    with zipfile.ZipFile(io.BytesIO(code)) as bundle:
        assert all(name.startswith(f"{package}/") and name.endswith(".py") for name in bundle.namelist())
        bundle.extractall(tmp_path)
    say = f"import {package}.handler as h; print(h.handle.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", say], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "handle\n", done.stderr


def test_a_package_without_a_handler_is_refused():
    with pytest.raises(FileNotFoundError, match=r"no handler\.py"):
        archive("nothing")


def test_outside_of_every_network_unless_it_is_given_one():
    made = function()
    assert "vpc_config" not in made.one("aws_lambda_function")
    network = FunctionNetwork(subnet_ids=("subnet-1", "subnet-2"), security_group_id="firewall")
    document = function(network=network, timeout_seconds=5)
    inside = document.one("aws_lambda_function")
    assert inside["vpc_config"] == {
        "subnet_ids": ["subnet-1", "subnet-2"],
        "security_group_ids": ["firewall"],
    }
    assert inside["timeout"] == 5
    statements = json.loads(document.one("aws_iam_role_policy")["policy"])["Statement"]
    assert statements[0]["Sid"] == "StandInTheNetwork"
    assert "ec2:CreateNetworkInterface" in statements[0]["Action"]
