"""The two databases, as people name them, and their addresses in a rehearsal."""

from __future__ import annotations

from shared.rehearsal.databases.pair import AURORA, ON_PREMISES

DATA_CENTRE, LANDED = "data centre", "Aurora"
ADDRESSES = {DATA_CENTRE: ON_PREMISES, LANDED: AURORA}
PLACES = {address: name for name, address in ADDRESSES.items()}
