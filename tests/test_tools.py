"""The tools themselves: that they say yes to what is right, and no to what is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.conftest import ACCOUNT, Aws, serve
from tests.tools import ROOT, SHELL_TOOLS, asl_problems, aws, run, understood

MACHINE: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "gate", "Payload": {"phase": "{% $states.input.phase %}"}},
            "Assign": {"verdict": "{% $states.result.Payload.verdict %}"},
            "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Back"}],
            "Next": "Verdict",
        },
        "Verdict": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $verdict = 'pass' %}", "Next": "Done"}],
            "Default": "Back",
        },
        "Back": {"Type": "Fail", "Error": "RolledBack", "Cause": "{% 'verdict ' & $verdict %}"},
        "Done": {"Type": "Succeed", "Output": {"outcome": "moved"}},
    },
}


def machine(**states: Any) -> dict[str, Any]:
    """The machine with some states changed."""
    changed = copy.deepcopy(MACHINE)
    for name, keys in states.items():
        changed["States"].setdefault(name, {}).update(keys)
    return changed


def test_a_machine_in_jsonata_is_accepted() -> None:
    assert asl_problems(MACHINE) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (machine(Ask={"Next": "Nowhere"}), "Nowhere"),
        (machine(Lost={"Type": "Succeed"}), "State Lost is not reachable"),
        (machine(Ask={"ResultPath": "$.gate"}), "/States/Ask"),
        (machine(Ask={"Assign": {"verdict": "{% $states.result. %}"}}), "/States/Ask"),
        (machine(Ask={"Catch": [{"ErrorEquals": ["States.ALL"]}]}), "/States/Ask"),
    ],
    ids=[
        "a state that is not there",
        "a state that nobody reaches",
        "a key of the other language",
        "syntax",
        "catch",
    ],
)
def test_a_wrong_machine_is_refused_with_the_place(wrong: dict[str, Any], problem: str) -> None:
    assert problem in "\n".join(asl_problems(wrong))


def test_command_lines_are_understood_or_refused_one_by_one() -> None:
    group = ["route53", "get-change", "--region", "eu-west-1"]
    right = [*group, "--id", "C1", "--query", "ChangeInfo.Status"]
    waits = ["route53", "wait", "resource-record-sets-changed", "--region", "eu-west-1", "--id", "C1"]
    filtered = ["ssm", "get-parameters-by-path", "--region", "eu-west-1", "--path", "/"]
    filtered += ["--query", "Parameters[?Name=='x'].Value | [0]"]
    wrong = [
        [*group, "--identifier", "C1"],
        [*group],
        ["route53", "get-changes", "--id", "C1"],
        [*group, "--id", "C1", "--query", "ChangeInfo.Stat"],
        [*group, "--id", "C1", "--query", "ChangeInfo.["],
        [*filtered[:-1], "Parameters[?Nam=='x'].Value | [0]"],
        ["route53", "wait", "resource-record-sets-changed", "--region", "eu-west-1"],
        ["lambda", "add-permission", "--region", "eu-west-1"],
    ]
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "a", "Typ": "A"}}]}
    change = ["route53", "change-resource-record-sets", "--hosted-zone-id", "Z1", "--region", "eu-west-1"]
    wrong.append([*change, "--change-batch", json.dumps(batch)])

    found = understood([right, waits, filtered, *wrong])

    assert found[:3] == [None, None, None]
    assert all(found[3:])
    assert "Typ" in str(found[-1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "tools", measured=False)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_aws_cli_talks_to_the_embedded_aws_in_every_region_also_for_rds(server: Aws, region: str) -> None:
    endpoint = server.server.endpoint
    name = f"cluster-{region}"
    server.client("rds", region).create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-mysql",
        MasterUsername="admin",
        MasterUserPassword="secret-12",
    )

    answered = aws("rds", "describe-db-clusters", "--region", region, endpoint=endpoint)
    (cluster,) = json.loads(answered.output)["DBClusters"]
    assert cluster["DBClusterArn"] == f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}"

    refused = aws(
        "rds", "describe-db-clusters", "--region", region, "--db-cluster-identifier", "x", endpoint=endpoint
    )
    assert refused.code != 0
    assert "DBClusterNotFoundFault" in refused.errors


def test_without_an_endpoint_the_aws_cli_is_not_run() -> None:
    done = run([str(SHELL_TOOLS / "aws"), "sts", "get-caller-identity"], {"PATH": "/usr/bin:/bin"})
    assert done.code != 0
    assert "AWS_ENDPOINT_URL" in done.errors


def test_the_lock_files_have_hashes_and_no_addresses_of_registries() -> None:
    lock = json.loads((ROOT / "tools" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/asl-validator"]["version"] == "4.0.0"
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
    text = (ROOT / "requirements-tools.lock").read_text()
    pinned = [line for line in text.splitlines() if "==" in line]
    assert any(line.startswith("awscli==") for line in pinned)
    assert text.count("--hash=") >= len(pinned)
    assert "://" not in text
