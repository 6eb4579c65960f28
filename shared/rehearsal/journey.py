"""A migration in a rehearsal: what the systems report, who operates, and what was seen of it.

The operations are the ones of `invoke migrate.*`; only what nothing in the embedded AWS would report
by itself (requests, replication lag) comes from `telemetry`, and faults come from `fault_client`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.commands.deployment import options
from shared.deploy import outputs
from shared.operations.migration import handles
from shared.operations.migration.facts import Topology
from shared.operations.migration.operator import Operator
from shared.operations.migration.request import Request
from shared.operations.migration.topology import observe
from shared.rehearsal.delegation import delegated
from shared.rehearsal.inbox import Inbox
from shared.rehearsal.journeys import LOOK_SECONDS, AnyJourney
from shared.rehearsal.telemetry import System, Telemetry
from shared.rehearsal.traffic import Weighted
from shared.settings import systems

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.common.facts import Alarm
    from shared.operations.common.operator import Follow
    from shared.settings import RegionMigration

#: A wait of five minutes lasts ten seconds.
BAKE_SECONDS = 10


def request(**changes: Any) -> Request:
    """Return what a rehearsal asks of the machine: the settings, but for the waits."""
    waits = {"bake_seconds": BAKE_SECONDS, "drain_seconds": 1, "settle_seconds": 1, "retry_seconds": 1}
    return Request(**{**waits, **changes})


@dataclass(kw_only=True)
class Journey(AnyJourney[Topology]):
    """One platform on its way to another region."""

    @property
    def environment(self) -> RegionMigration:
        """Return the settings of the migration. Raises UserError for a system that does not move."""
        return systems.migration(self.rehearsal.deployment.environment, "a rehearsed migration")

    def open(self) -> None:
        """Delegate the zone, let the systems report, listen to the topic, wait for the alarms."""
        deployment = self.rehearsal.deployment
        environment, clients = self.environment, deployment.clients
        found = outputs.read(deployment.manifest, clients, self.rehearsal.stacks)
        region, zone = environment.target.region, environment.domain.zone_name
        servers = found["global/domain"]["name_servers"]
        self._closing.enter_context(delegated(zone, servers, clients, region))
        regions = (environment.source.region, region)
        traffic = Weighted.of(found, regions, clients)
        self.telemetry = Telemetry(System.of(found, regions), clients, traffic)
        self._closing.enter_context(self.telemetry)
        self.inbox = Inbox(found[f"{region}/foundation"]["alarm_topic_arn"], clients)
        self._closing.enter_context(self.inbox)
        self.handles = handles.read(environment, deployment.manifest, clients)
        self.wait_for_alarms()

    def operator(self, *, follow: Follow = "end", seen: Callable[[Topology], None] | None = None) -> Operator:
        """Return who carries out an operation; what it sees goes into the open chapter, too."""
        deployment = self.rehearsal.deployment

        def see(topology: Topology) -> None:
            self.chapters.sample(**seen_of(topology))
            if seen:
                seen(topology)

        return Operator(
            environment=self.environment,
            manifest=deployment.manifest,
            clients=deployment.clients,
            workdir=deployment.workspace.root,
            console=self.rehearsal.console,
            options=options(self.rehearsal.choices, deployment),
            yes=True,
            follow=follow,
            seen=see,
            poll_seconds=LOOK_SECONDS,
        )

    def topology(self) -> Topology:
        """Return what stands now."""
        return observe(self.handles, self.rehearsal.deployment.clients)

    def counting(self) -> tuple[Alarm, ...]:
        """Return the alarms that the gate goes by."""
        return self.topology().counting


def seen_of(topology: Topology) -> dict[str, Any]:
    """Return what a chapter keeps of a look."""
    weights = topology.weights
    return {
        "weights": {"source": weights.source, "target": weights.target} if weights else None,
        "writer": topology.writer,
        "lag_ms": topology.lag_ms,
        "alarms": {f"{alarm.region} {alarm.name}": alarm.state for alarm in topology.alarms},
        "state": topology.running.state if topology.running else "",
        "paused": topology.paused,
    }
