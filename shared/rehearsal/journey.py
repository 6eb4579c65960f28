"""A migration in a rehearsal: what the systems report, who operates, and what was seen of it.

The operations are the ones of `invoke migrate.*`; only what nothing in the embedded AWS would report
by itself (requests, replication lag) comes from `telemetry`, and faults come from `fault_client`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.commands.deployment import options
from shared.deploy import outputs
from shared.operations.migration import handles
from shared.operations.migration.operator import Operator
from shared.operations.migration.request import Request
from shared.operations.migration.topology import observe
from shared.rehearsal import delegation
from shared.rehearsal.chapters import Chapters
from shared.rehearsal.fault_client import Controls
from shared.rehearsal.inbox import Inbox
from shared.rehearsal.scenario import RehearsalFailedError
from shared.rehearsal.telemetry import System, Telemetry
from shared.settings import systems

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.common.operator import Follow
    from shared.operations.migration.facts import Topology
    from shared.rehearsal.scenario import Rehearsal
    from shared.settings import RegionMigration

#: Where a minute of an alarm lasts three seconds, and a wait of five minutes ten.
TIME_SCALE = 0.05
BAKE_SECONDS = 10
_LOOK_SECONDS = 0.5
_ALARM_SECONDS = 60


def request(**changes: Any) -> Request:
    """Return what a rehearsal asks of the machine: the settings, but for the waits."""
    waits = {"bake_seconds": BAKE_SECONDS, "drain_seconds": 1, "settle_seconds": 1, "retry_seconds": 1}
    return Request(**{**waits, **changes})


@dataclass(kw_only=True)
class Journey:
    """One deployed platform on its way; `open` before anything else, `close` at the end."""

    rehearsal: Rehearsal
    endpoint: str
    chapters: Chapters = field(default_factory=Chapters)
    _closing: ExitStack = field(default_factory=ExitStack)

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
        self.controls = Controls(self.endpoint)
        parent = delegation.delegate(zone, servers, clients, region)
        self._closing.callback(delegation.undelegate, parent, zone, servers, clients, region)
        self.telemetry = Telemetry(System.of(found, (environment.source.region, region)), clients)
        self._closing.enter_context(self.telemetry)
        self.inbox = Inbox(found[f"{region}/foundation"]["alarm_topic_arn"], clients)
        self._closing.enter_context(self.inbox)
        self.handles = handles.read(environment, deployment.manifest, clients)
        self.wait_for_alarms()

    def close(self) -> None:
        """Take everything back that `open` made; safe to repeat."""
        self._closing.close()

    def operator(self, *, follow: Follow = "end", seen: Callable[[Topology], None] | None = None) -> Operator:
        """Return who carries out an operation; what it sees goes into the open chapter, too."""
        deployment = self.rehearsal.deployment

        def see(topology: Topology) -> None:
            self.chapters.sample(topology)
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
            poll_seconds=_LOOK_SECONDS,
        )

    def topology(self) -> Topology:
        """Return what stands now."""
        return observe(self.handles, self.rehearsal.deployment.clients)

    def wait_for_alarms(self) -> None:
        """Wait until every alarm that counts is OK. Raises RehearsalFailedError when one stays."""
        end = time.monotonic() + _ALARM_SECONDS
        while True:
            states = {f"{alarm.region} {alarm.name}": alarm.state for alarm in self.topology().counting}
            if set(states.values()) == {"OK"}:
                return
            if time.monotonic() > end:
                raise RehearsalFailedError(f"Alarms do not calm down: {states}")
            time.sleep(_LOOK_SECONDS)

    def told(self) -> list[dict[str, Any]]:
        """Return everything that the machine published, in order."""
        return [note.document for note in self.inbox.notes() if "event" in note.document]
