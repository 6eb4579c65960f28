"""The queue: which stacks a command runs, in which order and in which stage.

The order comes from what stacks really read (`StackEntry.reads`), which the synthesis took from
their JSON; it is written down nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from shared.errors import Problem, Refused, UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from shared.deploy.manifest import Manifest


def graph(manifest: Manifest) -> nx.DiGraph:
    """Return the graph of all stacks, an edge from each upstream stack to its consumer.

    Raises UserError when a stack reads one that was not synthesized, or when reads form a cycle.
    """
    drawn = nx.DiGraph()
    drawn.add_nodes_from(entry.address for entry in manifest.stacks)
    unknown = [
        Problem(
            where=entry.address,
            what=f"reads the stack {read.address}, which is not part of this environment",
            remedy=f"known stacks: {', '.join(sorted(drawn))}",
        )
        for entry in manifest.stacks
        for read in entry.reads
        if read.address not in drawn
    ]
    if unknown:
        raise UserError(unknown)
    drawn.add_edges_from((read.address, entry.address) for entry in manifest.stacks for read in entry.reads)
    if not nx.is_directed_acyclic_graph(drawn):
        cycle = [edge[0] for edge in nx.find_cycle(drawn)]
        raise UserError(
            f"stacks read each other in a circle: {' -> '.join([*cycle, cycle[0]])}",
            remedy="publish what both need from a third stack that reads neither",
        )
    return drawn


def order(manifest: Manifest, addresses: Iterable[str], *, reverse: bool = False) -> tuple[str, ...]:
    """Return the addresses so that each stack follows its upstreams (`reverse`: precedes them).

    Among stacks that may run side by side, those of an earlier stage come first.
    """
    drawn = graph(manifest)
    wanted = set(addresses)
    stage = stages(manifest, wanted)
    everything = nx.lexicographical_topological_sort(
        drawn, key=lambda address: f"{stage.get(address, 0):04d} {address}"
    )
    line = [address for address in everything if address in wanted]
    return tuple(reversed(line)) if reverse else tuple(line)


def selection(
    manifest: Manifest, addresses: Iterable[str], applied: Collection[str], *, upstream: bool = True
) -> tuple[str, ...]:
    """Return the addresses plus the upstream stacks they need that were never applied in full, in order.

    An upstream that was applied in full is read, never touched, and nothing beyond it is looked at.
    With `upstream=False` a missing upstream raises Refused, naming each.
    """
    drawn = graph(manifest)
    unknown = sorted(set(addresses) - set(drawn))
    if unknown:
        raise UserError(
            f"no such stack: {', '.join(unknown)}", remedy=f"stacks are: {', '.join(sorted(drawn))}"
        )
    asked = list(dict.fromkeys(addresses))
    chosen = set(asked)
    open_ends = list(asked)
    while open_ends:
        needed = {u for u in drawn.predecessors(open_ends.pop()) if u not in applied and u not in chosen}
        chosen |= needed
        open_ends += sorted(needed)
    if not upstream and chosen - set(asked):
        raise Refused(
            [
                Problem(
                    where=address,
                    what=f"is not applied in full, and {_needs(manifest, address, asked)} needs it",
                    remedy=f"run `{command_for(address, manifest.place)}`, or leave --no-upstream out",
                )
                for address in order(manifest, chosen - set(asked))
            ]
        )
    return order(manifest, chosen)


def _needs(manifest: Manifest, address: str, asked: Iterable[str]) -> str:
    return ", ".join(consumers(manifest, address, asked))


def consumers(manifest: Manifest, address: str, among: Iterable[str]) -> tuple[str, ...]:
    """Return those stacks of `among` that read `address`, directly or through others, sorted."""
    return tuple(sorted(nx.descendants(graph(manifest), address) & set(among)))


def upstreams(manifest: Manifest, address: str, among: Iterable[str]) -> tuple[str, ...]:
    """Return those stacks of `among` that `address` reads itself, sorted."""
    wanted = set(among)
    return tuple(sorted({read.address for read in manifest.stack(address).reads} & wanted))


def stages(manifest: Manifest, addresses: Iterable[str]) -> dict[str, int]:
    """Return the stage of each stack: the earliest of its own and its consumers' among `addresses`.

    A stack of a later app that an earlier stage needs (the target's network, which the source's
    peering routes need) is pulled forward.
    """
    chosen = set(addresses)
    drawn = graph(manifest)
    own = {entry.address: entry.stage for entry in manifest.stacks}
    return {a: min(own[x] for x in {a, *(nx.descendants(drawn, a) & chosen)}) for a in chosen}


def pulled_forward(manifest: Manifest, addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the stacks that run in an earlier stage than their app's, and who needs them there."""
    chosen = set(addresses)
    moved = stages(manifest, chosen)
    own = {entry.address: entry.stage for entry in manifest.stacks}
    return {
        address: tuple(c for c in consumers(manifest, address, chosen) if own[c] == moved[address])
        for address in sorted(chosen)
        if moved[address] < own[address]
    }


def weights(manifest: Manifest, addresses: Iterable[str]) -> dict[str, int]:
    """Return how many stacks of `addresses` wait for each, so that the longest chains start first."""
    chosen = set(addresses)
    drawn = graph(manifest)
    return {address: len(nx.descendants(drawn, address) & chosen) for address in chosen}


def until(manifest: Manifest, addresses: Iterable[str], last: str) -> tuple[str, ...]:
    """Return the addresses whose stage is not later than the stage named `last`, in order."""
    if last not in manifest.stage_names:
        raise UserError(
            f"no such stage: {last!r}", remedy=f"stages are, in order: {', '.join(manifest.stage_names)}"
        )
    chosen = tuple(addresses)
    limit = manifest.stage_names.index(last) + 1
    stage = stages(manifest, chosen)
    return order(manifest, (address for address in chosen if stage[address] <= limit))


def command_for(address: str, place: str = "") -> str:
    """Return the command that applies the stack's region; `place` is the manifest's."""
    region = address.split("/", maxsplit=1)[0]
    return f"invoke deploy-region {region}{place}"
