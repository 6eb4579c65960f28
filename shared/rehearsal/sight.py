"""One table of what stands, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table

Outputs = Mapping[str, Mapping[str, Any]]
"""Address of a stack -> its outputs."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One table of the tour."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> Table:
        """Return it as a table for a terminal."""
        drawn = Table(
            title=self.title, title_justify="left", title_style="bold", header_style="dim", box=None,
            pad_edge=False, padding=(0, 2, 0, 0),
        )  # fmt: skip
        for column in self.columns:
            drawn.add_column(column, overflow="fold")
        for row in self.rows:
            drawn.add_row(*row)
        return drawn
