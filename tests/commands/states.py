"""Writes states of real stacks by hand: what Terraform would leave, without the minutes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.clients import Clients
from shared.deploy.manifest import Manifest


def apply(manifest: Manifest, clients: Clients, address: str, **outputs: Any) -> None:
    """Write a state in which the stack has one resource and each output that it publishes and is not None."""
    entry = manifest.stack(address)
    samples: dict[str, Any] = {"string": "x", "list(string)": ["x"], "map(string)": {"x": "y"}}
    values = {name: samples[kind] for name, kind in entry.publishes.items()} | outputs
    document = {
        "version": 4,
        "serial": 1,
        "lineage": "one",
        "outputs": {name: {"value": value} for name, value in values.items() if value is not None},
        "resources": [{"mode": "managed", "type": "aws_thing", "name": "one", "instances": [{}]}],
    }
    clients.client("s3", entry.state_region).put_object(
        Bucket=entry.state_bucket, Key=entry.state_key, Body=json.dumps(document).encode()
    )


def lock(manifest: Manifest, clients: Clients, address: str, *, who: str) -> None:
    """Lock the stack's state as Terraform does, a moment from now."""
    entry = manifest.stack(address)
    facts = {
        "ID": "5f0c",
        "Operation": "OperationTypeApply",
        "Who": who,
        "Version": "1.11.4",
        "Created": (datetime.now(UTC) + timedelta(seconds=1)).isoformat().replace("+00:00", "Z"),
    }
    clients.client("s3", entry.state_region).put_object(
        Bucket=entry.state_bucket, Key=f"{entry.state_key}.tflock", Body=json.dumps(facts).encode()
    )
