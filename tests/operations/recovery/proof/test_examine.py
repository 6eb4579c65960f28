"""`invoke doctor --without REGION`: good set-ups pass without asking the region, bad ones are named."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from shared.clients import Clients
from shared.deploy import bootstrap
from shared.deploy.check import Check
from shared.operations.recovery.proof.examine import examine
from tests.operations.recovery.standby import (
    AWAY,
    BUCKET,
    CHECKPOINT,
    DRAIN,
    HOME,
    RUNS,
    TABLE,
    WORKER,
    Standby,
)

SLEEPS = "def handle(event, context):\n    return {}\n"


@pytest.fixture
def whole(standby: Standby) -> Standby:
    """Return a platform that a failover could begin on: functions, and the bucket as it should be."""
    equip(standby)
    return standby


def equip(platform: Standby) -> None:
    for name in (DRAIN, WORKER):
        platform.function(name, SLEEPS)
    platform.instance()
    bootstrap.ensure(platform.environment, platform.clients)


def looked(platform: Standby) -> list[Check]:
    return examine(platform.environment, platform.manifest)


def wrong(checks: list[Check]) -> list[tuple[str, str]]:
    return [(check.name, check.seen) for check in checks if check.verdict != "ok"]


def remedy(checks: list[Check], name: str) -> str | None:
    return next(check.remedy for check in checks if check.name == name and check.verdict != "ok")


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_standby_that_needs_nothing_of_a_lost_region_is_well(whole: Standby, mode: str) -> None:
    whole.controls.lose_region(HOME, mode=mode)

    checks = looked(whole)

    assert wrong(checks) == []
    assert whole.controls.calls_to_lost(HOME) == {}
    assert [check.name for check in checks] == [
        "way of the credentials",
        "credentials",
        "credentials' end",
        "clock",
        "state bucket",
        "stacks",
        "state machine",
        "function",
        "function",
        "intents",
        f"secret in {AWAY}",
        f"image in {AWAY}",
        "topic",
        "pin",
        "cluster",
        "cluster",
        "key",
        "failover",
        "requests",
    ]
    said = {check.name: check.seen for check in checks}
    assert said["stacks"] == f"10 read from {whole.environment.state.bucket} in {AWAY}"
    assert said["failover"].startswith("it could begin now; the last known lag is 80 ms, of ")
    assert said["failover"].endswith("it would take invoke failover.failover --accept-data-loss")
    assert said["requests"].startswith(f"none of {HOME}, no control plane that may be lost with it; ")
    assert said["requests"].endswith(f" of {AWAY}")


def test_nothing_to_lose_and_nothing_to_do_are_well(nothing: Standby) -> None:
    nothing.build(lag=0.0)
    equip(nothing)
    assert [one.seen for one in looked(nothing) if one.name == "failover"] == [
        "it could begin now; nothing would be lost"
    ]
    nothing.promote()
    assert [one.seen for one in looked(nothing) if one.name == "failover"] == [
        "the database writes in us-west-2 already"
    ]


def test_everything_that_is_wrong_is_said_at_once(whole: Standby) -> None:
    key = whole.arns["key"]
    whole.aws("lambda").delete_function(FunctionName=DRAIN)
    whole.aws("stepfunctions").delete_state_machine(stateMachineArn=whole.arns["machine"])
    whole.aws("secretsmanager", HOME).remove_regions_from_replication(
        SecretId=whole.environment.service.credentials_secret_name, RemoveReplicaRegions=[AWAY]
    )
    whole.aws("dynamodb").update_table(TableName=TABLE, ReplicaUpdates=[{"Delete": {"RegionName": HOME}}])
    whole.aws("kms").disable_key(KeyId=key.rpartition("/")[2])
    whole.aws("ssm").delete_parameter(Name=CHECKPOINT)
    whole.aws("s3").delete_bucket(Bucket=BUCKET)
    whole.aws("sns").delete_topic(TopicArn=whole.arns["topic"])
    whole.unapply(f"{AWAY}/probe")
    image = whole.environment.service.image_repository
    whole.aws("ecr").delete_repository(repositoryName=image, force=True)
    whole.controls.lose_region(HOME)

    checks = looked(whole)

    found = wrong(checks)
    assert [name for name, _ in found] == [
        f"stack {AWAY}/probe",
        "state machine",
        "function",
        "intents",
        f"secret in {AWAY}",
        f"image in {AWAY}",
        "topic",
        "pin",
        "key",
        "failover",
        "failover",
        "failover",
        "failover",
    ]
    said = dict(found)
    assert said[f"stack {AWAY}/probe"] == "it was not applied"
    assert said["state machine"] == f"there is no {whole.arns['machine']} in {AWAY}"
    assert said["function"] == f"there is no {DRAIN} in {AWAY}"
    assert (
        said["intents"] == f"{TABLE} has no replica in {HOME}: what is accepted there would be lost with it"
    )
    assert said[f"secret in {AWAY}"].startswith("there is no secret ")
    assert said["topic"] == f"there is no {whole.arns['topic']} in {AWAY}"
    assert said["pin"] == f"there is no bucket {BUCKET} in {AWAY}"
    assert said["key"].startswith(f"{key} of table {TABLE}, the standby's data, ")
    assert said["key"].endswith(" is Disabled")
    failing = [seen for name, seen in found if name == "failover"]
    assert any("ParameterNotFound" in seen for seen in failing)
    assert any("NoSuchBucket" in seen for seen in failing)
    assert failing[-1].startswith("it cannot be seen how far the machine is: ")
    assert remedy(checks, f"stack {AWAY}/probe") == f"run `invoke deploy-region {AWAY}`"
    assert remedy(checks, "function") == f"run `invoke deploy-region {AWAY}`"
    assert remedy(checks, "pin") == "run `invoke deploy-region global`"
    assert remedy(checks, "key") == (f"`aws kms enable-key --region {AWAY} --key-id {key}`")
    assert all(check.remedy for check in checks if check.verdict != "ok")
    assert whole.controls.calls_to_lost(HOME) == {}


def test_what_depends_on_ids_that_nobody_knows_is_not_looked_at(whole: Standby) -> None:
    whole.unapply("global/traffic")
    whole.unapply(f"{AWAY}/foundation")

    found = wrong(looked(whole))

    assert found == [
        ("stack global/traffic", "it was not applied"),
        (f"stack {AWAY}/foundation", "it was not applied"),
        ("standby", "not looked at, because its ids are not known"),
    ]


def test_without_a_foundation_there_is_no_topic(whole: Standby) -> None:
    whole.unapply(f"{AWAY}/foundation")
    found = dict(wrong(looked(whole)))
    assert found["topic"] == f"there is no a topic of alarms in {AWAY}"


def answering(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> None:
    """Let these operations answer so, or raise that; what is asked about the state bucket passes."""
    real = BaseClient._make_api_call

    def call(self: BaseClient, name: str, given: dict[str, Any]) -> Any:
        if name not in answers or "terraform-state" in given.get("Bucket", ""):
            return real(self, name, given)
        if isinstance(answers[name], Exception):
            raise answers[name]
        return answers[name]

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def test_things_that_are_there_and_not_well_are_said(whole: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    whole.promote()
    foreign = "arn:aws:kms:us-east-1:123456789012:key/other"
    replica = {"RegionName": HOME, "ReplicaStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}
    answering(
        monkeypatch,
        DescribeStateMachine={"status": "DELETING", "name": "m"},
        GetFunctionConfiguration={"State": "Failed", "KMSKeyArn": foreign},
        DescribeTable={"Table": {"TableStatus": "ACTIVE", "Replicas": [replica]}},
        DescribeSecret={"Name": "x", "KmsKeyId": "alias/aws/secretsmanager"},
        GetTopicAttributes={"Attributes": {}},
        GetBucketLocation={"LocationConstraint": None},
    )

    found = wrong(looked(whole))

    assert found == [
        ("state machine", "m is DELETING"),
        ("function", f"{WORKER} is Failed, its last update Successful"),
        ("function", f"{DRAIN} is Failed, its last update Successful"),
        ("intents", f"{TABLE} is ACTIVE, its replica in {HOME} INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
        ("pin", f"the bucket {BUCKET} is in us-east-1"),
        ("key", f"{foreign} of variables of {WORKER}, variables of {DRAIN} is in us-east-1"),
    ]


def test_a_function_that_was_not_updated_is_not_well(whole: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, GetFunctionConfiguration={"State": "Active", "LastUpdateStatus": "Failed"})
    assert [name for name, _ in wrong(looked(whole))] == ["function", "function"]
    answering(monkeypatch, GetFunctionConfiguration={"State": "Inactive", "LastUpdateStatus": "Successful"})
    assert wrong(looked(whole)) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("PendingDeletion", "`aws kms cancel-key-deletion --region us-west-2 --key-id {key}`"),
        ("Disabled", "`aws kms enable-key --region us-west-2 --key-id {key}`"),
        ("PendingImport", "it has to be Enabled"),
    ],
)
def test_a_key_that_does_not_encrypt_has_its_way_back(
    whole: Standby, monkeypatch: pytest.MonkeyPatch, state: str, said: str
) -> None:
    answering(monkeypatch, DescribeKey={"KeyMetadata": {"KeyState": state}})
    assert remedy(looked(whole), "key") == said.format(key=whole.arns["key"])


def test_a_cluster_that_nobody_could_write_to_is_not_well(
    whole: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = {"Status": "available", "EngineVersion": "x"}
    answering(monkeypatch, DescribeDBClusters={"DBClusters": [cluster]})

    checks = looked(whole)

    assert wrong(checks) == [
        ("cluster", f"aurora-{AWAY} has 0 instances"),
        ("cluster", f"RDS Data API of aurora-{AWAY}, for the drain, is off"),
    ]
    assert remedy(checks, "cluster") == f"run `invoke deploy-region {AWAY}`"
    (key,) = [check for check in checks if check.name == "key"]
    assert "cluster" not in key.seen
    failover = whole.environment.failover.model_copy(update={"data_api": False})
    other = whole.environment.model_copy(update={"failover": failover})
    assert len(wrong(examine(other, whole.manifest))) == 1


def test_a_key_that_is_gone_is_said(whole: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = ClientError({"Error": {"Code": "NotFoundException", "Message": "x"}}, "DescribeKey")
    answering(monkeypatch, DescribeKey=gone)
    what = f"table {TABLE}, the standby's data, the topic, cluster aurora-{AWAY}"
    assert wrong(looked(whole)) == [("key", f"there is no {whole.arns['key']} of {what} in {AWAY}")]


def test_what_may_not_be_looked_at_is_wrong_too(whole: Standby) -> None:
    whole.controls.fail("kms", "DescribeKey", "AccessDeniedException", count=9)
    whole.controls.fail("dynamodb", "DescribeTable", "AccessDeniedException", count=9)
    found = dict(wrong(looked(whole)))
    assert found["keys"].startswith("it could not be looked at: ")
    assert found["intents"].startswith("it could not be looked at: ")


def test_a_table_that_is_gone_is_said(whole: Standby) -> None:
    whole.aws("dynamodb").update_table(TableName=TABLE, ReplicaUpdates=[{"Delete": {"RegionName": HOME}}])
    whole.aws("dynamodb").delete_table(TableName=TABLE)
    checks = looked(whole)
    assert dict(wrong(checks))["intents"] == f"there is no table {TABLE} in {AWAY}"
    assert remedy(checks, "intents") == "run `invoke deploy-region global`"


def test_a_failover_that_could_not_begin_is_said(whole: Standby) -> None:
    whole.execute(RUNS, "one")
    whole.until(lambda seen: seen.running and seen.running.state)
    checks = looked(whole)
    assert wrong(checks) == [("failover", "an execution runs: one, at Poll")]
    assert remedy(checks, "failover") == "it could not begin now"


def test_a_lag_that_nobody_measures_is_a_warning(whole: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, GetMetricData={"MetricDataResults": [{"Timestamps": [], "Values": []}]})
    assert [(one.name, one.verdict, one.seen) for one in looked(whole) if one.verdict != "ok"] == [
        (
            "replication lag",
            "warn",
            f"no sample of the lag of {AWAY}: nobody would know what a failover loses",
        )
    ]


def test_credentials_that_end_soon_are_wrong_unless_they_renew_themselves(
    whole: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=30)
    monkeypatch.setattr(Clients, "credentials_expiry", lambda _: ends)

    checks = looked(whole)

    assert [name for name, _ in wrong(checks)] == ["credentials' end"]
    assert remedy(checks, "credentials' end") == (
        "renew them while that is possible: a failover may need them for an hour"
    )
    monkeypatch.setattr(Clients, "credentials_renew", lambda _: True)
    checks = looked(whole)
    assert wrong(checks) == []
    assert "they are fetched anew before" in next(
        one.seen for one in checks if one.name == "credentials' end"
    )


def test_settings_that_lead_to_the_lost_region_are_said_and_nothing_leaves(
    whole: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.setenv("AWS_DEFAULT_REGION", HOME)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.us-east-1.amazonaws.com")

    checks = looked(whole)

    host = "dynamodb.us-east-1.amazonaws.com"
    asked = f"dynamodb is asked at {host}, an endpoint in us-east-1 that somebody has set"
    assert [(one.name, one.verdict, one.seen.partition(":")[0]) for one in checks if one.verdict != "ok"] == [
        ("way of the credentials", "fail", "AWS_STS_REGIONAL_ENDPOINTS is legacy"),
        ("way of the credentials", "fail", "AWS_ENDPOINT_URL_DYNAMODB is https"),
        ("way of the credentials", "warn", "AWS_DEFAULT_REGION is us-east-1"),
        ("intents", "fail", asked),
        ("failover", "fail", asked),
    ]
    assert "us-east-1" not in checks[-1].seen.partition(";")[2]


def test_credentials_that_are_fetched_there_are_said_with_the_way_out(
    whole: Standby, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        "[profile people]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x\n"
        f"sso_region = {HOME}\n"
    )
    token = {"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z"}
    (tmp_path / f"{hashlib.sha1(b'https://x').hexdigest()}.json").write_text(json.dumps(token))  # noqa: S324
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "people")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_ENDPOINT_URL")

    checks = looked(whole)

    assert [(one.name, one.verdict) for one in checks] == [
        ("way of the credentials", "fail"),
        ("credentials", "fail"),
        ("account", "warn"),
    ]
    assert checks[1].seen.startswith(
        "the AWS credentials come by way of us-east-1 (sso:GetRoleCredentials at "
    )
    assert "aws configure export-credentials" in str(checks[1].remedy)


def test_wrong_credentials_end_it(whole: Standby) -> None:
    other = whole.environment.model_copy(update={"account_id": "999999999999"})
    found = examine(other, whole.manifest)
    assert [(one.name, one.verdict) for one in found] == [
        ("way of the credentials", "ok"),
        ("credentials", "fail"),
        ("account", "warn"),
    ]


def test_files_of_aws_that_cannot_be_read_are_said(
    whole: Standby, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("no section\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    found = looked(whole)
    assert found[0].name == "way of the credentials"
    assert found[0].verdict == "fail"


def test_a_state_bucket_that_is_missing_or_elsewhere_is_said(whole: Standby) -> None:
    environment = whole.environment
    state = environment.state.model_copy(update={"bucket": "other-bucket"})
    other = environment.model_copy(update={"state": state})
    found = dict(wrong(examine(other, whole.manifest)))
    assert found == {"state bucket": f"there is no bucket other-bucket in {AWAY}"}
    whole.aws("s3", "eu-west-1").create_bucket(
        Bucket="other-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    found = dict(wrong(examine(other, whole.manifest)))
    assert found["state bucket"] == f"the bucket other-bucket is in eu-west-1, and state.region is {AWAY}"
