"""A small environment as its states say it stands: states and locks, written by hand into S3."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from shared.deploy.manifest import Manifest, Read, StackEntry

BUCKET, BUCKET_REGION = "payments-state", "eu-west-1"


class Clients:
    """boto3 clients without an account check: there is no account."""

    def client(self, service: str, region: str) -> Any:
        return boto3.client(service, region_name=region)

    def check_account(self, *, region: str) -> None:
        """Nothing to check."""


def stack(
    address: str,
    app: str,
    *reads: str,
    publishes: tuple[str, ...] = (),
    resources: Mapping[str, int] | None = None,
) -> StackEntry:
    """Return a stack that reads the output `id` of each stack in `reads`."""
    stage = {"source": 1, "target": 2, "global": 3}[app]
    return StackEntry(
        address=address,
        app=app,
        stage=stage,
        directory=f"stacks/{address.replace('/', '-')}",
        region=BUCKET_REGION,
        state_bucket=BUCKET,
        state_region=BUCKET_REGION,
        state_key=f"region-migration/abc123/{address}.tfstate",
        reads=tuple(Read(address=read, fields=("id",)) for read in reads),
        publishes=dict.fromkeys(publishes, "string"),
        resources=dict(resources or {"aws_thing": 1}),
    )


def manifest(*stacks: StackEntry, system: str = "region-migration", root: Path = Path()) -> Manifest:
    return Manifest(
        environment="region-migration",
        system=system,
        suffix="abc123",
        account_id="123456789012",
        stage_names=("source", "target", "global"),
        stacks=stacks,
        root=root,
    )


@contextmanager
def state_bucket() -> Iterator[None]:
    """Make the state bucket, and take it away afterwards."""
    client = boto3.client("s3", region_name=BUCKET_REGION)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": BUCKET_REGION})
    yield
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


def apply(
    entry: StackEntry, resources: int = 1, serial: int = 3, tainted: Sequence[str] = (), **outputs: Any
) -> None:
    """Write the state that Terraform would leave after applying the stack; `tainted`: names of resources."""
    document = {
        "version": 4,
        "serial": serial,
        "lineage": "one",
        "outputs": {name: {"value": value, "type": "string"} for name, value in outputs.items()},
        "resources": [
            {"mode": "managed", "type": "aws_thing", "name": name, "instances": [_instance(name in tainted)]}
            for name in map(str, range(resources))
        ],
    }
    body = json.dumps(document).encode()
    boto3.client("s3", region_name=BUCKET_REGION).put_object(Bucket=BUCKET, Key=entry.state_key, Body=body)


def _instance(tainted: bool) -> dict[str, str]:
    return {"status": "tainted"} if tainted else {}


def lock(entry: StackEntry) -> None:
    """Lock the stack's state as Terraform does."""
    facts = {
        "ID": "9a1",
        "Operation": "OperationTypeApply",
        "Who": "ops@bastion",
        "Version": "1.11.4",
        "Created": "2026-03-01T10:00:00.123456789Z",
    }
    boto3.client("s3", region_name=BUCKET_REGION).put_object(
        Bucket=BUCKET, Key=f"{entry.state_key}.tflock", Body=json.dumps(facts).encode()
    )
