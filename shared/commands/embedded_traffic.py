"""`invoke embedded.traffic`: what running systems would report, while somebody tries a migration by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.commands.deployment import all_stacks, prepare
from shared.commands.embedded_server import HOW_TO_START, NOT_RUNNING
from shared.commands.outcome import terminal
from shared.deploy import outputs
from shared.errors import UserError
from shared.rehearsal import embedded
from shared.rehearsal.delegation import delegated
from shared.rehearsal.environment import inside
from shared.rehearsal.telemetry import System, Telemetry
from shared.rehearsal.traffic import Weighted
from shared.settings import systems
from shared.workspace import here


def _until_interrupted() -> None:
    threading.Event().wait()


def traffic(env: str, suffix: str | None, *, wait: Callable[[], None] = _until_interrupted) -> int:
    """Report requests, healthy hosts and replication lag until Ctrl-C; the zone is delegated meanwhile.

    Returns 0. Raises UserError when no embedded AWS runs, or not every stack is applied in it.
    """
    running = embedded.status(here().working)
    if running is None:
        raise UserError(NOT_RUNNING, remedy=HOW_TO_START)
    with inside(running.endpoint):
        deployment = prepare(env, suffix)
        environment = systems.migration(deployment.environment, "embedded.traffic")
        clients = deployment.clients
        stacks = all_stacks(deployment.manifest)
        found = outputs.read(deployment.manifest, clients, stacks)
        missing = [address for address in stacks if address not in found]
        if missing:
            raise UserError(f"not applied: {', '.join(missing)}", remedy="invoke rollout")
        region, zone = environment.target.region, environment.domain.zone_name
        servers = found["global/domain"]["name_servers"]
        console = terminal()
        regions = (environment.source.region, region)
        try:
            with (
                delegated(zone, servers, clients, region),
                Telemetry(System.of(found, regions), clients, Weighted.of(found, regions, clients)),
            ):
                console.print(f"Systems report to {running.endpoint}, {zone} is delegated. Ctrl-C ends both.")
                wait()
        except KeyboardInterrupt:
            console.print("Ended.")
    return 0
