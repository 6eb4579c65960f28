"""Clients that cannot ask a lost region: neither by mistake, nor by way of credentials or settings."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.clients import QUICK, Clients
from shared.clients_without import (
    CONTROL_PLANES,
    ClientsWithout,
    LostRegionAskedError,
    scope_of,
    without,
)
from shared.errors import UserError
from shared.rehearsal.extensions import outages
from tests.aws_proxy import Answer, misbehaving

ACCOUNT = "123456789012"
LOST, ALIVE = "us-east-1", "us-west-2"
WHO = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:me</Arn><UserId>x</UserId>"
    f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Begin with keys in variables, no endpoint, and AWS's files in a folder of the test."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def clients(files: Path) -> ClientsWithout:
    assert files
    return ClientsWithout(ACCOUNT, region=LOST, instead=ALIVE)


@pytest.mark.parametrize(
    ("service", "region"),
    [("rds", LOST), ("s3", LOST), ("route53", ALIVE), ("iam", "eu-west-1"), ("cloudfront", ALIVE)],
)
def test_a_client_for_what_is_lost_is_a_defect(clients: ClientsWithout, service: str, region: str) -> None:
    with pytest.raises(LostRegionAskedError, match=service):
        clients.client(service, region)
    with pytest.raises(LostRegionAskedError, match=service):
        clients.patient(service, region, seconds=1)


def test_clients_of_other_regions_are_quick_and_made_once(clients: ClientsWithout) -> None:
    rds = clients.client("rds", ALIVE)

    assert rds is clients.client("rds", ALIVE)
    assert (rds.meta.config.connect_timeout, rds.meta.config.read_timeout) == (2, 5)
    assert rds.meta.config.retries["total_max_attempts"] == 2
    slow = clients.patient("lambda", ALIVE, seconds=330)
    assert (slow.meta.config.read_timeout, slow.meta.config.retries["total_max_attempts"]) == (330, 1)


def test_everything_that_a_rehearsal_loses_with_the_region_is_refused() -> None:
    assert outages.CONTROL_PLANES <= CONTROL_PLANES


def test_they_are_made_of_others_of_the_same_account(files: Path) -> None:
    assert files
    made = without(Clients(ACCOUNT), region=LOST, instead=ALIVE)
    assert (made.account_id, made.region, made.default_region, made.pace) == (ACCOUNT, LOST, ALIVE, QUICK)


def test_a_deployments_clients_are_as_the_environment_has_them(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    url = Clients(ACCOUNT).client("sts", ALIVE).meta.endpoint_url
    assert url == "https://sts.amazonaws.com"


def test_sts_is_asked_in_the_region_whatever_the_environment_says(
    clients: ClientsWithout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    assert clients.client("sts", ALIVE).meta.endpoint_url == "https://sts.us-west-2.amazonaws.com"


def test_a_role_is_assumed_in_the_other_region_and_requests_are_counted(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "config").write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/operator\nsource_profile = keys\n"
        f"region = {LOST}\n[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "role")
    monkeypatch.setenv("AWS_DEFAULT_REGION", LOST)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    role = (
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>r</AccessKeyId>"
        "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        f"<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    answers = [Answer(200, role), Answer(200, WHO)]
    with misbehaving(None, lambda *_: answers.pop(0)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        clients = ClientsWithout(ACCOUNT, region=LOST, instead=ALIVE)
        identity = clients.check_account()

    assert identity.arn == "arn:me"
    assert answers == []
    assert dict(clients.asked) == {ALIVE: 2}


def sso(files: Path, region: str) -> None:
    """Log in by IAM Identity Center, as `aws sso login` leaves it behind."""
    (files / "config").write_text(
        "[profile people]\nsso_session = ours\nsso_account_id = 123456789012\nsso_role_name = operator\n"
        f"[sso-session ours]\nsso_region = {region}\nsso_start_url = https://ours.awsapps.com/start\n"
    )
    cache = files / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = hashlib.sha1(b"ours").hexdigest()  # noqa: S324 - what the AWS CLI names it by
    (cache / f"{name}.json").write_text(json.dumps({"accessToken": "t", "expiresAt": until}))


def test_credentials_that_are_fetched_in_the_lost_region_do_not_leave_and_are_said(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sso(files, LOST)
    cache = files / ".aws" / "sso" / "cache"
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(cache))
    monkeypatch.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", str(cache))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "people")

    with pytest.raises(UserError) as caught:
        ClientsWithout(ACCOUNT, region=LOST, instead=ALIVE).check_account()

    (problem,) = caught.value.problems
    assert problem.what == (
        "the AWS credentials come by way of us-east-1 "
        "(sso:GetRoleCredentials at portal.sso.us-east-1.amazonaws.com), and nothing is asked there"
    )
    assert problem.remedy is not None
    assert 'take them along: `eval "$(aws configure export-credentials --format env)"`' in problem.remedy


def test_an_endpoint_that_leads_to_the_lost_region_is_said(
    clients: ClientsWithout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.us-east-1.amazonaws.com")

    with pytest.raises(UserError) as caught:
        clients.client("dynamodb", ALIVE).list_tables()

    (problem,) = caught.value.problems
    host = "dynamodb.us-east-1.amazonaws.com"
    assert problem.what == f"dynamodb is asked at {host}, an endpoint in us-east-1 that somebody has set"
    assert problem.remedy == "unset AWS_ENDPOINT_URL_DYNAMODB and `endpoint_url`"


def test_a_bucket_that_turns_out_to_be_in_the_lost_region_is_said(
    clients: ClientsWithout, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Answer(
        301,
        "<Error><Code>PermanentRedirect</Code></Error>",
        (("x-amz-bucket-region", LOST),),
    )
    with misbehaving(None, lambda *_: elsewhere) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        with pytest.raises(UserError, match="S3 says that /states/key is in us-east-1"):
            clients.client("s3", ALIVE).get_object(Bucket="states", Key="key")


@pytest.mark.parametrize(("service", "region"), [("rds", LOST), ("iam", ALIVE)])
def test_a_request_of_our_own_that_gets_past_is_a_defect(
    clients: ClientsWithout, service: str, region: str
) -> None:
    client = clients._boto3().client(service, region_name=region)
    call = {"rds": "describe_global_clusters", "iam": "list_roles"}[service]

    with pytest.raises(LostRegionAskedError, match=service):
        getattr(client, call)()


def test_what_is_refused_by_the_right_region_is_refused_as_ever(
    clients: ClientsWithout, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = Answer(400, '{"__type": "AccessDeniedException"}')
    with misbehaving(None, lambda *_: denied) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(ClientError, match="AccessDenied"):
            clients.client("dynamodb", ALIVE).list_tables()
    assert clients.asked[ALIVE] == 1


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({}, ("", "")),
        ({"Authorization": "Bearer x"}, ("", "")),
        (
            {"Authorization": b"AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/rds/aws4_request, x"},
            ("rds", "us-west-2"),
        ),
        (
            {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/iam/aws4_request, x"},
            ("iam", "us-east-1"),
        ),
    ],
)
def test_a_request_says_by_its_signature_whom_it_is_for(
    headers: dict[str, Any], scope: tuple[str, str]
) -> None:
    assert scope_of(headers) == scope
