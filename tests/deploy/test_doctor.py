from __future__ import annotations

import socket
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared import settings
from shared.clients import Clients
from shared.deploy import (
    bootstrap,
    doctor,
    doctor_account,
    doctor_machine,
    doctor_recovery,
    service_role,
)
from shared.deploy.check import Check
from shared.errors import UserError
from tests.aws_proxy import Answer, misbehaving
from tests.deploy.fakes import executable

if TYPE_CHECKING:
    from pathlib import Path

    from shared.settings import RegionMigration

ACCOUNT = "123456789012"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def env() -> RegionMigration:
    """Return an environment in regions that no other test uses, with names of its own."""
    unique = uuid.uuid4().hex[:8]
    loaded = settings.load("region-migration", suffix=f"t{unique}")
    update = {
        "source": loaded.source.model_copy(update={"region": "ap-south-1"}),
        "target": loaded.target.model_copy(update={"region": "sa-east-1"}),
        "state": loaded.state.model_copy(update={"bucket": f"state-{unique}", "region": "sa-east-1"}),
        "domain": loaded.domain.model_copy(update={"zone_name": f"{unique}.payments.dev"}),
        "database": loaded.database.model_copy(update={"master_secret_name": f"{unique}/master"}),
        "service": loaded.service.model_copy(
            update={
                "credentials_secret_name": f"{unique}/application",
                "image_repository": f"processor-{unique}",
            }
        ),
    }
    return loaded.model_copy(update=update)


@pytest.fixture
def clients(aws: str) -> Clients:
    assert aws
    return Clients(ACCOUNT)


def seen(checks: list[Check]) -> list[tuple[str, str, str]]:
    return [(check.name, check.verdict, check.seen) for check in checks]


def resolve(monkeypatch: pytest.MonkeyPatch, name: str, *, found: bool) -> None:
    """Make this machine find, or not find, one name; all others as ever."""
    real = socket.getaddrinfo

    def look(host: str, *rest: Any, **options: Any) -> Any:
        if host != name:
            return real(host, *rest, **options)
        if found:
            return real("127.0.0.1", *rest, **options)
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", look)


def put_image(clients: Clients, env: RegionMigration, region: str, tag: str) -> str:
    ecr = clients.client("ecr", region)
    name = env.service.image_repository
    ecr.create_repository(repositoryName=name)
    manifest = (
        '{"schemaVersion": 2, "mediaType": '
        '"application/vnd.docker.distribution.manifest.v2+json", "config": {}}'
    )
    put = ecr.put_image(repositoryName=name, imageTag=tag, imageManifest=manifest)
    return str(put["image"]["imageId"]["imageDigest"])


def test_an_account_with_everything_is_well(
    env: RegionMigration, clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, env.domain.record_name, found=True)
    bootstrap.ensure(env, clients)
    service_role.ensure(env, clients)
    for side in (env.source, env.target):
        put_image(clients, env, side.region, env.service.image)
        secrets = clients.client("secretsmanager", side.region)
        for name in (env.service.credentials_secret_name, env.database.master_secret_name):
            secrets.create_secret(Name=name, SecretString="{}")
    zone = clients.client("route53", "us-east-1").create_hosted_zone(
        Name=env.domain.zone_name, CallerReference=env.environment_suffix
    )
    checks = doctor.examine(env, clients, workdir=tmp_path)
    assert [
        check for check in checks if check.verdict != "ok" and "TF_CLI_CONFIG_FILE" not in check.seen
    ] == []
    assert doctor.healthy(checks)
    assert [check.name for check in checks if check.name != "provider plugin"] == [
        "python",
        "node",
        "engine",
        "credentials",
        "credentials' end",
        "clock",
        "state bucket",
        "secret in ap-south-1",
        "secret in ap-south-1",
        "secret in sa-east-1",
        "image in ap-south-1",
        "image in sa-east-1",
        "domain",
        "Elastic IPs in ap-south-1",
        "VPCs in ap-south-1",
        "Elastic IPs in sa-east-1",
        "VPCs in sa-east-1",
        "Auto Scaling's role",
    ]
    assert ("domain", "ok") in [(check.name, check.verdict) for check in checks]
    assert zone["DelegationSet"]["NameServers"][0] in str(checks)


