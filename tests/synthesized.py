"""Synthesized Terraform, as the tests look at it: by type and construct path, never by hashed ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.deploy.manifest import Manifest
from shared.settings import DatabaseMigration, DisasterRecovery, Platform, RegionMigration, load

REGIONS = {"source": "us-east-1", "target": "eu-west-1"}
"""The regions of the documented environment, by role."""
RECOVERY_REGIONS = {"primary": "us-east-1", "standby": "us-west-2"}
"""Those of the one with a standby."""

Block = dict[str, Any]


@dataclass(frozen=True)
class Document:
    """One stack's `cdk.tf.json`."""

    content: dict[str, Any]

    def all(self, kind: str, *, section: str = "resource") -> dict[str, Block]:
        """The blocks of a type by their construct's path below the stack, in that order."""
        blocks = self.content.get(section, {}).get(kind, {}).values()
        found = {block["//"]["metadata"]["path"].split("/", 1)[1]: block for block in blocks}
        return {path: without_nulls(found[path]) for path in sorted(found)}

    def one(self, kind: str, at: str = "", *, section: str = "resource") -> Block:
        """The only block of a type, or the only one whose path ends with `at`."""
        blocks = self.all(kind, section=section)
        (only,) = (block for path, block in blocks.items() if f"/{path}".endswith(at))
        return only

    def ref(self, kind: str, attribute: str, at: str = "") -> str:
        """Terraform's expression for an attribute of that block."""
        return f"${{{kind}.{self.one(kind, at)['//']['metadata']['uniqueId']}.{attribute}}}"

    def resources(self) -> Iterator[tuple[str, str, Block]]:
        """Every resource: its type, its construct's path and its block."""
        for kind in self.content.get("resource", {}):
            for path, block in self.all(kind).items():
                yield kind, path, block

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in self.content.get("output", {}).items()}

    @property
    def providers(self) -> list[Block]:
        return list(self.content["provider"]["aws"])

    def tags(self, kind: str, at: str = "") -> dict[str, str]:
        return dict(self.one(kind, at)["tags"])


@dataclass(frozen=True)
class Synthesis:
    """All stacks of an environment."""

    environment: Platform
    manifest: Manifest
    documents: dict[str, Document]

    def __getitem__(self, address: str) -> Document:
        return self.documents[address]

    def resources(self) -> Iterator[tuple[str, str, str, Block]]:
        """Every resource: its stack's address, its type, its construct's path and its block."""
        for address, document in self.documents.items():
            for kind, path, block in document.resources():
                yield address, kind, path, block

    def of(self, kind: str) -> dict[str, Block]:
        """Every resource of a type by its stack and path."""
        return {f"{address}/{path}": block for address, a, path, block in self.resources() if a == kind}


def settings(**changes: Any) -> RegionMigration:
    """The documented environment with changes; a group of settings is changed key by key."""
    return RegionMigration.model_validate(_changed("region-migration", changes))


def recovery_settings(**changes: Any) -> DisasterRecovery:
    """The same of the system with a standby."""
    return DisasterRecovery.model_validate(_changed("disaster-recovery", changes))


def landing_settings(**changes: Any) -> DatabaseMigration:
    """The same of the system whose database comes from a data centre."""
    return DatabaseMigration.model_validate(_changed("database-migration", changes))


def _changed(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    data = load(name).model_dump()
    for key, value in changes.items():
        merged = isinstance(value, dict) and key != "tags"
        data[key] = {**data[key], **value} if merged else value
    return data


def synthesis_of(environment: Platform, folder: Path) -> Synthesis:
    # loading the bindings takes seconds: not where a test needs no synthesis
    from regions.app import synthesize
    from regions.systems import builds
    from shared.deploy.manifest import load as load_manifest

    synthesize(environment, builds(environment), folder)
    manifest = load_manifest(folder)
    documents = {
        entry.address: Document(json.loads((manifest.directory(entry) / "cdk.tf.json").read_text()))
        for entry in manifest.stacks
    }
    return Synthesis(environment, manifest, documents)


def small(build: Callable[[Any], object]) -> Document:
    """A stack with only what `build` adds to it."""
    from cdktf import TerraformStack, Testing

    stack = TerraformStack(Testing.app(), "small")
    build(stack)
    stack.prepare_stack()
    return Document(stack.to_terraform())


def without_nulls(value: Any) -> Any:
    """A value as Terraform sees it: a null is an argument that was not given."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def state(address: str, output: str) -> str:
    """Terraform's expression for an output of another stack."""
    return f"${{data.terraform_remote_state.{address.replace('/', '-')}.outputs.{output}}}"


def element(address: str, output: str, index: int) -> str:
    """Terraform's expression for one element of a list that another stack publishes."""
    return f"${{element({state(address, output)[2:-1]}, {index})}}"


def content(block: Block) -> Block:
    """A block without cdktf's notes."""
    return {key: value for key, value in block.items() if key != "//"}
