"""A platform with a standby in a rehearsal: what its systems report, who pays, who operates, what was seen.

The operations are the ones of `invoke failover.*`. What nothing in the embedded AWS would do by itself comes
from `telemetry` (requests, healthy hosts, replication lag) and `customers` (payments); a region is lost by
`fault_client`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.clients import Clients, Pace
from shared.deploy import outputs
from shared.intents.accept import Intents
from shared.operations.recovery import handles
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.operator import Operator
from shared.operations.recovery.topology import observe
from shared.rehearsal.delegation import delegated
from shared.rehearsal.inbox import Inbox
from shared.rehearsal.journeys import LOOK_SECONDS, AnyJourney
from shared.rehearsal.recovery.counting import Books
from shared.rehearsal.recovery.customers import Customers
from shared.rehearsal.telemetry import System, Telemetry
from shared.rehearsal.traffic import Answered
from shared.settings import systems

if TYPE_CHECKING:
    from shared.operations.common.facts import Alarm
    from shared.settings import DisasterRecovery

#: What a second of the machine's waits, of a checker's interval and of a TTL lasts, where nobody measures.
PACE = 0.1
#: As an operator's clients are, but for a machine on which everything runs at once.
_PATIENT = Pace(attempts=2, connect_seconds=5, read_seconds=30)
#: Alarms that say whether a region is well; those on the lag are loud wherever the writer is.
_COUNTING = ("healthy hosts", "probe", "asked")


@dataclass(kw_only=True)
class Journey(AnyJourney[Topology]):
    """One platform that may lose a region."""

    lost: str = ""
    """The region that is lost now; empty when none is."""

    @property
    def environment(self) -> DisasterRecovery:
        """Return the settings. Raises UserError for another system."""
        return systems.recovery(self.rehearsal.deployment.environment, "a rehearsed failover")

    @property
    def home(self) -> str:
        """Return the primary region."""
        return self.environment.home.region

    @property
    def away(self) -> str:
        """Return the standby region."""
        return self.environment.away.region

    def open(self) -> None:
        """Delegate the zone, let systems report and customers pay, listen, wait for the alarms."""
        deployment, clients = self.rehearsal.deployment, self.rehearsal.deployment.clients
        found = outputs.read(deployment.manifest, clients, self.rehearsal.stacks)
        regions = (self.home, self.away)
        zone, servers = self.environment.domain.zone_name, found["global/domain"]["name_servers"]
        self._closing.enter_context(delegated(zone, servers, clients, self.away))
        self.handles = handles.read(self.environment, deployment.manifest, clients)
        self.clients = Clients(self.environment.account_id, _PATIENT, default_region=self.away)
        self.dns = Answered.of(found, regions, self.controls)
        self.books = Books(
            table=self.handles.intents_table,
            clusters={region: found[f"{region}/database"]["aurora_cluster_arn"] for region in regions},
            secret=self.environment.service.credentials_secret_name,
            database=self.environment.database.name,
        )
        self._closing.callback(self.controls.clear)
        self.telemetry = Telemetry(
            System.of(found, regions), clients, self.dns, lost=lambda: [self.lost] if self.lost else []
        )
        self.customers = Customers(
            self.dns,
            {region: self._service(region) for region in regions},
            lost=lambda: [self.lost] if self.lost else [],
        )
        self.pace(PACE)
        self.controls.shorten_waits(PACE)
        self._closing.enter_context(self.telemetry)
        self._closing.enter_context(self.customers)
        self.inbox = Inbox(found[f"{self.away}/foundation"]["alarm_topic_arn"], clients)
        self._closing.enter_context(self.inbox)
        self.wait_for_alarms()

    def _service(self, region: str) -> Intents:
        return Intents(self.clients.client("dynamodb", region), self.handles.intents_table, region=region)

    def pace(self, scale: float) -> None:
        """Let Route 53's checkers and resolvers take so much of their time."""
        self.controls.pace_verdicts(scale)
        self.customers.ttl_scale = scale

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Let no report and no payment be under way."""
        with self.telemetry.turn, self.customers.turn:
            yield

    def lose(self, mode: str) -> None:
        """Lose the home region: from now on nobody but who is rehearsed asks it anything."""
        with self._still():
            self.lost = self.home
            self.controls.lose_region(self.home, mode=mode)

    def bring_back(self) -> None:
        """Bring it back."""
        with self._still():
            self.controls.restore_region(self.home)
            self.lost = ""

    def calls_to_lost(self) -> dict[str, int]:
        """Return how many calls came to the home region since it was lost last, by service."""
        outages = [one for one in self.controls.outages() if one["region"] == self.home]
        return dict(outages[-1]["asked"]) if outages else {}

    def operator(self, *, seen: Callable[[Topology], None] | None = None) -> Operator:
        """Return who carries out an operation; what it sees goes into the open chapter, too."""

        def see(topology: Topology) -> None:
            self._note(topology)
            if seen:
                seen(topology)

        return Operator(
            environment=self.environment,
            manifest=self.rehearsal.deployment.manifest,
            clients=self.clients,
            console=self.rehearsal.console,
            yes=True,
            seen=see,
            poll_seconds=LOOK_SECONDS,
        )

    def topology(self) -> Topology:
        """Return what stands now; of a region that is lost nothing is asked."""
        return observe(self.handles, self.clients, left_out=self.lost)

    def look(self) -> Topology:
        """Return what stands now, and note it in the open chapter."""
        topology = self.topology()
        self._note(topology)
        return topology

    def _note(self, topology: Topology) -> None:
        self.chapters.sample(**seen_of(topology, self.dns.region(), self.lost))

    def counting(self) -> tuple[Alarm, ...]:
        """Return the alarms that say whether the regions are well."""
        return tuple(alarm for alarm in self.topology().alarms if alarm.measures in _COUNTING)


def seen_of(topology: Topology, answered: str, lost: str) -> dict[str, Any]:
    """Return what a chapter keeps of a look; `answered` is the region that DNS answers with."""
    following = [lag for region, lag in topology.lags.items() if region != topology.writer]
    clients = {"source": 100 * (answered == topology.home), "target": 100 * (answered == topology.away)}
    return {
        "weights": clients if answered else None,
        "writer": topology.writer,
        "lag_ms": following[0].milliseconds if following else None,
        "alarms": {f"{alarm.region} {alarm.name}": alarm.state for alarm in topology.alarms},
        "state": topology.running.state if topology.running else "",
        "lost": (lost,) if lost else (),
        "pinned": topology.pinned,
        "waiting": topology.waiting,
    }
