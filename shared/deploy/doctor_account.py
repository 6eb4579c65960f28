"""What the doctor looks at in the account: who we are, and what the stacks expect to be there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.clients import error_code
from shared.deploy import bucket, doctor_landing, doctor_names, doctor_quotas, service_role
from shared.deploy.check import Check, failed
from shared.errors import UserError
from shared.settings import DatabaseMigration

if TYPE_CHECKING:
    from shared.clients import Clients, Identity
    from shared.deploy.check import Verdict
    from shared.settings import Platform, TwoRegions

LONGEST_RUN = timedelta(hours=1)
"""Credentials that end sooner may end within a rollout, and then a state is not written."""
NOTICEABLE_SKEW, REFUSED_SKEW = timedelta(seconds=60), timedelta(minutes=5)
"""AWS refuses signatures that are more than five minutes off (Signature Version 4)."""

Look = Callable[["Platform", "Clients"], list[Check]]


def credentials(env: Platform, clients: Clients) -> tuple[list[Check], Identity | None]:
    """Look at the credentials, their account, their end and the clock; None unless they are right."""
    try:
        identity = clients.check_account(region=env.state.region)
    except UserError as error:
        return failed("credentials", error), None
    who = f"{identity.arn}, from {identity.credentials_from}"
    now = datetime.now(UTC)
    return [
        Check(name="credentials", verdict="ok", seen=who),
        expiry(clients.credentials_expiry(), now),
        clock(identity.aws_time, now),
    ], identity


def expiry(ends: datetime | None, now: datetime) -> Check:
    """Judge when credentials end."""
    name = "credentials' end"
    if ends is None:
        return Check(name=name, verdict="ok", seen="none is known")
    left = ends - now
    seen = f"{ends:%Y-%m-%d %H:%M} UTC, in {int(left.total_seconds() // 60)} minutes"
    if left >= LONGEST_RUN:
        return Check(name=name, verdict="ok", seen=seen)
    remedy = f"renew them: a rollout may take up to {int(LONGEST_RUN.total_seconds() // 60)} minutes"
    return Check(name=name, verdict="fail", seen=seen, remedy=remedy)


def clock(aws: datetime | None, now: datetime) -> Check:
    """Judge this machine's clock by AWS's."""
    if aws is None:
        return Check(
            name="clock", verdict="warn", seen="AWS did not say its time", remedy="compare it by hand"
        )
    skew = abs(now - aws)
    seen = f"{skew.total_seconds():.0f} seconds off AWS's"
    if skew < NOTICEABLE_SKEW:
        return Check(name="clock", verdict="ok", seen=seen)
    remedy = "set the clock (NTP); AWS refuses requests that are five minutes off"
    return Check(name="clock", verdict="fail" if skew >= REFUSED_SKEW else "warn", seen=seen, remedy=remedy)


def state_bucket(env: Platform, clients: Clients) -> list[Check]:
    """Look at the state bucket: there, ours, in its region, versioned, encrypted, private."""
    name, region = "state bucket", env.state.region
    state = bucket.observe(clients.client("s3", region), env.state.bucket, env.account_id)
    missing = [step.name for step in bucket.plan(state, region=region, account_id=env.account_id)]
    if state.region is None:
        seen = f"there is no bucket {state.name} in {region}"
        return [Check(name=name, verdict="fail", seen=seen, remedy="run `invoke bootstrap`")]
    if missing:
        seen = f"{state.name} lacks: {', '.join(missing)}"
        # without versions a damaged state is lost
        verdict: Verdict = "warn" if state.versioned else "fail"
        return [Check(name=name, verdict=verdict, seen=seen, remedy="run `invoke bootstrap`")]
    return [Check(name=name, verdict="ok", seen=f"{state.name} in {region}")]


def secrets(env: Platform, clients: Clients) -> list[Check]:
    """Look whether the secrets that the settings name exist where they are read; not into them."""
    wanted = [(env.home.region, env.database.master_secret_name)]
    if isinstance(env, DatabaseMigration):
        names = (
            env.on_premises.secret_name,
            env.on_premises.operator_secret_name,
            env.replication.target_secret_name,
            env.database.operator_secret_name,
        )
        wanted += [(env.home.region, name) for name in names if name]
    else:
        wanted += [(side.region, env.service.credentials_secret_name) for side in env.sides.values()]
    return [secret(clients, region, name) for region, name in wanted]


def secret(clients: Clients, region: str, name: str) -> Check:
    """Look whether a secret is in a region; not into it. Raises botocore's errors."""
    from botocore.exceptions import ClientError

    label = f"secret in {region}"
    try:
        answer = clients.client("secretsmanager", region).describe_secret(SecretId=name)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        seen = f"there is no secret {name} in {region}"
        remedy = "make it, or replicate it there (`aws secretsmanager replicate-secret-to-regions`)"
        return Check(name=label, verdict="fail", seen=seen, remedy=remedy)
    if answer.get("DeletedDate"):
        remedy = f"`aws secretsmanager restore-secret --region {region} --secret-id {name}`"
        return Check(name=label, verdict="fail", seen=f"{name} is being deleted", remedy=remedy)
    return Check(name=label, verdict="ok", seen=name)


def images(env: Platform, clients: Clients) -> list[Check]:
    """Look whether the container's image is in the ECR of both regions; a database has none."""
    if isinstance(env, DatabaseMigration):
        return []
    return [image(env, clients, side.region) for side in env.sides.values()]


def image(env: TwoRegions, clients: Clients, region: str) -> Check:
    """Look whether the container's image is in the ECR of a region. Raises botocore's errors."""
    from botocore.exceptions import ClientError

    repository, wanted = env.service.image_repository, env.service.image
    which = {"imageDigest": wanted} if wanted.startswith("sha256:") else {"imageTag": wanted}
    label = f"image in {region}"
    ecr = clients.client("ecr", region)
    try:
        ecr.describe_images(repositoryName=repository, imageIds=[which])
    except ClientError as error:
        if error_code(error) not in {"RepositoryNotFoundException", "ImageNotFoundException"}:
            raise
        seen = f"{repository} has no image {wanted} in the ECR of {region}"
        # replication copies what is pushed after it was switched on
        remedy = "push it there; registry replication does not copy what was pushed before it was switched on"
        return Check(name=label, verdict="fail", seen=seen, remedy=remedy)
    return Check(name=label, verdict="ok", seen=f"{repository} {wanted}")


def _guarded(name: str, look: Look) -> Look:
    """Return the look, with what AWS refuses to show as a warning instead of an end."""

    def guarded(env: Platform, clients: Clients) -> list[Check]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return look(env, clients)
        except UserError as error:
            return failed(name, error)
        except (BotoCoreError, ClientError) as error:
            seen = f"it could not be looked at: {error}"
            remedy = "the credentials need to read it; a deployment may fail there"
            return [Check(name=name, verdict="warn", seen=seen, remedy=remedy)]

    return guarded


LOOKS: tuple[Look, ...] = (
    _guarded("state bucket", state_bucket),
    _guarded("secrets", secrets),
    _guarded("images", images),
    _guarded("domain", doctor_names.domain),
    _guarded("quotas", doctor_quotas.quotas),
    _guarded("production", doctor_landing.production),
    _guarded("Auto Scaling's role", service_role.look),
)
"""Everything that is looked at with the right credentials, in the order of the report."""
