"""From words on the command line to stacks."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.deploy.manifest import Manifest


def stacks_of(manifest: Manifest, region: str | None, stack: str | None = None) -> list[str]:
    """Return the addresses of a region's stacks (`global` is one, too), or of the one called `stack`.

    Raises UserError, which names what there is, for None and for what does not exist.
    """
    regions = list(dict.fromkeys(_region(entry.address) for entry in manifest.stacks))
    remedy = f"The regions of {manifest.environment}: {', '.join(regions)}."
    if region is None:
        raise UserError("Which region?", remedy=remedy)
    if region not in regions:
        what = f"{region} is not a region of {manifest.environment}.{_hint(region, regions)}"
        raise UserError(what, remedy=remedy)
    found = [entry.address for entry in manifest.stacks if _region(entry.address) == region]
    if stack is None:
        return found
    names = {address.removeprefix(f"{region}/"): address for address in found}
    address = names.get(stack.removeprefix(f"{region}/"))
    if address is None:
        what = f"{stack} is not a stack of {region}.{_hint(stack, list(names))}"
        raise UserError(what, remedy=f"The stacks of {region}: {', '.join(names)}.")
    return [address]


def stack_named(manifest: Manifest, address: str) -> str:
    """Return `address` if there is a stack of this address; raises UserError that names the nearest."""
    known = [entry.address for entry in manifest.stacks]
    if address in known:
        return address
    what = f"{address} is not a stack.{_hint(address, known)}"
    raise UserError(what, remedy=f"The stacks: {', '.join(known)}.")


def _hint(word: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" Did you mean {nearest[0]}?" if nearest else ""


def _region(address: str) -> str:
    return address.split("/", maxsplit=1)[0]
