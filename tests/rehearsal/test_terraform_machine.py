"""The real Terraform makes a state machine with its function and parameters, which then runs."""

import json
import shutil
from pathlib import Path

import pytest

from shared.rehearsal.inventory import inventory, left_behind
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import package
from tests.rehearsal.extensions.machines import REGION, finished
from tests.rehearsal.test_terraform import NO_CHANGES, Terraform

ROOT = Path(__file__).parent / "roots" / "machine"
CODE = "def handle(event, context):\n    return {'stage': event['stage']}\n"


@pytest.fixture
def terraform(tmp_path: Path, extended: Aws) -> Terraform:
    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    (tmp_path / "start.zip").write_bytes(package(handler=CODE))
    return Terraform(tmp_path, extended)


def test_a_machine_is_made_runs_and_is_destroyed(terraform: Terraform, extended: Aws) -> None:
    before = inventory(extended, (REGION,))
    terraform.run("init", "-input=false")
    terraform.run("apply", "-auto-approve", "-input=false")
    terraform.run("plan", "-detailed-exitcode", "-input=false", expect=NO_CHANGES)

    machine = json.loads(terraform.run("output", "-json"))["state_machine_arn"]["value"]
    started = extended.client("stepfunctions", REGION).start_execution(
        stateMachineArn=machine, input=json.dumps({"stage": "held"})
    )
    ended = finished(extended, started["executionArn"])
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"stage":"held"}')
    checkpoint = extended.client("ssm", REGION).get_parameter(Name="/migration/abc123/checkpoint")
    assert json.loads(checkpoint["Parameter"]["Value"]) == {
        "stage": "held",
        "execution": started["executionArn"],
    }

    terraform.run("plan", "-detailed-exitcode", "-input=false", expect=NO_CHANGES)
    again = ("-var=timeout=20", "-input=false")
    terraform.run("apply", "-auto-approve", *again)
    terraform.run("plan", "-detailed-exitcode", *again, expect=NO_CHANGES)
    terraform.run("destroy", "-auto-approve", "-input=false")
    assert left_behind(before, inventory(extended, (REGION,))) == {}
