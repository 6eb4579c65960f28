"""The synthesized stacks of one environment, as the checks look at them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.policy.values import Block, first, mapping, plain, texts

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest

_SECTIONS = ("resource", "data", "ephemeral")


@dataclass(frozen=True, eq=False, kw_only=True)
class Resource:
    """One block of a stack: a resource, a data source or an ephemeral resource."""

    stack: Stack = field(repr=False)
    section: str
    """`resource`, `data` or `ephemeral`."""
    kind: str
    """Type of the block: `aws_lb`."""
    name: str
    """Terraform's name of it, with cdktf's digest: `alb_balancer_AA75B602`."""
    path: str
    """Path of its construct below the stack: `alb/balancer`."""
    region: str
    """Region of its provider."""
    provider: Block = field(repr=False)
    """The arguments of its provider."""
    values: Block = field(repr=False)
    """Its arguments, without nulls."""

    @property
    def place(self) -> str:
        """Where it is, as a person and an exception name it: `us-east-1/service/alb/balancer`."""
        return f"{self.stack.address}/{self.path}"

    @property
    def file(self) -> Path:
        """Return the file that it stands in."""
        return self.stack.file

    def get(self, name: str) -> Any:
        """Return an argument, or None."""
        return self.values.get(name)

    def ignores(self) -> set[str]:
        """Return the arguments that Terraform leaves alone after creation."""
        # whoever owns it at run time is named where the construct is made
        return set(texts(first(self.values, "lifecycle").get("ignore_changes")))


@dataclass(frozen=True, eq=False, kw_only=True)
class Stack:
    """One stack's `cdk.tf.json`, with what the manifest says of it."""

    address: str
    """`eu-west-1/database` or `global/domain`."""
    app: str
    """The region app's role: `source`, `target`, `primary`, `standby`, `landing`, `global`."""
    region: str
    """Region of the default provider."""
    state_key: str
    state_region: str
    reads: tuple[str, ...]
    """Addresses of the stacks that it comes after."""
    file: Path
    content: Mapping[str, Any] = field(repr=False)
    resources: list[Resource] = field(default_factory=list, repr=False)

    @property
    def place(self) -> str:
        """Where it is: its address."""
        return self.address

    @property
    def outputs(self) -> dict[str, Any]:
        """Return what it publishes: output -> expression or value."""
        found = mapping(self.content.get("output"))
        return {name: mapping(block).get("value") for name, block in found.items()}

    @property
    def providers(self) -> list[Block]:
        """Return its AWS providers, the default one first."""
        listed = mapping(self.content.get("provider")).get("aws")
        return [plain(each) for each in (listed if isinstance(listed, list) else [listed or {}])]

    def of(self, *kinds: str, section: str = "resource") -> list[Resource]:
        """Return the blocks of some types."""
        return [each for each in self.resources if each.kind in kinds and each.section == section]

    def named(self, address: str) -> Resource | None:
        """Return the block that an expression names: `aws_lb.x`, `data.aws_vpc.x`."""
        section, _, rest = (
            address.partition(".") if address.startswith(_PREFIXES) else ("resource", "", address)
        )
        kind, _, name = rest.partition(".")
        found = (
            each for each in self.resources if (each.section, each.kind, each.name) == (section, kind, name)
        )
        return next(found, None)


_PREFIXES = ("data.", "ephemeral.")


@dataclass(frozen=True, eq=False, kw_only=True)
class Platform:
    """All stacks of one environment."""

    environment: str
    system: str
    """`region-migration`, `disaster-recovery` or `database-migration`."""
    suffix: str
    account_id: str
    protection: str
    """`destroyable` or `production`."""
    folder: Path
    """Where it was synthesized into."""
    stacks: tuple[Stack, ...]

    @property
    def place(self) -> str:
        """What belongs to no stack belongs to the environment."""
        return self.environment

    @property
    def file(self) -> Path:
        """Return the manifest."""
        return self.folder / "regionshift.json"

    def of(self, *kinds: str, section: str = "resource") -> list[Resource]:
        """Return the blocks of some types in all stacks."""
        return [each for stack in self.stacks for each in stack.of(*kinds, section=section)]

    def resources(self) -> Iterator[Resource]:
        """Yield every resource of every stack."""
        return (each for stack in self.stacks for each in stack.resources if each.section == "resource")

    def region_of(self, *apps: str) -> str | None:
        """Return the region of the first stack of these apps: of `source`, or of the `standby`."""
        return next((stack.region for stack in self.stacks if stack.app in apps), None)

    @property
    def home(self) -> str | None:
        """Region that the platform runs in at first; None when no stack of it is there."""
        return self.region_of("source", "primary", "landing")

    @property
    def away(self) -> str | None:
        """Region that it moves to, or fails over to; None in a system of one region."""
        return self.region_of("target", "standby")


def read(folder: Path, protection: str) -> Platform:
    """Return the environment that was synthesized into `folder`; FileNotFoundError without one."""
    from shared.deploy.manifest import load

    manifest = load(folder)
    documents = {
        entry.address: json.loads((manifest.directory(entry) / "cdk.tf.json").read_text(encoding="utf-8"))
        for entry in manifest.stacks
    }
    return build(manifest, documents, protection)


def build(manifest: Manifest, documents: Mapping[str, Mapping[str, Any]], protection: str) -> Platform:
    """Return the environment of a manifest with these documents, by the stacks' addresses."""
    stacks = []
    for entry in manifest.stacks:
        stack = Stack(
            address=entry.address,
            app=entry.app,
            region=entry.region,
            state_key=entry.state_key,
            state_region=entry.state_region,
            reads=tuple(each.address for each in entry.reads),
            file=manifest.directory(entry) / "cdk.tf.json",
            content=documents[entry.address],
        )
        stack.resources.extend(_resources(stack))
        stacks.append(stack)
    return Platform(
        environment=manifest.environment,
        system=manifest.system,
        suffix=manifest.suffix,
        account_id=manifest.account_id,
        protection=protection,
        folder=manifest.root,
        stacks=tuple(stacks),
    )


def _resources(stack: Stack) -> Iterator[Resource]:
    providers = stack.providers
    for section in _SECTIONS:
        for kind, named in mapping(stack.content.get(section)).items():
            for name, block in mapping(named).items():
                provider = _provider(providers, block)
                metadata = mapping(mapping(block.get("//")).get("metadata"))
                # what an override added has no construct
                path = str(metadata.get("path", f"{stack.address}/{kind}.{name}"))
                yield Resource(
                    stack=stack,
                    section=section,
                    kind=kind,
                    name=name,
                    path=path.removeprefix(f"{stack.address}/").removeprefix(
                        stack.address.replace("/", "-") + "/"
                    ),
                    region=str(provider.get("region", stack.region)),
                    provider=provider,
                    values=plain(block),
                )


def _provider(providers: Sequence[Block], block: Block) -> Block:
    """Return the provider that a block names (`aws.us-east-1`), or the default one."""
    alias = str(block.get("provider") or "").partition(".")[2] or None
    return next((each for each in providers if each.get("alias") == alias), {})
