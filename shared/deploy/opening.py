"""What is looked at before a run begins: credentials, the engine's binary, what stands beside the run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from shared.deploy import binaries, expiry, plugins, queue, strays
from shared.deploy.terraform import Program
from shared.errors import Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shared.deploy.manifest import Manifest
    from shared.deploy.run import Run
    from shared.deploy.states import Account


def check_credentials(
    clients: Account, manifest: Manifest, workdir: Path, command: str, say: Callable[[str], None]
) -> None:
    """Raise UserError unless the credentials are the account's, and Refused when they end too early."""
    # where the states are: a run that needs nothing of a lost region must not ask there
    clients.check_account(region=manifest.state_region)
    place = expiry.Place(
        command=command,
        environment=manifest.environment,
        suffix=manifest.suffix,
        endpoint=os.environ.get("AWS_ENDPOINT_URL", ""),
    )
    expire = clients.credentials_expiry()
    if expire is not None:
        renewing = clients.credentials_renew()
        expiry.check(expire, expiry.expected(workdir, place), renewing=renewing, say=say)


def find_program(workdir: Path, say: Callable[[str], None]) -> Program:
    """Return the engine that is installed, and where its plugins come from."""
    found = binaries.find_engine()
    config, notes = plugins.cli_config(workdir / ".regionshift", host=found.registry_host)
    for note in notes:
        say(note)
    return Program(
        path=found.path,
        name=found.name,
        version=found.version,
        cli_config=config,
        plugin_cache=workdir / ".regionshift" / "plugins",
    )


def name_strays(run: Run, say: Callable[[str], None]) -> None:
    """Name what stands of stacks that the code no longer has, when the run is about every stack."""
    if set(run.works) == {entry.address for entry in run.manifest.stacks}:
        for address, state in strays.observe(run.manifest, run.clients).items():
            say(strays.note(address, state))


def refuse_used(run: Run) -> None:
    """Raise Refused when a stack outside the run still stands on one that is to be destroyed."""
    outside = set(run.states) - set(run.works)
    used = {
        address: users
        for address in run.works
        if address in run.states and (users := queue.consumers(run.manifest, address, outside))
    }
    if used:
        problems = [
            Problem(where=a, what=f"is still used by {', '.join(users)}") for a, users in used.items()
        ]
        raise Refused([*problems, _way_out(run, {user for users in used.values() for user in users})])


def _way_out(run: Run, users: set[str]) -> Problem:
    """Say how what is used by `users` can be destroyed."""
    place = run.manifest.place
    everything = f"`invoke teardown{place}` takes down everything"
    circle = {user for user in users if queue.consumers(run.manifest, user, run.works.keys() & run.states)}
    if not circle:
        order = queue.order(run.manifest, users, reverse=True)
        commands = ", ".join(f"`{_destroying(address, place)}`" for address in order)
        return Problem(what="what uses it goes first", remedy=f"in this order: {commands}; or {everything}")
    regions = sorted({address.partition("/")[0] for address in {*run.works, *circle}})
    ends = [a for a in sorted(run.states) if not queue.consumers(run.manifest, a, run.states)]
    now = ", ".join(f"`{_destroying(address, place)}`" for address in ends)
    return Problem(
        what=f"stacks of {' and '.join(regions)} use each other, so that none of these goes alone",
        remedy=f"{everything}; what nothing uses goes by itself, now: {now}",
    )


def _destroying(address: str, place: str) -> str:
    region, _, name = address.partition("/")
    return f"invoke destroy-region {region} --stack {name}{place}"
