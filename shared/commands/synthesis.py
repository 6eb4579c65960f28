"""`invoke synth` and `invoke graph`: the stacks as they are synthesized, without looking at AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from shared.commands.choosing import stack_named
from shared.commands.outcome import near, show_json, terminal
from shared.deploy.saying import say
from shared.deploy.synthesis import synthesize
from shared.reporting.figures import anchor
from shared.workspace import here

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.deploy.manifest import Manifest

#: Stands for every stack.
_ALL = "all"


def synth(env: str, suffix: str | None, *, as_json: bool) -> int:
    """Synthesize if need be, and say what was synthesized. Returns 0."""
    manifest = synthesize(env, suffix, here())
    if as_json:
        # networkx is slow to import, and a synthesis that is skipped takes no time otherwise
        from shared.deploy.graph import describe

        show_json(describe(manifest))
        return 0
    console = terminal()
    console.print(_table(manifest))
    say(console, f"\nSynthesized into {near(manifest.root)}")
    return 0


def graph(
    env: str, suffix: str | None, *, out: str | None, as_json: bool, resources: str | None = None
) -> int:
    """Draw the stacks into a file, or print them as JSON. Returns 0.

    `resources`: a stack's address, or `all`; it is drawn from within, resource by resource.
    """
    workspace = here()
    manifest = synthesize(env, suffix, workspace)
    document, drawn = _within(manifest, resources) if resources else _stacks(manifest)
    if as_json:
        show_json(document())
        return 0
    part = anchor(f"{resources} resources") if resources else ""
    path = Path(out) if out else workspace.graph(manifest.environment, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn(), encoding="utf-8")
    say(terminal(), f"Drawn: {near(path)}")
    return 0


def _stacks(manifest: Manifest) -> tuple[Callable[[], Any], Callable[[], str]]:
    # networkx is slow to import
    from shared.deploy.graph import describe, draw

    return (lambda: describe(manifest)), (lambda: draw(manifest))


def _within(manifest: Manifest, chosen: str) -> tuple[Callable[[], Any], Callable[[], str]]:
    from shared.deploy import resource_graph, resources

    one = None if chosen == _ALL else stack_named(manifest, chosen)
    graphs = [resources.read(manifest, entry) for entry in manifest.stacks if one in {None, entry.address}]
    title = f"Resources of {one or manifest.environment}"
    return (lambda: [found.as_json() for found in graphs]), (lambda: resource_graph.draw(graphs, title))


def _table(manifest: Manifest) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("stack", "stage", "resources", "reads"):
        drawn.add_column(heading, justify="right" if heading == "resources" else "left")
    for entry in manifest.stacks:
        drawn.add_row(
            entry.address,
            manifest.stage_names[entry.stage - 1],
            str(sum(entry.resources.values())),
            "\n".join(read.address for read in entry.reads),
        )
    return drawn