def test_an_empty_account_is_told_all_that_is_missing(env: RegionMigration, clients: Clients) -> None:
    if service_role.exists(env, clients):  # another test's
        clients.client("iam", env.state.region).delete_role(RoleName=service_role.ROLE)
    found = [check for look in doctor_account.LOOKS for check in look(env, clients)]
    assert [text for text in seen(found) if text[1] == "fail"] == [
        ("state bucket", "fail", f"there is no bucket {env.state.bucket} in sa-east-1"),
        (
            "secret in ap-south-1",
            "fail",
            f"there is no secret {env.database.master_secret_name} in ap-south-1",
        ),
        (
            "secret in ap-south-1",
            "fail",
            f"there is no secret {env.service.credentials_secret_name} in ap-south-1",
        ),
        (
            "secret in sa-east-1",
            "fail",
            f"there is no secret {env.service.credentials_secret_name} in sa-east-1",
        ),
        (
            "image in ap-south-1",
            "fail",
            f"{env.service.image_repository} has no image 1.0.0 in the ECR of ap-south-1",
        ),
        (
            "image in sa-east-1",
            "fail",
            f"{env.service.image_repository} has no image 1.0.0 in the ECR of sa-east-1",
        ),
        ("Auto Scaling's role", "fail", "there is no AWSServiceRoleForAutoScaling"),
    ]
    assert all(check.remedy for check in found if check.verdict != "ok")
    assert not doctor.healthy(found)


def test_wrong_credentials_are_told_and_the_account_is_not_looked_at(
    env: RegionMigration, clients: Clients, tmp_path: Path
) -> None:
    assert clients
    checks = doctor.examine(env, Clients("999999999999"), workdir=tmp_path)
    (credentials,) = [check for check in checks if check.name == "credentials"]
    assert credentials.verdict == "fail"
    assert credentials.seen.startswith(
        f"the credentials belong to account {ACCOUNT}, and account_id is 999999999999"
    )
    assert checks[-1].name == "account"
    assert checks[-1].seen == "not looked at, because the credentials are not right"


