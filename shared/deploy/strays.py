"""States of stacks that the code no longer has: what they hold stands, and no command sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.states import get_object, listing, summarize_body

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory, StateSummary

_SUFFIX = ".tfstate"


def observe(manifest: Manifest, clients: ClientFactory) -> dict[str, StateSummary]:
    """Return address -> state of what stands under this environment's prefix and is not in the manifest."""
    known = {entry.state_key for entry in manifest.stacks}
    prefix = f"{manifest.system}/{manifest.suffix}/"
    found: dict[str, StateSummary] = {}
    places = {(entry.state_region, entry.state_bucket): entry for entry in manifest.stacks}
    for (region, bucket), entry in sorted(places.items(), key=lambda place: place[0]):
        keys = listing(clients, region, bucket, prefix=prefix)
        for key in sorted(key for key in keys - known if key.endswith(_SUFFIX)):
            state = summarize_body(get_object(entry, clients.client("s3", region), key))
            if state:
                found[key.removeprefix(prefix).removesuffix(_SUFFIX)] = state
    return found


def note(address: str, state: StateSummary) -> str:
    """Return the sentence that a person is told about a stray stack."""
    return (
        f"{address} is no longer in the code, and its {state.resources} resource(s) still stand: "
        "bring its code back to destroy it"
    )
