from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from shared.clients import Clients
from shared.errors import UserError
from tests.aws_proxy import Answer, misbehaving, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "123456789012"
GIVE = f"set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to the account {ACCOUNT}"
VARIABLES = "the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_descriptions_of_services_are_read_once_in_a_process() -> None:
    first, second = (Clients(ACCOUNT)._prepared().get_component("data_loader") for _ in range(2))
    assert first is second


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Begin without any credentials, and with the two files of AWS in a folder of the test."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("shared.clients.ATTEMPTS", 1)
    return tmp_path


@pytest.fixture
def aws(endpoint: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    assert home
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return endpoint


def refused(clients: Clients | None = None) -> str:
    with pytest.raises(UserError) as error:
        (clients or Clients(ACCOUNT)).check_account(region="eu-west-1")
    return str(error.value)


def test_a_client_has_its_region_and_standard_retries(aws: str) -> None:
    client = Clients(ACCOUNT).client("ec2", "eu-west-1")
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.endpoint_url == aws
    assert client.meta.config.retries["mode"] == "standard"
    assert client.meta.config.connect_timeout == 5


def test_threads_share_one_client_per_service_and_region(aws: str) -> None:
    assert aws
    clients = Clients(ACCOUNT)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: clients.client("s3", "eu-west-1"), range(16)))
    assert len(set(map(id, made))) == 1
    assert clients.client("s3", "us-east-1") is not made[0]


def test_the_right_account_says_who_we_are(aws: str) -> None:
    assert aws
    identity = Clients(ACCOUNT).check_account(region="eu-west-1")
    assert identity.account_id == ACCOUNT
    assert identity.arn.startswith(f"arn:aws:sts::{ACCOUNT}:")
    assert identity.credentials_from == VARIABLES
    assert identity.aws_time is not None
    assert abs(datetime.now(UTC) - identity.aws_time).total_seconds() < 60


def test_the_wrong_account_is_refused_with_both_and_the_place(aws: str) -> None:
    assert aws
    assert refused(Clients("999999999999")) == (
        f"the credentials belong to account {ACCOUNT}, and account_id is "
        f"999999999999; they come from {VARIABLES}\n"
        "    set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to the account 999999999999, "
        "or correct account_id"
    )


def test_no_credentials_are_one_message(home: Path) -> None:
    assert home
    assert refused() == f"there are no AWS credentials\n    {GIVE}"


def test_half_the_credentials_are_one_message(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    assert refused() == (
        "the AWS credentials are not whole: Partial credentials found in env, "
        "missing: AWS_SECRET_ACCESS_KEY\n"
        f"    {GIVE}"
    )


def test_a_profile_that_does_not_exist_is_one_message(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert refused() == (
        "there is no AWS profile 'nobody', which AWS_PROFILE names\n"
        "    `aws configure list-profiles` shows the ones that exist"
    )


def test_a_profile_is_named_as_the_place(aws: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_PROFILE", "payments")
    (home / "credentials").write_text("[payments]\naws_access_key_id = a\naws_secret_access_key = b\n")
    assert Clients(ACCOUNT).credentials_place() == "the shared credentials file, profile payments"


def test_a_credential_process_that_fails_is_one_message(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "config").write_text("[profile broken]\ncredential_process = false\n")
    monkeypatch.setenv("AWS_PROFILE", "broken")
    assert refused().startswith(
        "the AWS credentials cannot be had: Error when retrieving credentials from custom-process"
    )


def test_credentials_know_when_they_end_if_somebody_said_so(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws
    assert Clients(ACCOUNT).credentials_expiry() is None
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05+00:00")
    assert Clients(ACCOUNT).credentials_expiry() == datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_variables_do_not_renew_themselves_and_what_a_profile_fetches_does(
    aws: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws
    assert not Clients(ACCOUNT).credentials_renew()
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05+00:00")
    assert not Clients(ACCOUNT).credentials_renew()
    given = '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": "2099-01-02T03:04:05Z"}'
    (home / "given.json").write_text(given)
    (home / "config").write_text(f"[profile fetched]\ncredential_process = cat {home / 'given.json'}\n")
    for name in ("AWS_CREDENTIAL_EXPIRATION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "fetched")
    assert Clients(ACCOUNT).credentials_renew()


def test_an_endpoint_without_a_scheme_is_one_message(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:5000")
    assert "AWS_ENDPOINT_URL is localhost:5000: it has to begin with http:// or https://" in refused()


def test_a_region_that_can_be_none_is_one_message(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(UserError, match="no client of s3 in not a region"):
        Clients(ACCOUNT).client("s3", "not a region")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            refusal("ExpiredToken"),
            (
                f"the AWS credentials from {VARIABLES} have expired\n"
                "    log in again (`aws sso login`, or new keys), then run the command again"
            ),
        ),
        (
            refusal("InvalidClientTokenId"),
            f"AWS does not accept the credentials from {VARIABLES}: InvalidClientTokenId\n    {GIVE}",
        ),
        (
            refusal("SignatureDoesNotMatch", "Signature expired: 20260101 is now earlier than 20260102"),
            (
                f"AWS does not accept the credentials from {VARIABLES}: SignatureDoesNotMatch\n"
                f"    {GIVE}; when they are right, set this machine's clock"
            ),
        ),
        (
            refusal("AccessDenied", "no"),
            (
                f"AWS does not say who the credentials from {VARIABLES} belong to: AccessDenied: no\n"
                "    the command needs sts:GetCallerIdentity"
            ),
        ),
        (
            Answer(403, ""),
            (
                f"AWS does not say who the credentials from {VARIABLES} belong to: HTTP 403: "
                "no reason is given\n    the command needs sts:GetCallerIdentity"
            ),
        ),
    ],
)
def test_refused_credentials_are_one_message(
    aws: str, monkeypatch: pytest.MonkeyPatch, answer: Answer, message: str
) -> None:
    assert aws
    wrapped = Answer(answer.status, f"<ErrorResponse>{answer.body}</ErrorResponse>")
    with misbehaving(None, lambda *_: wrapped) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert refused() == message


def test_an_aws_that_cannot_be_reached_is_one_message(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert refused() == (
        'AWS cannot be reached: Could not connect to the endpoint URL: "http://127.0.0.1:1/"\n'
        "    AWS_ENDPOINT_URL is http://127.0.0.1:1: is it up?"
    )
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    assert refused().endswith("    check this machine's network")