def test_the_trial_folder_is_below_the_working_files_by_default(
    env: RegionMigration, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(doctor_machine, "tools", lambda place: asked.append(place) or [])
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    checks = doctor.examine(env, Clients(ACCOUNT))
    assert asked[0].parts[-2:] == (".regionshift", "doctor")
    assert ("credentials", "fail", "there are no AWS credentials") in seen(checks)


def test_a_bucket_that_lacks_something_is_told(env: RegionMigration, clients: Clients) -> None:
    bootstrap.ensure(env, clients)
    s3 = clients.client("s3", "sa-east-1")
    s3.delete_public_access_block(Bucket=env.state.bucket)
    (check,) = doctor_account.state_bucket(env, clients)
    assert (check.verdict, check.seen) == ("warn", f"{env.state.bucket} lacks: block public access")
    s3.put_bucket_versioning(Bucket=env.state.bucket, VersioningConfiguration={"Status": "Suspended"})
    (check,) = doctor_account.state_bucket(env, clients)
    assert (check.verdict, check.remedy) == ("fail", "run `invoke bootstrap`")


def test_a_bucket_in_another_region_is_told(env: RegionMigration, clients: Clients) -> None:
    clients.client("s3", "us-west-2").create_bucket(
        Bucket=env.state.bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    (check,) = doctor_account.LOOKS[0](env, clients)
    assert (check.name, check.verdict) == ("state bucket", "fail")
    assert check.seen == f"the bucket {env.state.bucket} is in us-west-2, and state.region is sa-east-1"


def test_a_secret_that_is_being_deleted_is_told(env: RegionMigration, clients: Clients) -> None:
    name = env.database.master_secret_name
    secrets = clients.client("secretsmanager", "ap-south-1")
    secrets.create_secret(Name=name, SecretString="{}")
    secrets.delete_secret(SecretId=name)
    check = doctor_account.secrets(env, clients)[0]
    assert (check.verdict, check.seen) == ("fail", f"{name} is being deleted")
    assert check.remedy == f"`aws secretsmanager restore-secret --region ap-south-1 --secret-id {name}`"


def test_an_image_is_found_by_its_digest(env: RegionMigration, clients: Clients) -> None:
    digest = put_image(clients, env, "ap-south-1", "other")
    service = env.service.model_copy(update={"image": digest})
    found = doctor_account.images(env.model_copy(update={"service": service}), clients)
    assert [check.verdict for check in found] == ["ok", "fail"]


def test_what_may_not_be_read_is_a_warning(
    env: RegionMigration, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = Answer(400, '{"__type": "AccessDeniedException", "Message": "no"}')
    with misbehaving(aws, lambda *_: denied) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        found = [check for look in doctor_account.LOOKS[1:3] for check in look(env, Clients(ACCOUNT))]
    assert [(check.name, check.verdict) for check in found] == [("secrets", "warn"), ("images", "warn")]
    assert "AccessDeniedException" in found[0].seen


def test_a_domain_for_examples_is_told(env: RegionMigration, clients: Clients) -> None:
    domain = env.domain.model_copy(update={"zone_name": "payments.example.com"})
    (check,) = doctor_account.LOOKS[3](env.model_copy(update={"domain": domain}), clients)
    assert (check.verdict, check.seen) == (
        "warn",
        "payments.example.com is reserved for examples: it cannot be delegated",
    )


def test_a_zone_that_is_not_there_yet_or_not_delegated_is_a_warning(
    env: RegionMigration, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, env.domain.record_name, found=False)
    (check,) = doctor_account.LOOKS[3](env, clients)
    assert (check.verdict, check.seen) == ("warn", f"the zone {env.domain.zone_name} is not there yet")
    clients.client("route53", "us-east-1").create_hosted_zone(
        Name=env.domain.zone_name, CallerReference=env.environment_suffix
    )
    (check,) = doctor_account.LOOKS[3](env, clients)
    assert check.verdict == "warn"
    assert check.seen == f"{env.domain.record_name} does not resolve from here: the zone may not be delegated"
    assert (check.remedy or "").startswith(
        f"put NS records for {env.domain.zone_name} into its parent zone: ns"
    )


def test_quotas_without_room_are_a_warning_and_what_is_ours_is_no_need(
    env: RegionMigration, clients: Clients
) -> None:
    quotas = doctor_account.LOOKS[4]
    side = env.source.model_copy(update={"region": "ca-central-1"})
    there = env.model_copy(update={"source": side})
    ec2 = clients.client("ec2", "ca-central-1")
    for _ in range(3):
        ec2.allocate_address(Domain="vpc")
    check = quotas(there, clients)[0]
    assert (check.name, check.verdict, check.seen) == (
        "Elastic IPs in ca-central-1",
        "warn",
        "3 of 5 in use, 3 more needed",
    )
    allocated = ec2.describe_addresses()["Addresses"][0]["AllocationId"]
    name = {"Key": "Name", "Value": f"eip-nat-{env.environment_suffix}"}
    ec2.create_tags(Resources=[allocated], Tags=[{"Key": "a", "Value": "b"}, name])
    assert quotas(there, clients)[0].seen == "3 of 5 in use, 2 more needed"
    for mode, need in (("single", 0), ("none", 0)):
        changed = there.model_copy(update={"source": side.model_copy(update={"nat_mode": mode})})
        assert quotas(changed, clients)[0].seen == f"3 of 5 in use, {need} more needed"


def test_quotas_that_cannot_be_read_for_another_reason_are_a_warning(
    env: RegionMigration, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Answer(400, '{"__type": "IllegalArgumentException", "message": "no"}')
    with misbehaving(aws, lambda *_: broken) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SERVICE_QUOTAS", endpoint)
        found = doctor_account.LOOKS[4](env, Clients(ACCOUNT))
    assert [(check.name, check.verdict) for check in found] == [("quotas", "warn")]


@pytest.mark.parametrize(
    ("left", "verdict"),
    [(timedelta(hours=2), "ok"), (timedelta(minutes=59), "fail"), (timedelta(minutes=-1), "fail")],
)
def test_credentials_that_end_within_a_rollout_are_refused(left: timedelta, verdict: str) -> None:
    assert doctor_account.expiry(NOW + left, NOW).verdict == verdict


@pytest.mark.parametrize(
    ("aws", "verdict"),
    [
        (None, "warn"),
        (NOW - timedelta(seconds=59), "ok"),
        (NOW + timedelta(seconds=61), "warn"),
        (NOW - timedelta(minutes=5), "fail"),
    ],
)
def test_a_clock_that_is_off_is_told(aws: datetime | None, verdict: str) -> None:
    assert doctor_account.clock(aws, NOW).verdict == verdict


def test_python_is_judged_by_its_version() -> None:
    assert doctor_machine.python()[0].verdict == "ok"
    assert seen(doctor_machine.python((3, 10, 9))) == [("python", "fail", "3.10.9 is too old")]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    return folder


def terraform(path: Path, init: str) -> None:
    version = """echo '{"terraform_version": "1.11.4"}'"""
    executable(path, "terraform", f'if test "$1" = version; then {version}; else {init}; fi')


def test_a_machine_without_tools_is_told_both(path: Path, tmp_path: Path) -> None:
    assert list(path.iterdir()) == []
    found = doctor_machine.tools(tmp_path / "work")
    assert [check.name for check in found] == ["node", "engine"]
    assert [check.verdict for check in found] == ["fail", "fail"]


def test_a_plugin_that_cannot_be_had_is_told_with_the_ways(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(path, "node", "echo v20.20.2")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere/rc")
    terraform(path, "printf '╷\\n│ Error: Failed to query\\n│ \\n│ no route to host\\n╵\\n' >&2; exit 1")
    note, check = doctor_machine.tools(tmp_path / "work")[2:]
    assert (note.verdict, note.seen) == (
        "warn",
        "TF_CLI_CONFIG_FILE names /nowhere/rc, which does not exist: it is ignored",
    )
    assert check.verdict == "fail"
    assert check.seen == "terraform cannot get hashicorp/aws 5.100.0: Error: Failed to query no route to host"
    assert "providers mirror" in (check.remedy or "")


def test_a_plugin_that_takes_too_long_is_told(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(path, "node", "echo v20.20.2")
    monkeypatch.setattr(doctor_machine, "INIT_SECONDS", 0.2)
    terraform(path, "exec /bin/sleep 20")
    assert (
        doctor_machine.tools(tmp_path / "work")[-1].seen == "`terraform init` did not get it within 0 seconds"
    )


@pytest.mark.parametrize("own", [True, False])
def test_the_place_that_the_plugin_comes_from_is_told(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    executable(path, "node", "echo v20.20.2")
    terraform(path, "exit 0")
    named = tmp_path / ("mine.tfrc" if own else ".terraformrc")
    named.touch()
    if own:
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(named))
    place = f"configured in {named}" if own else "from registry.terraform.io"
    assert doctor_machine.tools(tmp_path / "work")[-1].seen == f"hashicorp/aws 5.100.0, {place}"


def test_every_problem_of_an_error_becomes_a_check() -> None:
    assert doctor_account.failed("x", UserError("wrong", remedy="mend it")) == [
        Check(name="x", verdict="fail", seen="wrong", remedy="mend it")
    ]


def test_the_promises_of_a_system_with_a_standby_are_shown_as_sums() -> None:
    time, point = doctor_recovery.recovery(settings.load("disaster-recovery"))
    assert (time.name, time.verdict) == ("recovery time", "ok")
    assert time.seen.startswith("10 x 3 + 6 + 5 + 10 = 51 s, at most 60 s: interval x threshold")
    assert "takes minutes" in time.seen
    assert point.seen == "an alarm from 5000 ms of replication lag, at most 5 s"


def test_a_system_that_promises_no_recovery_shows_none(env: RegionMigration) -> None:
    assert doctor_recovery.recovery(env) == []


def test_the_promises_are_shown_without_credentials(tmp_path: Path) -> None:
    checks = doctor.examine(settings.load("disaster-recovery"), Clients("999999999999"), workdir=tmp_path)
    assert "recovery time" in [check.name for check in checks]
