"""What stands, by observation: every stack's state object in S3.

Values of outputs stay in memory; nothing here writes them anywhere.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from shared.deploy.manifest import Manifest, StackEntry

#: Enough for all stacks of an environment at once; each request is one small object.
_READERS = 12
LOCK_SUFFIX = ".tflock"


class ClientFactory(Protocol):
    """The part of `shared.clients.Clients` that the engine uses."""

    def client(self, service: str, region: str) -> Any:
        """Return a boto3 client of this service in this region."""

    def check_account(self, *, region: str) -> object:
        """Ask STS of this region; raise UserError unless the credentials are of the environment's account."""


class Account(ClientFactory, Protocol):
    """What the engine also asks before it starts."""

    def credentials_expiry(self) -> datetime | None:
        """Return when the credentials end; None when they do not, or do not say."""

    def credentials_renew(self) -> bool:
        """Tell whether the credentials are replaced by themselves before they end."""


@dataclass(frozen=True, kw_only=True)
class StateSummary:
    """The facts of one state that decisions are made on."""

    serial: int
    lineage: str
    resources: int
    """Instances of managed resources."""
    outputs: dict[str, Any] = field(default_factory=dict, repr=False)
    """Output name -> value."""
    addresses: frozenset[str] = frozenset()
    """Addresses of managed resources without their index: `aws_vpc.main`."""
    tainted: tuple[str, ...] = ()
    """Addresses of what was made in part only: the next apply replaces it."""

    @property
    def empty(self) -> bool:
        """Whether nothing is left of the stack: no resource and no output."""
        return not self.resources and not self.outputs

    @property
    def version(self) -> str:
        """Lineage and serial: equal as long as nobody wrote the state."""
        return f"{self.lineage}#{self.serial}"


def summarize(document: Mapping[str, Any]) -> StateSummary:
    """Return the summary of a state file (format version 4)."""
    managed = [r for r in document.get("resources", ()) if r.get("mode") == "managed"]
    return StateSummary(
        serial=int(document.get("serial", 0)),
        lineage=str(document.get("lineage", "")),
        resources=sum(len(resource.get("instances", ())) for resource in managed),
        outputs={name: output.get("value") for name, output in document.get("outputs", {}).items()},
        addresses=frozenset(_address(r) for r in managed if r.get("instances")),
        tainted=tuple(
            sorted(
                f"{_address(resource)}{_index(instance)}"
                for resource in managed
                for instance in resource.get("instances", ())
                if instance.get("status") == "tainted"
            )
        ),
    )


def _address(resource: Mapping[str, Any]) -> str:
    return ".".join(filter(None, (resource.get("module"), resource["type"], resource["name"])))


def _index(instance: Mapping[str, Any]) -> str:
    return f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""


def get_object(entry: StackEntry, client: Any, key: str) -> bytes | None:
    """Return an object of the state bucket, None when there is none.

    Raises UserError when the bucket itself is missing.
    """
    found = get_tagged(entry, client, key)
    return None if found is None else found[0]


def get_tagged(entry: StackEntry, client: Any, key: str) -> tuple[bytes, str] | None:
    """Return an object of the state bucket and its ETag, which names its content, as `get_object` does."""
    try:
        answer = client.get_object(Bucket=entry.state_bucket, Key=key)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"NoSuchKey", "404"}:
            return None
        if code == "NoSuchBucket":
            raise UserError(
                f"the state bucket {entry.state_bucket} does not exist in {entry.state_region}",
                remedy="run `invoke bootstrap`, which makes it",
            ) from error
        raise
    return answer["Body"].read(), str(answer["ETag"])


def listing(clients: ClientFactory, region: str, bucket: str, *, prefix: str) -> frozenset[str]:
    """Return the keys of a state bucket that start with `prefix`."""
    pages = (
        clients.client("s3", region).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    )
    return frozenset(item["Key"] for page in pages for item in page.get("Contents", ()))


def read(entry: StackEntry, clients: ClientFactory) -> StateSummary | None:
    """Return what the stack's state says, None when the stack has no state or an empty one."""
    return _read(entry, clients.client("s3", entry.state_region))


def _read(entry: StackEntry, client: Any) -> StateSummary | None:
    return summarize_body(get_object(entry, client, entry.state_key))


def summarize_body(body: bytes | None) -> StateSummary | None:
    """Return what the content of a state object says, None when that is nothing."""
    if not body:
        return None
    summary = summarize(json.loads(body))
    return None if summary.empty else summary


def observe(
    manifest: Manifest, clients: ClientFactory, addresses: Iterable[str] | None = None
) -> dict[str, StateSummary]:
    """Return the states of all stacks (or of `addresses`) that hold anything."""
    chosen = None if addresses is None else set(addresses)
    entries = [entry for entry in manifest.stacks if chosen is None or entry.address in chosen]
    # made before the threads start: botocore's session is not safe to share between them
    made = {region: clients.client("s3", region) for region in {entry.state_region for entry in entries}}
    with ThreadPoolExecutor(max_workers=_READERS) as pool:
        found = pool.map(lambda entry: _read(entry, made[entry.state_region]), entries)
        return {
            entry.address: state for entry, state in zip(entries, found, strict=True) if state is not None
        }
