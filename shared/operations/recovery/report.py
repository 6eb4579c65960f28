"""What an execution says of what it did, in sentences: the loss, the fencing, the intents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.operations.recovery.reads.standby import drained_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.operations.recovery.facts import Drained, Topology

#: Aurora keeps the storage of the old primary as a snapshot when its region is back ("Performing managed
#: failovers for Aurora global databases").
_COMPARE = "compare what it wrote last, by the snapshot rds:unplanned-global-failover-* when it is back"
_WRITES = {
    "blocked": "writes in {left} were blocked",
    "not-blocked": f"writes in {{left}} could not be blocked: {_COMPARE}",
    "unknown": f"nobody knows whether writes in {{left}} were blocked: {_COMPARE}",
}


def sentences(output: Mapping[str, Any], after: Topology) -> Iterator[str]:
    """Yield what a person has to know of the way."""
    if output.get("outcome") == "failed-over":
        yield _lost(output, after.home)
        said = _WRITES.get(str((output.get("fencing") or {}).get("writes")))
        if said:
            yield said.format(left=after.home)
    if output.get("drained"):
        yield counts(drained_of(output["drained"]))
    for why in output.get("why") or ():
        yield str(why)
    if after.waiting:
        yield f"{after.waiting} intents wait"


def counts(drained: Drained) -> str:
    """Return what became of the intents, as a sentence."""
    failed = f"; the database refused {drained.failed}, which go on waiting" if drained.failed else ""
    return f"intents: {drained.drained} drained, {drained.already_there} were there before{failed}"


def _lost(output: Mapping[str, Any], left: str) -> str:
    lag, at = output.get("lag_ms"), output.get("lag_at")
    if lag is None:
        return f"the lag was not known: what {left} wrote last may be missing"
    if not lag:
        return f"the last known lag was 0 ms, of {at}"
    return f"the last known lag was {lag:g} ms, of {at}: what {left} wrote last may be missing"
