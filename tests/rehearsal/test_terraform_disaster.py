"""The real Terraform with what the disaster recovery system has: global table, function URL, failover."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from shared.rehearsal.inventory import inventory, left_behind
from shared.rehearsal.urls import fetch
from tests.rehearsal.conftest import Aws
from tests.rehearsal.test_terraform import NO_CHANGES, ROOTS, Terraform

REGIONS = ("us-west-2", "us-east-1")
CODE = "def handle(event, _):\n    return {'statusCode': 200, 'body': event['rawPath']}\n"


@pytest.fixture
def terraform(tmp_path: Path, extended: Aws) -> Terraform:
    shutil.copytree(ROOTS / "disaster", tmp_path, dirs_exist_ok=True)
    with zipfile.ZipFile(tmp_path / "probe.zip", "w") as archive:
        archive.writestr("probe.py", CODE)
    return Terraform(tmp_path, extended)


@pytest.mark.long
def test_apply_plans_nothing_more_changes_in_place_and_destroys_all(
    terraform: Terraform, extended: Aws
) -> None:
    before = inventory(extended, REGIONS)
    terraform.run("init", "-input=false")
    terraform.run("apply", "-auto-approve", "-input=false")
    terraform.run("plan", "-detailed-exitcode", "-input=false", expect=NO_CHANGES)
    outputs = json.loads(terraform.run("output", "-json"))
    answer = fetch(extended.server.endpoint, outputs["url"]["value"] + "health")
    assert (answer.status, answer.body) == (200, "/health")

    replica = extended.client("dynamodb", "us-east-1")
    table = replica.describe_table(TableName="table-intents-abc123")["Table"]
    assert table["Replicas"][0]["RegionName"] == "us-west-2"
    backups = replica.describe_continuous_backups(TableName="table-intents-abc123")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    tags = replica.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    assert {"Key": "Env", "Value": "abc123"} in tags

    pin = {"Bucket": outputs["pin_bucket"]["value"], "Key": "primary"}
    extended.client("s3", "us-west-2").put_object(**pin, Body=b"")
    extended.client("s3", "us-west-2").delete_object(**pin)
    extended.client("s3", "us-west-2").put_object(**pin, Body=b"")

    change = ("-var=limit=20", "-input=false")
    terraform.run("apply", "-auto-approve", *change)
    terraform.run("plan", "-detailed-exitcode", *change, expect=NO_CHANGES)
    terraform.run("destroy", "-auto-approve", "-input=false")
    assert left_behind(before, inventory(extended, REGIONS)) == {}
