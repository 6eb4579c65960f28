"""The real Terraform with the real AWS provider against the embedded AWS.

The provider has no flag here that is for an emulator: no `skip_*`, no path style, no endpoints.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.deploy import plugins
from shared.rehearsal.environment import environment
from shared.rehearsal.inventory import inventory, left_behind
from shared.rehearsal.prerequisites import create
from tests.rehearsal.conftest import Aws, serve
from tests.rehearsal.settings import settings

ROOTS = Path(__file__).parent / "roots"
ROOT = ROOTS / "gaps"
NO_CHANGES, CHANGES = 0, 2
REGIONS = ("us-east-1", "eu-west-1")


class Terraform:
    """One working folder."""

    def __init__(self, folder: Path, aws: Aws) -> None:
        self.folder = folder
        self.environment = plugins.environment(folder, base=environment(aws.server.endpoint))

    def run(self, *arguments: str, expect: int = 0) -> str:
        ended = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == expect, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr


@pytest.fixture
def terraform(tmp_path: Path, extended: Aws) -> Terraform:
    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    return Terraform(tmp_path, extended)


def instances(aws: Aws) -> set[str]:
    [group] = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return {instance["InstanceId"] for instance in group["Instances"]}


def test_apply_plans_nothing_more_refreshes_on_a_change_and_destroys_all(
    terraform: Terraform, extended: Aws
) -> None:
    made = create(settings(), extended)
    s3 = extended.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    before = inventory(extended, REGIONS)

    terraform.run("init", "-input=false")
    output = terraform.run("apply", "-auto-approve", "-input=false")
    terraform.run("plan", "-detailed-exitcode", "-input=false", expect=NO_CHANGES)
    endpoint = json.loads(terraform.run("output", "-json"))["endpoint"]["value"]
    assert endpoint.startswith("global-abc123.global-")

    state = s3.get_object(Bucket="state", Key="gaps.tfstate")["Body"].read().decode()
    for value in made.secret_values:
        assert value not in state
        assert value not in output
    stored = extended.client("ssm").get_parameter(Name="/abc123/password", WithDecryption=True)
    assert stored["Parameter"]["Value"] == made.master_password

    first = instances(extended)
    again = ("-var=message=second", "-input=false")
    terraform.run("apply", "-auto-approve", *again)
    assert not first & instances(extended)
    terraform.run("plan", "-detailed-exitcode", *again, expect=NO_CHANGES)

    terraform.run("destroy", "-auto-approve", "-input=false")
    assert left_behind(before, inventory(extended, REGIONS)) == {}


def test_a_state_that_is_locked_is_not_touched(terraform: Terraform, extended: Aws) -> None:
    s3 = extended.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    lock = {"ID": "1", "Operation": "OperationTypeApply", "Who": "somebody@else", "Version": "1.11.4"}
    s3.put_object(Bucket="state", Key="gaps.tfstate.tflock", Body=json.dumps(lock))
    terraform.run("init", "-input=false")
    said = terraform.run("apply", "-auto-approve", "-input=false", expect=1)
    assert "PreconditionFailed" in said
    assert "somebody@else" in said


@pytest.mark.long
def test_the_data_api_is_switched_and_an_alarms_state_is_no_change(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(ROOTS / "data_api", tmp_path, dirs_exist_ok=True)
    for aws in serve(tmp_path_factory, "fast", "--time-scale", "0.05"):
        terraform = Terraform(tmp_path, aws)
        terraform.run("init", "-input=false")
        for wanted in (True, False, True):
            switch = (f"-var=data_api={str(wanted).lower()}", "-input=false")
            terraform.run("apply", "-auto-approve", *switch)
            [cluster] = aws.client("rds", "eu-west-1").describe_db_clusters()["DBClusters"]
            assert cluster["HttpEndpointEnabled"] is wanted
            terraform.run("plan", "-detailed-exitcode", *switch, expect=NO_CHANGES)
        [alarm] = aws.client("cloudwatch", "eu-west-1").describe_alarms()["MetricAlarms"]
        assert alarm["StateValue"] == "ALARM"
        terraform.run("destroy", "-auto-approve", "-input=false")
        assert aws.client("rds", "eu-west-1").describe_db_clusters()["DBClusters"] == []
