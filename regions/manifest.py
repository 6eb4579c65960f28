"""What the deployment engine has to know of a synthesis, taken from the synthesized JSON itself.

Reads are not what the code asked for but what the JSON refers to, so a contract's field that
nobody uses is no dependency.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cdktf import App

from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.settings import Environment
from shared.stack import RegionStack

#: The roles of each system's apps, in the order in which a staged rollout takes them.
STAGES: dict[str, tuple[str, ...]] = {
    "region-migration": ("source", "target", "global"),
    "disaster-recovery": ("primary", "standby", "global"),
    "database-migration": ("landing",),
}
_REFERENCE = re.compile(r"data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_]+)")


def link(app: App) -> None:
    """Tell cdktf which stacks come after which, so that its own command line keeps the order too."""
    stacks = {stack.address: stack for stack in _stacks(app)}
    for stack in stacks.values():
        for address in stack.reads:
            if address in stacks:
                stack.add_dependency(stacks[address])


def write(app: App, environment: Environment, outdir: Path) -> Manifest:
    """Write `regionshift.json` beside what was synthesized into `outdir`, and return it."""
    stages = STAGES[environment.system]
    entries = tuple(_entry(stack, environment, stages, outdir) for stack in _stacks(app))
    manifest = Manifest(
        environment=environment.name,
        system=environment.system,
        suffix=environment.environment_suffix,
        account_id=environment.account_id,
        stage_names=stages,
        stacks=entries,
        root=outdir,
    )
    manifest.write()
    return manifest


def documents(app: App, outdir: Path) -> dict[str, dict[str, Any]]:
    """Return address -> the JSON that was synthesized for the stack."""
    return {stack.address: json.loads(_text(stack, outdir)) for stack in _stacks(app)}


def _stacks(app: App) -> list[RegionStack]:
    return [child for child in app.node.children if isinstance(child, RegionStack)]


def _entry(stack: RegionStack, environment: Environment, stages: Sequence[str], outdir: Path) -> StackEntry:
    text = _text(stack, outdir)
    document = json.loads(text)
    return StackEntry(
        address=stack.address,
        app=stack.role,
        stage=stages.index(stack.role) + 1,
        directory=_directory(stack),
        region=stack.region,
        state_bucket=environment.state.bucket,
        state_region=environment.state.region,
        state_key=stack.state_key,
        reads=_reads(stack.reads, text, document),
        publishes=stack.published,
        resources={kind: len(blocks) for kind, blocks in sorted(document.get("resource", {}).items())},
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _text(stack: RegionStack, outdir: Path) -> str:
    return (outdir / _directory(stack) / "cdk.tf.json").read_text()


def _directory(stack: RegionStack) -> str:
    return f"stacks/{stack.node.id}"


def _reads(addresses: Sequence[str], text: str, document: dict[str, Any]) -> tuple[Read, ...]:
    """Return the upstream stacks with the outputs that the JSON refers to."""
    fields = defaultdict(set)
    for name, output in _REFERENCE.findall(text):
        fields[name].add(output)
    declared = document.get("data", {}).get("terraform_remote_state", {})
    unknown = fields.keys() - declared.keys()
    if unknown:
        raise ValueError(f"references to states that are not read: {sorted(unknown)}")
    return tuple(
        Read(address=address, fields=tuple(sorted(fields[address.replace("/", "-")])))
        for address in sorted(addresses)
    )
