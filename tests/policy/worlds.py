"""Small platforms for the checks: stacks of a few blocks, built as the synthesis builds them.

A stack is `{type: {name: arguments}}`; `data.TYPE` and `ephemeral.TYPE` are those sections, `output` is what
it publishes. Each resource is at `STACK/NAME`, and each stack reads the outputs of all others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.policy.model import Platform, build
from shared.policy.registry import A, B, C

SUFFIX = "abc123"
ACCOUNT = "123456789012"
TAGS = {"EnvironmentSuffix": SUFFIX, "ManagedBy": "terraform", "Stack": "stack", "System": "system"}
APPS = {
    A: {"us-east-1": "source", "eu-west-1": "target", "global": "global"},
    B: {"us-east-1": "primary", "us-west-2": "standby", "global": "global"},
    C: {"us-east-1": "landing"},
}
#: Where the states are, and what is global: the region that is not left and not lost.
OUTLIVES = {A: "eu-west-1", B: "us-west-2", C: "us-east-1"}
#: As a change: the argument, block or stack is not there.
GONE = object()

Stacks = Mapping[str, Any]


def ref(what: str) -> str:
    """Return Terraform's expression for something of the same stack."""
    return f"${{{what}}}"


def out(address: str, name: str) -> str:
    """Return Terraform's expression for what another stack publishes."""
    return f"${{data.terraform_remote_state.{address.replace('/', '-')}.outputs.{name}}}"


def policy(*statements: Mapping[str, Any]) -> str:
    """Return a document of IAM, in which the effect is Allow unless it is said."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **s} for s in statements]})


def changed(stacks: Stacks, changes: Mapping[str, Any]) -> Stacks:
    """Return the stacks with some values changed: `us-east-1/service aws_lb balancer internal` -> value."""
    # no part of it is shared: what is changed is changed in one place
    result = json.loads(json.dumps(stacks))
    for path, value in changes.items():
        *above, last = (int(part) if part.isdigit() else part for part in path.split())
        inner: Any = result
        for part in above:
            inner = inner[part] if isinstance(inner, list) else inner.setdefault(part, {})
        if value is GONE:
            del inner[last]
        else:
            inner[last] = value
    return result


def world(
    stacks: Stacks, system: str = A, *, protection: str = "destroyable", folder: Path = Path("nowhere")
) -> Platform:
    """Return the platform that consists of these stacks."""
    entries = tuple(_entry(address, stacks, system) for address in stacks)
    manifest = Manifest(
        environment=system,
        system=system,
        suffix=SUFFIX,
        account_id=ACCOUNT,
        stage_names=tuple(dict.fromkeys(entry.app for entry in entries)),
        stacks=entries,
        root=folder,
    )
    documents = {entry.address: _document(entry, entries, stacks[entry.address]) for entry in entries}
    return build(manifest, documents, protection)


def _entry(address: str, stacks: Stacks, system: str) -> StackEntry:
    place = address.partition("/")[0]
    others = [other for other in stacks if other != address]
    text = json.dumps(stacks[address])
    return StackEntry(
        address=address,
        app=APPS[system][place],
        stage=1,
        directory=address.replace("/", "-"),
        region=OUTLIVES[system] if place == "global" else place,
        state_bucket="states",
        state_region=OUTLIVES[system],
        state_key=f"{system}/{SUFFIX}/{address}.tfstate",
        reads=tuple(
            Read(address=other, fields=())
            for other in others
            if f"terraform_remote_state.{other.replace('/', '-')}." in text
        ),
    )


def _document(
    entry: StackEntry, entries: tuple[StackEntry, ...], blocks: Mapping[str, Any]
) -> dict[str, Any]:
    states = {
        other.address.replace("/", "-"): {
            "backend": "s3",
            "config": {"key": other.state_key, "region": other.state_region},
        }
        for other in entries
        if other is not entry
    }
    document: dict[str, Any] = {
        "provider": {"aws": [{"region": entry.region, "default_tags": [{"tags": TAGS}]}]},
        "terraform": {"backend": {"s3": {"region": entry.state_region}}},
        "data": {"terraform_remote_state": states},
        "output": {name: {"value": value} for name, value in blocks.get("output", {}).items()},
    }
    for name, named in blocks.items():
        if name in ("provider", "terraform"):
            document[name] = named
        elif name != "output":
            section, _, kind = name.rpartition(".")
            below = document.setdefault(section or "resource", {})
            below[kind] = below.get(kind, {}) | {
                each: {**values, "//": {"metadata": {"path": f"{entry.directory}/{each}"}}}
                for each, values in named.items()
            }
    return document


@dataclass(frozen=True, kw_only=True)
class Example:
    """A platform that a check finds right, and changes that make it wrong."""

    check: str
    right: Stacks
    judged: tuple[str, ...]
    """Every place that the check looks at, sorted."""
    wrong: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str | tuple[str, ...]]]]
    """What is wrong, in words -> the changes, and what is then said of which place."""
    system: str = A
    protection: str = "destroyable"
    fine: Mapping[str, Mapping[str, Any]] | None = None
    """What may be otherwise, in words -> the changes, of which nothing is said."""
