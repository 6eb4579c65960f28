"""Makes the bucket that holds Terraform's state, and takes a rehearsal's away again.

observe -> plan -> run -> observe: running it again does only what is missing, and it says what it did.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from shared.clients import error_code
from shared.deploy import bucket
from shared.errors import Problem, Refused, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.clients import Clients
    from shared.settings.model import Environment

SETTLE_SECONDS = 30.0
"""How long S3 may take to show a bucket's new configuration everywhere."""
_BATCH = 1000
"""Objects in one DeleteObjects call (S3 API reference)."""


def ensure(
    env: Environment,
    clients: Clients,
    *,
    say: Callable[[str], object] | None = None,
    settle_seconds: float = SETTLE_SECONDS,
) -> list[str]:
    """Make the state bucket as it has to be and return what was done; nothing when all was there.

    `say` gets each step as it is done. The account is checked first. Raises Refused for somebody
    else's bucket and for one in another region, UserError when AWS refuses a step or does not show
    its effect.
    """
    clients.check_account(region=env.state.region)
    s3 = clients.client("s3", env.state.region)
    done = []
    with _explained(env.state.bucket):
        for step in _missing(env, s3):
            step.act(s3)
            done.append(step.name)
            if say is not None:
                say(step.name)
        looks = Retrying(
            stop=stop_after_delay(settle_seconds), wait=wait_fixed(1), retry=retry_if_result(bool)
        )
        try:
            looks(_missing, env, s3)
        except RetryError as error:
            left = ", ".join(step.name for step in error.last_attempt.result())
            raise UserError(
                f"the bucket {env.state.bucket} does not show after {settle_seconds:.0f} seconds: {left}",
                remedy="run `invoke bootstrap` again",
            ) from error
    return done


def remove(env: Environment, clients: Clients) -> list[str]:
    """Delete the state bucket with all versions in it, and return what was deleted.

    Raises Refused, with every reason, while a state in it still holds resources, a lock is held, or
    something is in it that is not a state.
    """
    clients.check_account(region=env.state.region)
    s3 = clients.client("s3", env.state.region)
    own = {"Bucket": env.state.bucket, "ExpectedBucketOwner": env.account_id}
    with _explained(env.state.bucket):
        if bucket.observe(s3, env.state.bucket, env.account_id).region is None:
            return []
        reasons = list(_reasons_to_keep(s3, own))
        if reasons:
            raise Refused(reasons)
        versions = list(_versions(s3, own))
        for start in range(0, len(versions), _BATCH):
            s3.delete_objects(**own, Delete={"Objects": versions[start : start + _BATCH], "Quiet": True})
        s3.delete_bucket(**own)
    return [f"the bucket {env.state.bucket} with {len(versions)} versions of states and locks"]


def _missing(env: Environment, s3: Any) -> list[bucket.Step]:
    state = bucket.observe(s3, env.state.bucket, env.account_id)
    return bucket.plan(state, region=env.state.region, account_id=env.account_id)


def _reasons_to_keep(s3: Any, own: dict[str, str]) -> Iterator[Problem]:
    for page in s3.get_paginator("list_objects_v2").paginate(**own):
        for entry in page.get("Contents", ()):
            key = entry["Key"]
            where = f"s3://{own['Bucket']}/{key}"
            if key.endswith(".tflock"):
                yield Problem(where=where, what="somebody holds this lock", remedy="wait, or `invoke unlock`")
            elif not key.endswith(".tfstate"):
                yield Problem(where=where, what="this is not a state", remedy="move it away")
            else:
                held = _resources(s3.get_object(**own, Key=key)["Body"].read())
                if held:
                    what = f"this state holds {held} resources"
                    yield Problem(where=where, what=what, remedy="`invoke teardown` first")


def _resources(body: bytes) -> int | str:
    """Return how many resources a state manages."""
    try:
        resources = json.loads(body)["resources"]
    except (ValueError, KeyError, TypeError):
        return "an unknown number of"
    return sum(len(entry.get("instances", ())) for entry in resources if entry.get("mode") == "managed")


def _versions(s3: Any, own: dict[str, str]) -> Iterator[dict[str, str]]:
    for page in s3.get_paginator("list_object_versions").paginate(**own):
        for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            yield {"Key": entry["Key"], "VersionId": entry["VersionId"]}


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn what AWS or the network refuses into a sentence."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error_code(error)
        if code == "BucketAlreadyExists":
            remedy = "names of buckets are unique in the world: choose another state.bucket"
            raise Refused(f"the bucket {name} is somebody else's", remedy=remedy) from error
        raise UserError(
            f"AWS refuses {error.operation_name} on the bucket {name}: {code}",
            remedy="the credentials need the right to make and configure this bucket",
        ) from error
    except BotoCoreError as error:
        raise UserError(
            f"AWS cannot be reached: {error}", remedy="check the network, then run it again"
        ) from error
