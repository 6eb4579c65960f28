"""What a synthesis left behind: the stacks, what each publishes and what each really reads.

The synthesis writes `regionshift.json` beside cdktf's own manifest. The deployment engine knows
the stacks from this file alone, so it never imports cdktf.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "regionshift.json"


@dataclass(frozen=True, kw_only=True)
class Read:
    """One upstream stack and the outputs of it that the consumer's JSON really refers to."""

    address: str
    """Address of the upstream stack: `us-east-1/foundation`."""
    fields: tuple[str, ...]
    """Output names, sorted. Empty when the stack only has to come after the other."""


@dataclass(frozen=True, kw_only=True)
class StackEntry:
    """One stack as it was synthesized."""

    address: str
    """`eu-west-1/database` or `global/domain`."""
    app: str
    """The region app's role: `source`, `target`, `global`."""
    stage: int
    """Stage of the app in a staged rollout, from 1: source, target, global."""
    directory: str
    """Folder with `cdk.tf.json`, relative to the manifest."""
    region: str
    """Region of the default provider."""
    state_bucket: str
    state_region: str
    state_key: str
    """`SYSTEM/SUFFIX/REGION/STACK.tfstate`."""
    reads: tuple[Read, ...] = ()
    publishes: dict[str, str] = field(default_factory=dict)
    """Output name -> Terraform type (`string`, `list(string)`, `number`, `map(string)`)."""
    resources: dict[str, int] = field(default_factory=dict)
    """Resource type -> number of blocks in the synthesized JSON."""
    digest: str = ""
    """SHA-256 of `cdk.tf.json`."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All stacks of one environment, as synthesized."""

    environment: str
    system: str
    suffix: str
    account_id: str
    stage_names: tuple[str, ...]
    """Names of the stages in order: `("source", "target", "global")`."""
    stacks: tuple[StackEntry, ...]
    root: Path = Path()
    """Folder that holds the manifest; stack directories are relative to it."""
    place: str = field(default="", compare=False)
    """Options that lead here again, as they were typed (` --env staging`); commands in remedies end so."""

    def stack(self, address: str) -> StackEntry:
        """Return the stack with this address; KeyError when there is none."""
        for entry in self.stacks:
            if entry.address == address:
                return entry
        raise KeyError(address)

    @property
    def state_region(self) -> str:
        """Return the region of the bucket that holds every state."""
        return self.stacks[0].state_region

    def directory(self, entry: StackEntry) -> Path:
        """Return the folder in which Terraform runs for this stack."""
        return self.root / entry.directory

    def write(self) -> Path:
        """Write `regionshift.json` into `root` and return its path."""
        document: dict[str, Any] = asdict(self)
        del document["root"], document["place"]
        path = self.root / FILE_NAME
        path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
        return path


def load(root: Path) -> Manifest:
    """Read the manifest that a synthesis wrote into `root`. Raises FileNotFoundError without one."""
    document = json.loads((root / FILE_NAME).read_text())
    stacks = tuple(
        StackEntry(
            **{
                **entry,
                "reads": tuple(Read(address=r["address"], fields=tuple(r["fields"])) for r in entry["reads"]),
            }
        )
        for entry in document["stacks"]
    )
    return Manifest(
        **{**document, "stage_names": tuple(document["stage_names"]), "stacks": stacks, "root": root}
    )
