"""Commands that look at what stands: `status`, `outputs`."""

from __future__ import annotations

from shared.commands.deployment import all_stacks, prepare, stacks_of
from shared.commands.outcome import near, show_json, terminal
from shared.deploy import outputs as published
from shared.deploy import status as standing


def status(env: str, suffix: str | None, *, as_json: bool) -> int:
    """Show what stands. Returns 0, whatever stands."""
    deployment = prepare(env, suffix)
    deployment.check_account()
    rows = standing.observe(deployment.manifest, deployment.clients, deployment.workspace.root)
    if as_json:
        show_json([row.as_json() for row in rows])
    else:
        terminal().print(standing.table(rows))
    return 0


def outputs(env: str, suffix: str | None, *, region: str | None, flat: bool, as_json: bool) -> int:
    """Show a region's outputs (or all), or write the flat file. Returns 0."""
    deployment = prepare(env, suffix)
    manifest = deployment.manifest
    addresses = all_stacks(manifest) if region is None else stacks_of(manifest, region)
    deployment.check_account()
    if flat:
        document = published.flat(manifest, deployment.clients)
        path = deployment.workspace.flat_outputs
        published.write(document, path)
        # on stderr, so that --json stays JSON
        terminal(stderr=True).print(f"{len(document)} outputs written to {near(path)}", soft_wrap=True)
        if as_json:
            show_json(document)
        return 0
    values = published.read(manifest, deployment.clients, addresses)
    if as_json:
        show_json(values)
    elif values:
        terminal().print(published.table(values))
    else:
        terminal().print(f"Nothing is applied of: {', '.join(addresses)}.")
    return 0
