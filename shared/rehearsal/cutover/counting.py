"""What became of every payment that a customer was told is made: counted in the database that writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.rehearsal.cutover import bank
from shared.rehearsal.cutover.bank import Sums

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many, and which are not as they have to be."""

    acknowledged: int
    there: int
    """Of those, in the database."""
    lost: tuple[str, ...]
    """Acknowledged, and not there."""
    doubled: tuple[str, ...]
    """There more than once."""
    unheard: int
    """Made, and nobody was told: a customer whose connection ended, and who did not come back yet."""
    existing: int
    """Of those that were there before anybody paid."""
    sums: Sums

    @property
    def right(self) -> bool:
        """Say whether nothing is lost, doubled, or there in part."""
        return not self.lost and not self.doubled and self.sums.whole


def count(connection: psycopg.Connection[Any], acknowledged: Collection[str], name: str) -> Count:
    """Look for every key that begins with `name`. Raises psycopg.Error."""
    rows = dict(
        connection.execute(
            "SELECT key, count(*) FROM payments WHERE starts_with(key, %s) GROUP BY key", [name]
        ).fetchall()
    )
    existing = connection.execute(
        "SELECT count(DISTINCT key) FROM payments WHERE starts_with(key, 'old-')"
    ).fetchone()
    told = set(acknowledged)
    return Count(
        acknowledged=len(told),
        there=sum(key in rows for key in told),
        lost=tuple(sorted(told - rows.keys())),
        doubled=tuple(sorted(key for key, number in rows.items() if number > 1)),
        unheard=len(rows.keys() - told),
        existing=int(existing[0]) if existing else 0,
        sums=bank.sums(connection),
    )
