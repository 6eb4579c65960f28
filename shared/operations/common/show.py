"""Parts of a page about any system: its alarms, its execution, what can be done now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shared.operations.common.facts import Alarm, Ended, Running
    from shared.operations.common.moves import Move

UNKNOWN = "?"
Line = tuple[str | tuple[str, str], ...]
"""Texts of one line, each with a style or without."""
_ALARMS = {"OK": "green", "ALARM": "bold red"}


def table(*headings: str) -> Table:
    """Return an empty table without borders."""
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    return drawn


def alarms(found: Sequence[Alarm]) -> Text:
    """Return the states of some alarms in one line."""
    if not found:
        return Text(UNKNOWN)
    parts = [Text(f"{a.measures} {a.state}", style=_ALARMS.get(a.state, "yellow")) for a in found]
    return Text(", ").join(parts)


def executions(running: Running | None, ended: Ended | None, *, read: bool) -> Iterator[Line]:
    """Yield what runs, and how the last one ended; `read`: whether anybody says."""
    if running:
        since = f"{running.state or 'beginning'} since {ago(running.since)}"
        yield ("execution   ", (running.name, "bold"), f" runs, in {since}")
    else:
        yield ("execution   ", "none runs" if read else "not known")
    if ended:
        how = ended.outcome or ": ".join(filter(None, (ended.error, ended.cause)))
        style = "" if ended.status == "SUCCEEDED" else "yellow"
        yield ("last ended  ", ended.name, " ", (ended.status, style), f" {how}")


def silence(unreachable: Mapping[str, str], unread: Iterable[str]) -> Iterator[Line]:
    """Yield what did not answer, and what was refused."""
    for place, why in unreachable.items():
        yield (("no answer   ", "bold red"), f"{place}: {why}")
    for what in unread:
        yield (("not known   ", "yellow"), what)


def moves(planned: Sequence[Move]) -> Table:
    """Return what can be done now, and then what is against the rest."""
    drawn = table()
    drawn.add_column("what can be done now", no_wrap=True)
    drawn.add_column("what it does, or what is against it", overflow="fold")
    for move in sorted(planned, key=lambda one: not one.possible):
        what = move.meaning if move.possible else "; ".join(move.reasons)
        style = "" if move.possible else "dim"
        drawn.add_row(Text(move.command, style="green" if move.possible else "dim"), Text(what, style=style))
    return drawn


def ago(since: datetime) -> str:
    """Return a time of day, with minutes and seconds since then: `12:03:00 UTC (1:05)`."""
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    return f"{since.astimezone(UTC):%H:%M:%S} UTC ({seconds // 60}:{seconds % 60:02d})"
