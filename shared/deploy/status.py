"""What stands, stack by stack, as the state bucket says: `invoke status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rich.table import Table
from rich.text import Text

from shared.deploy import journal, states, strays, unlock, upstreams
from shared.deploy.queue import command_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from shared.deploy.manifest import Manifest, StackEntry
    from shared.deploy.states import ClientFactory

Standing = Literal["applied", "incomplete", "absent", "removed"]
STYLES: dict[Standing, str] = {"applied": "green", "incomplete": "yellow", "absent": "dim", "removed": "red"}


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """One stack as it stands."""

    address: str
    stage: str
    standing: Standing
    """`incomplete`: applied in part only; `removed`: it is no longer in the code."""
    serial: int | None
    resources: int
    outputs: int
    changed: datetime | None
    """When the state object was last written."""
    locked_by: str | None
    """Who holds the state's lock, since when and for what."""
    waits_for: tuple[str, ...]
    """Upstream stacks that have to be applied first."""
    unfinished: tuple[str, ...] = ()
    """What shows that it is incomplete."""
    finish: str | None = None
    """The command that completes it; None also while somebody holds its lock."""

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON values (times in ISO 8601)."""
        changed = self.changed.isoformat() if self.changed else None
        lists = {"waits_for": list(self.waits_for), "unfinished": list(self.unfinished)}
        return {**self.__dict__, "changed": changed, **lists}


def observe(manifest: Manifest, clients: ClientFactory, workdir: Path) -> list[StackStatus]:
    """Return every stack's status, in the manifest's order, then what is no longer in it; reads only.

    `workdir` holds the journals, which know of an apply that was cut off. Raises UserError when the
    state bucket does not exist.
    """
    found = states.observe(manifest, clients)
    history = journal.history(workdir)
    cut_off = {e.address for e in manifest.stacks if journal.cut_off(history.get(e.state_key, []))}
    finished = upstreams.finished(manifest, found, cut_off)
    written = _written(manifest, clients)
    rows = []
    for entry in manifest.stacks:
        state = found.get(entry.address)
        standing = _standing(entry.address, set(found), finished)
        unfinished = upstreams.lacks(entry, state) if state else ()
        if entry.address in cut_off and state:
            unfinished = ("its last run did not come to its end", *unfinished)
        holder = _holder(entry, clients, written)
        rows.append(
            StackStatus(
                address=entry.address,
                stage=manifest.stage_names[entry.stage - 1],
                standing=standing,
                serial=state.serial if state else None,
                resources=state.resources if state else 0,
                outputs=len(state.outputs) if state else 0,
                changed=written.get(entry.state_key) if state else None,
                locked_by=holder,
                waits_for=tuple(read.address for read in entry.reads if read.address not in finished),
                unfinished=unfinished,
                # whoever holds the lock may be at it
                finish=command_for(entry.address, manifest.place) if unfinished and not holder else None,
            )
        )
    return rows + [
        StackStatus(
            address=address,
            stage="",
            standing="removed",
            serial=state.serial,
            resources=state.resources,
            outputs=len(state.outputs),
            changed=written.get(f"{manifest.system}/{manifest.suffix}/{address}.tfstate"),
            locked_by=None,
            waits_for=(),
        )
        for address, state in strays.observe(manifest, clients).items()
    ]


def table(rows: Sequence[StackStatus]) -> Table:
    """Return the statuses as a table for a terminal."""
    drawn = Table(title_justify="left", header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, justify in (
        ("stack", "left"),
        ("stage", "left"),
        ("state", "left"),
        ("serial", "right"),
        ("resources", "right"),
        ("outputs", "right"),
        ("last change", "left"),
        ("notes", "left"),
    ):
        drawn.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        notes = Text()
        if row.locked_by:
            notes.append(f"locked by {row.locked_by}", style="red")
        if row.unfinished:
            remedy = f" (`{row.finish}` finishes it)" if row.finish else ""
            notes.append(f"{'; '.join(row.unfinished)}{remedy}", style="yellow")
        if row.waits_for and row.standing == "absent":
            notes.append(f"waits for {', '.join(row.waits_for)}", style="dim")
        if row.standing == "removed":
            notes.append("no longer in the code: bring it back to destroy it", style="red")
        drawn.add_row(
            row.address,
            row.stage,
            Text(row.standing, style=STYLES[row.standing]),
            "" if row.serial is None else str(row.serial),
            str(row.resources or ""),
            str(row.outputs or ""),
            f"{row.changed:%Y-%m-%d %H:%M:%S %Z}" if row.changed else "",
            notes,
        )
    return drawn


def _holder(entry: StackEntry, clients: ClientFactory, written: Mapping[str, datetime]) -> str | None:
    # One listing tells which stacks are locked at all: mostly none.
    if entry.state_key + states.LOCK_SUFFIX not in written:
        return None
    holder = unlock.holder(entry, clients)
    return str(holder) if holder else None


def _standing(address: str, found: set[str], finished: set[str]) -> Standing:
    if address in finished:
        return "applied"
    return "incomplete" if address in found else "absent"


def _written(manifest: Manifest, clients: ClientFactory) -> dict[str, datetime]:
    """Return key -> time of every object beside this environment's states, locks included."""
    written: dict[str, datetime] = {}
    places = {(entry.state_region, entry.state_bucket) for entry in manifest.stacks}
    for region, bucket in sorted(places):
        pages = clients.client("s3", region).get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=f"{manifest.system}/{manifest.suffix}/"):
            written |= {item["Key"]: item["LastModified"] for item in page.get("Contents", ())}
    return written
