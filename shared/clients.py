"""The one place that makes boto3 clients.

Every client has an explicit region, standard retries and short connection time-outs. The endpoint is
botocore's business: it honours `AWS_ENDPOINT_URL`, like Terraform's provider and backend do.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from shared.errors import Problem, UserError

ATTEMPTS = 5
"""Tries of one call in botocore's standard mode (throttling and connection errors, with backoff)."""
CONNECT_SECONDS = 5
READ_SECONDS = 30

_PLACES = {
    "env": "the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "shared-credentials-file": "the shared credentials file, profile {profile}",
    "config-file": "the AWS config file, profile {profile}",
    "assume-role": "a role assumed by profile {profile}",
    "assume-role-with-web-identity": "a role assumed with a web identity token",
    "sso": "single sign-on, profile {profile}",
    "login": "`aws login`, profile {profile}",
    "custom-process": "the credential process of profile {profile}",
    "container-role": "the container's role",
    "iam-role": "the instance's role",
}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_NOT_KNOWN = {"InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException", "AuthFailure"}
_LOG_IN = "log in again (`aws sso login`, or new keys), then run the command again"
_GIVE = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to the account {account}"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long a call is tried, and an answer waited for."""

    attempts: int
    connect_seconds: float
    read_seconds: float


QUICK = Pace(attempts=2, connect_seconds=2, read_seconds=5)
"""For what may not answer at all: a call is given up after about 15 seconds."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who AWS says that we are."""

    account_id: str
    arn: str
    credentials_from: str
    """Where the credentials came from, in words."""
    aws_time: datetime | None
    """AWS's clock when it answered (`Date` header); None when it did not say."""


class Clients:
    """boto3 clients of one account, one per service and region; may be shared by threads."""

    def __init__(self, account_id: str, pace: Pace | None = None, *, default_region: str = "") -> None:
        """`pace` None: that of a deployment, which rather waits than fails.

        `default_region` is where a role is assumed, instead of where the environment or the profile says.
        """
        self.account_id = account_id
        self.pace = pace
        self.default_region = default_region
        self._lock = threading.RLock()
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service (`ec2`) in a region; made once. UserError for a bad profile."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make(service, region, self.pace)
            return self._clients[service, region]

    def patient(self, service: str, region: str, *, seconds: float) -> Any:
        """Return a client of its own that waits so long for an answer, and asks once."""
        with self._lock:
            pace = Pace(attempts=1, connect_seconds=CONNECT_SECONDS, read_seconds=seconds)
            return self._make(service, region, pace)

    def check_account(self, *, region: str) -> Identity:
        """Return who we are, after making sure that it is the account this may be applied to.

        `region` is where STS is asked. Raises UserError when credentials are missing, expired or
        refused, when AWS cannot be reached, and when they belong to another account.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        place = self.credentials_place()
        try:
            answer = self.client("sts", region).get_caller_identity()
        except ClientError as error:
            raise UserError(_refused(error, place, self.account_id)) from error
        except BotoCoreError as error:
            raise UserError(_unreachable(error, self.account_id)) from error
        account = str(answer["Account"])
        if account != self.account_id:
            raise UserError(
                f"the credentials belong to account {account}, and account_id is {self.account_id}; "
                f"they come from {place}",
                remedy=f"{_GIVE.format(account=self.account_id)}, or correct account_id",
            )
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return Identity(
            account_id=account,
            arn=str(answer["Arn"]),
            credentials_from=place,
            aws_time=parsedate_to_datetime(date) if date else None,
        )

    def credentials_place(self) -> str:
        """Return where the credentials come from, in words. Raises UserError when there are none."""
        credentials = self._credentials()
        profile = self._boto3().profile_name
        method = str(credentials.method)
        return _PLACES.get(method, method).format(profile=profile)

    def credentials_expiry(self) -> datetime | None:
        """Return when the credentials expire; None when they do not, or do not say."""
        # Only refreshable credentials know it, and botocore has no public name for it.
        expiry: datetime | None = getattr(self._credentials(), "_expiry_time", None)
        return expiry.astimezone(UTC) if expiry is not None else None

    def credentials_renew(self) -> bool:
        """Tell whether credentials that expire are fetched anew before: a role's, not a variable's."""
        credentials = self._credentials()
        # botocore reads AWS_CREDENTIAL_EXPIRATION too, but the variables stay what they are
        return hasattr(credentials, "_expiry_time") and credentials.method != "env"

    def _credentials(self) -> Any:
        from botocore.exceptions import BotoCoreError

        try:
            with self._lock:
                credentials = self._boto3().get_credentials()
        except BotoCoreError as error:
            raise UserError(_unreachable(error, self.account_id)) from error
        if credentials is None:
            raise UserError("there are no AWS credentials", remedy=_GIVE.format(account=self.account_id))
        return credentials

    def _make(self, service: str, region: str, pace: Pace | None) -> Any:
        try:
            return self._boto3().client(service, region_name=region, config=configuration(pace))
        except ValueError as error:
            # botocore's words for an endpoint without a scheme, and for a region that is none
            endpoint = os.environ.get("AWS_ENDPOINT_URL")
            remedy = f"AWS_ENDPOINT_URL is {endpoint}: it has to begin with http:// or https://"
            raise UserError(
                f"no client of {service} in {region}: {error}", remedy=remedy if endpoint else None
            ) from error

    def _boto3(self) -> Any:
        with self._lock:
            if self._session is None:
                # boto3 takes longer to import than most commands take without it
                import boto3
                from botocore.exceptions import ProfileNotFound

                try:
                    self._session = boto3.Session(botocore_session=self._prepared())
                except ProfileNotFound as error:
                    raise UserError(
                        f"there is no AWS profile {os.environ.get('AWS_PROFILE')!r}, which AWS_PROFILE names",
                        remedy="`aws configure list-profiles` shows the ones that exist",
                    ) from error
            return self._session

    def _prepared(self) -> Any:
        """Return botocore's session to build on."""
        from botocore.session import get_session

        session = get_session()
        session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
        if self.default_region:
            session.set_config_variable("region", self.default_region)
            session.set_config_variable("sts_regional_endpoints", "regional")
        if self.pace:
            # what fetches credentials has to give up as soon as the rest
            session.set_default_client_config(configuration(self.pace))
        return session


