"""What a plan would do, read from Terraform's own JSON, and what pins a saved plan."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.deploy.log import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: Actions as `terraform show -json` lists them -> one word.
_KINDS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("read",): "read",
    ("forget",): "forget",
    ("create", "forget"): "replace",
    ("no-op",): "noop",
}
#: Words of the machine-readable log that mean the same.
_SAME = {"remove": "forget", "no-op": "noop"}
_SILENT = frozenset({"noop", "read", "move"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource of a plan."""

    address: str
    kind: str
    """`create`, `update`, `replace`, `delete`, `forget` or `import`."""
    type: str
    attributes: tuple[str, ...] = ()
    """Names of the top-level arguments that change; empty when only the log was read."""
    forcing: tuple[str, ...] = ()
    """Names of the arguments that force a replacement."""


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """A plan in numbers and names; no values, because values may be secret."""

    changes: tuple[Change, ...] = ()
    outputs: dict[str, str] = field(default_factory=dict)
    """Output name -> `create`, `update` or `delete`; outputs that stay are not listed."""

    def count(self, kind: str) -> int:
        """Return how many resources have this action."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """The columns of the review: add, change, replace, destroy; and import, forget, outputs."""
        kinds = Counter(change.kind for change in self.changes)
        return {
            "add": kinds["create"],
            "change": kinds["update"],
            "replace": kinds["replace"],
            "destroy": kinds["delete"],
            "import": kinds["import"],
            "forget": kinds["forget"],
            "outputs": len(self.outputs),
        }

    @property
    def empty(self) -> bool:
        """Whether applying would change nothing, outputs included."""
        return not self.changes and not self.outputs

    @property
    def steps(self) -> int:
        """How many operations Terraform reports while it applies: a replacement is two."""
        return sum(2 if change.kind == "replace" else 1 for change in self.changes if change.kind != "import")

    @property
    def only_creates(self) -> bool:
        """Whether the plan can neither alter nor lose anything that stands."""
        return all(change.kind == "create" for change in self.changes)


def file_of(folder: Path, address: str) -> Path:
    """Return where a stack's plan lies in a folder of plans."""
    return folder / f"{safe(address)}.tfplan"


def from_log(events: Iterable[Mapping[str, Any]]) -> PlanSummary:
    """Return the summary of a plan's machine-readable log (`terraform plan -json`)."""
    changes: list[Change] = []
    outputs: dict[str, str] = {}
    for event in events:
        if event.get("type") == "planned_change":
            resource = event["change"]["resource"]
            kind = _SAME.get(event["change"]["action"], event["change"]["action"])
            if kind not in _SILENT:
                changes.append(Change(address=resource["addr"], kind=kind, type=resource["resource_type"]))
        elif event.get("type") == "outputs":
            outputs = {
                name: output["action"]
                for name, output in event["outputs"].items()
                if _SAME.get(output.get("action"), output.get("action")) not in {"noop", None}
            }
    return PlanSummary(changes=tuple(changes), outputs=outputs)


def kind_of(change: Mapping[str, Any]) -> str:
    """Return the one word for a `change` of the plan JSON."""
    kind = _KINDS[tuple(change["actions"])]
    return "import" if kind == "noop" and change.get("importing") else kind


def from_json(document: Mapping[str, Any]) -> PlanSummary:
    """Return the summary of `terraform show -json PLAN`."""
    changes = []
    for resource in document.get("resource_changes", ()):
        kind = kind_of(resource["change"])
        if kind in _SILENT or resource.get("mode") == "data":
            continue
        forcing = {str(path[0]) for path in resource["change"].get("replace_paths", ()) if path}
        changes.append(
            Change(
                address=resource["address"],
                kind=kind,
                type=resource["type"],
                attributes=changed(resource["change"]) if kind in {"update", "replace"} else (),
                forcing=tuple(sorted(forcing)),
            )
        )
    outputs = {
        name: _KINDS[tuple(change["actions"])]
        for name, change in document.get("output_changes", {}).items()
        if tuple(change["actions"]) != ("no-op",)
    }
    return PlanSummary(changes=tuple(changes), outputs=outputs)


def changed(change: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the top-level arguments that differ or are not known yet, sorted."""
    before = change.get("before") or {}
    after = change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return tuple(sorted(differing | {name for name, part in unknown.items() if _any_unknown(part)}))


def _any_unknown(part: Any) -> bool:
    """Tell whether a part of `after_unknown` has a true leaf; blocks are listed as {} or [{}]."""
    if isinstance(part, dict):
        return any(_any_unknown(item) for item in part.values())
    if isinstance(part, list):
        return any(_any_unknown(item) for item in part)
    return bool(part)


def digest(path: Path) -> str:
    """Return the SHA-256 of a plan file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def within(new: PlanSummary, reviewed: PlanSummary) -> bool:
    """Tell whether `new` is what remains of `reviewed`: no resource, argument or output not yet shown.

    A resource whose creation was shown may come back as a replacement: Terraform marks a resource
    that it half created as tainted.
    """
    shown = {(change.address, change.kind): change for change in reviewed.changes}
    created = {address for address, kind in shown if kind == "create"}
    for change in new.changes:
        if change.kind == "replace" and change.address in created:
            continue
        before = shown.get((change.address, change.kind))
        if before is None:
            return False
        # a review from the log alone names no arguments
        named = before.attributes or before.forcing
        if named and not (
            {*change.attributes} <= {*before.attributes} and {*change.forcing} <= {*before.forcing}
        ):
            return False
    return all(action in _followed(reviewed.outputs.get(name)) for name, action in new.outputs.items())


def _followed(shown: str | None) -> set[str | None]:
    """Return what may remain of an output's action: a creation may have been written half-way."""
    return set() if shown is None else {shown, "update"} if shown == "create" else {shown}
