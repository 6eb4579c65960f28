"""The state bucket as it is, as it has to be, and the single calls that lead there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.clients import error_code
from shared.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY_SID = "OnlyThroughTls"
LIFECYCLE_ID = "old-state-versions"
KEEP_DAYS = 90
"""Days that a replaced version of a state stays; the way back after a damaged state."""
ABORT_DAYS = 7
_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_LIFECYCLE = {
    "ID": LIFECYCLE_ID,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": KEEP_DAYS},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS},
}


@dataclass(frozen=True, kw_only=True)
class BucketState:
    """What there is of a state bucket."""

    name: str
    region: str | None = None
    """Region that the bucket is in; None when there is no such bucket."""
    versioned: bool = False
    encrypted: bool = False
    private: bool = False
    tls_only: bool = False
    lifecycle: bool = False
    over_tls: bool = True
    """We reach S3 through TLS ourselves; if not, a policy that demands it would lock us out."""
    policy: tuple[Any, ...] = ()
    """Statements of the bucket policy; kept, ours is added."""
    rules: tuple[Any, ...] = ()
    """Lifecycle rules; kept, ours is added."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call that changes the bucket."""

    name: str
    """What it does, as a person reads it."""
    act: Callable[[Any], object]
    """Does it, with the bucket's S3 client."""


def observe(s3: Any, name: str, account_id: str) -> BucketState:
    """Return what there is; reads only. Raises Refused when the bucket is somebody else's."""
    from botocore.exceptions import ClientError

    own: dict[str, str] = {"Bucket": name, "ExpectedBucketOwner": account_id}

    def ask(call: Callable[..., Any], absent: str) -> Any:
        try:
            return call(**own)
        except ClientError as error:
            if error_code(error) in {absent, "404"}:
                return {}
            raise

    try:
        # HeadBucket answers without a body: its codes are the bare HTTP status.
        if ask(s3.head_bucket, "NoSuchBucket") == {}:
            return BucketState(name=name, over_tls=_over_tls(s3))
    except ClientError as error:
        if error_code(error) in {"403", "AccessDenied"}:
            raise Refused(
                f"the bucket {name} exists, and account {account_id} may not use it: it is somebody else's",
                remedy="names of buckets are unique in the world: choose another state.bucket",
            ) from error
        raise
    location = s3.get_bucket_location(**own).get("LocationConstraint")
    policy = ask(s3.get_bucket_policy, "NoSuchBucketPolicy").get("Policy")
    statement = json.loads(policy)["Statement"] if policy else []
    # a policy with one statement may have it without an array around it
    statements = tuple(statement) if isinstance(statement, list) else (statement,)
    rules = tuple(ask(s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration").get("Rules", ()))
    access = ask(s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration")
    return BucketState(
        name=name,
        # S3 says nothing for us-east-1, and EU for the oldest buckets of eu-west-1.
        region={None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(location, location),
        versioned=s3.get_bucket_versioning(**own).get("Status") == "Enabled",
        encrypted=bool(ask(s3.get_bucket_encryption, "ServerSideEncryptionConfigurationNotFoundError")),
        private=access.get("PublicAccessBlockConfiguration", {}).items() >= _PRIVATE.items(),
        tls_only=any(statement.get("Sid") == POLICY_SID for statement in statements),
        lifecycle=any(rule.get("ID") == LIFECYCLE_ID for rule in rules),
        over_tls=_over_tls(s3),
        policy=statements,
        rules=rules,
    )


def plan(state: BucketState, *, region: str, account_id: str) -> list[Step]:
    """Return the steps from `state` to a bucket that may hold state. Raises Refused for another region's."""
    if state.region not in {None, region}:
        raise Refused(
            f"the bucket {state.name} is in {state.region}, and state.region is {region}",
            remedy="a bucket cannot move: correct state.region, or choose another state.bucket",
        )
    own = {"Bucket": state.name, "ExpectedBucketOwner": account_id}
    steps = [
        (state.region is not None, f"make the bucket {state.name} in {region}", _create(state.name, region)),
        (state.private, "block public access", lambda s3: s3.put_public_access_block(
            **own, PublicAccessBlockConfiguration=_PRIVATE)),
        (state.versioned, "switch versioning on", lambda s3: s3.put_bucket_versioning(
            **own, VersioningConfiguration={"Status": "Enabled"})),
        (state.encrypted, "encrypt objects by default (AES256)", lambda s3: s3.put_bucket_encryption(
            **own, ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})),
        (state.tls_only or not state.over_tls, "refuse connections without TLS",
            lambda s3: s3.put_bucket_policy(**own, Policy=_policy(state, region))),
        (state.lifecycle, f"delete replaced versions after {KEEP_DAYS} days",
            lambda s3: s3.put_bucket_lifecycle_configuration(
                **own, LifecycleConfiguration={"Rules": [*state.rules, _LIFECYCLE]})),
    ]  # fmt: skip
    return [Step(name=name, act=act) for done, name, act in steps if not done]


def _over_tls(s3: Any) -> bool:
    return str(s3.meta.endpoint_url).startswith("https:")


def _create(name: str, region: str) -> Callable[[Any], object]:
    # us-east-1 is the one region that must not be named (CreateBucket)
    extra: dict[str, Any] = (
        {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    return lambda s3: s3.create_bucket(Bucket=name, **extra)


def _policy(state: BucketState, region: str) -> str:
    from shared.settings.regions import partition_of

    arn = f"arn:{partition_of(region)}:s3:::{state.name}"
    statement = {
        "Sid": POLICY_SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [*state.policy, statement]})
