"""Commands that only look: `synth`, `status`, `outputs`, `graph`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from shared.commands.deployment import all_stacks, prepare, show_json, stacks_of
from shared.deploy import graph as graphs
from shared.deploy import outputs as published
from shared.deploy import status as standing
from shared.deploy.manifest import Manifest
from shared.deploy.synthesis import synthesize
from shared.workspace import here


def synth(env: str, suffix: str | None, *, as_json: bool) -> int:
    """Synthesize if need be, and say what was synthesized. Returns 0."""
    manifest = synthesize(env, suffix, here())
    if as_json:
        show_json(graphs.describe(manifest))
        return 0
    console = Console()
    console.print(_table(manifest))
    console.print(f"\nSynthesized into {_near(manifest.root)}", soft_wrap=True)
    return 0


def status(env: str, suffix: str | None, *, as_json: bool) -> int:
    """Show what stands. Returns 0, whatever stands."""
    deployment = prepare(env, suffix)
    rows = standing.observe(deployment.manifest, deployment.clients, deployment.workspace.root)
    if as_json:
        show_json([row.as_json() for row in rows])
    else:
        Console().print(standing.table(rows))
    return 0


def outputs(env: str, suffix: str | None, *, region: str | None, flat: bool, as_json: bool) -> int:
    """Show a region's outputs (or all), or write the flat file. Returns 0."""
    deployment = prepare(env, suffix)
    manifest = deployment.manifest
    addresses = all_stacks(manifest) if region is None else stacks_of(manifest, region)
    if flat:
        document = published.flat(manifest, deployment.clients)
        path = deployment.workspace.flat_outputs
        published.write(document, path)
        # on stderr, so that --json stays JSON
        Console(stderr=True).print(f"{len(document)} outputs written to {_near(path)}", soft_wrap=True)
        if as_json:
            show_json(document)
        return 0
    values = published.read(manifest, deployment.clients, addresses)
    if as_json:
        show_json(values)
    elif values:
        Console().print(published.table(values))
    else:
        Console().print(f"Nothing is applied of: {', '.join(addresses)}.")
    return 0


def graph(env: str, suffix: str | None, *, out: str | None, as_json: bool) -> int:
    """Draw the stacks into a file, or print them as JSON. Returns 0."""
    workspace = here()
    manifest = synthesize(env, suffix, workspace)
    if as_json:
        show_json(graphs.describe(manifest))
        return 0
    path = Path(out) if out else workspace.graph(env)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(graphs.draw(manifest))
    Console().print(f"Drawn: {_near(path)}", soft_wrap=True)
    return 0


def _table(manifest: Manifest) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("stack", "stage", "resources", "reads"):
        drawn.add_column(heading, justify="right" if heading == "resources" else "left")
    for entry in manifest.stacks:
        drawn.add_row(
            entry.address,
            manifest.stage_names[entry.stage - 1],
            str(sum(entry.resources.values())),
            ", ".join(read.address for read in entry.reads),
        )
    return drawn


def _near(path: Path) -> str:
    """Return the path as a person would type it here."""
    here_ = Path.cwd()
    absolute = path.resolve()
    return str(absolute.relative_to(here_)) if absolute.is_relative_to(here_) else str(absolute)
