"""Commands that look at what stands: `status`, `outputs`."""

from __future__ import annotations

from shared.commands.choosing import stacks_of
from shared.commands.deployment import all_stacks, prepare
from shared.commands.outcome import near, show_json, terminal
from shared.deploy import outputs as published
from shared.deploy import status as standing
from shared.deploy.saying import say
from shared.errors import UserError


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
    target = published.flat_region(manifest) if flat else region
    if region not in {None, target}:
        what = f"--flat writes the outputs of the target region, {target}, and {region} is not it"
        raise UserError(what, remedy=f"leave {region} out; `invoke outputs {region}` shows its outputs")
    deployment.check_account()
    if flat:
        document = published.flat(manifest, deployment.clients)
        path = deployment.workspace.flat_outputs
        published.write(document, path)
        # on stderr, so that --json stays JSON
        written = f"{len(document)} outputs of {target} (and global) written to {near(path)}"
        say(terminal(stderr=True), written)
        if as_json:
            show_json(document)
        return 0
    values = published.read(manifest, deployment.clients, addresses)
    if as_json:
        show_json(values)
    elif values:
        terminal().print(published.table(values))
    else:
        say(terminal(), f"Nothing is applied of: {', '.join(addresses)}.")
    return 0