@cache
def _loader(path: str | None) -> Any:
    """Return what reads botocore's descriptions of services: megabytes, which no session need read again."""
    from botocore.loaders import create_loader

    return create_loader(path)


def configuration(pace: Pace | None) -> Any:
    """Return botocore's configuration of a client."""
    from botocore.config import Config

    pace = pace or Pace(attempts=ATTEMPTS, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)
    return Config(
        retries={"mode": "standard", "total_max_attempts": pace.attempts},
        connect_timeout=pace.connect_seconds,
        read_timeout=pace.read_seconds,
    )


def error_code(error: Any) -> str:
    """Return the code of a botocore ClientError: `NoSuchBucket`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refused(error: Any, place: str, account: str) -> Problem:
    # whoever stands between us and AWS may answer anything
    code = error_code(error) or f"HTTP {error.response['ResponseMetadata']['HTTPStatusCode']}"
    said = str(error.response.get("Error", {}).get("Message", "no reason is given"))
    if code in _EXPIRED:
        return Problem(what=f"the AWS credentials from {place} have expired", remedy=_LOG_IN)
    if code in _NOT_KNOWN:
        clock = "; when they are right, set this machine's clock" if "expired" in said.lower() else ""
        remedy = f"{_GIVE.format(account=account)}{clock}"
        return Problem(what=f"AWS does not accept the credentials from {place}: {code}", remedy=remedy)
    return Problem(
        what=f"AWS does not say who the credentials from {place} belong to: {code}: {said}",
        remedy="the command needs sts:GetCallerIdentity",
    )


def _unreachable(error: Exception, account: str) -> Problem:
    from botocore import exceptions

    tokens = (
        exceptions.SSOError,
        exceptions.LoginError,
        exceptions.TokenRetrievalError,
        exceptions.CredentialRetrievalError,
    )
    if isinstance(error, tokens):
        return Problem(what=f"the AWS credentials cannot be had: {error}", remedy=_LOG_IN)
    if isinstance(error, exceptions.PartialCredentialsError):
        return Problem(
            what=f"the AWS credentials are not whole: {error}", remedy=_GIVE.format(account=account)
        )
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    remedy = f"AWS_ENDPOINT_URL is {endpoint}: is it up?" if endpoint else "check this machine's network"
    return Problem(what=f"AWS cannot be reached: {error}", remedy=remedy)
