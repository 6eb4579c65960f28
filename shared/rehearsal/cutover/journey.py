"""A database on its way in a rehearsal: two servers, names, customers who pay, who operates, what was seen.

The operations are the ones of `invoke cutover.*`; DMS is the embedded one, which replicates between the
servers. What customers see is looked at by a thread of its own, so that a chapter shows every half second,
whatever is done.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.deploy import outputs
from shared.operations.common.facts import Alarm
from shared.operations.cutover import handles, logins
from shared.operations.cutover.facts import Position
from shared.operations.cutover.handles import Handles
from shared.operations.cutover.logins import Login
from shared.operations.cutover.operator import Operator
from shared.operations.cutover.position import observe
from shared.rehearsal.cutover import bank
from shared.rehearsal.cutover.customers import Customers, Way
from shared.rehearsal.cutover.places import ADDRESSES, PLACES
from shared.rehearsal.cutover.sampling import Sampler
from shared.rehearsal.databases.pair import APPLICATION, AURORA, ON_PREMISES, Databases
from shared.rehearsal.journeys import AnyJourney
from shared.rehearsal.names import NameServer
from shared.rehearsal.resolver import Resolver
from shared.settings import systems

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from shared.operations.cutover.sequence import Step
    from shared.settings import DatabaseMigration

#: Payments that are there before anybody pays: three rows each, and the accounts'.
PAYMENTS = 40_000
#: What a second of a TTL lasts where nobody measures by the clock.
PACE = 0.05
#: Between two looks of an operation while writes pause.
POLL_SECONDS = 0.1
#: How the names of snapshots begin that a cutover takes.
_SNAPSHOTS = "before-cutover-"
#: Nothing that an operation waits for between two looks is longer.
_LOOK_SECONDS = 5.0


@dataclass(kw_only=True)
class Journey(AnyJourney[Position]):
    """One database."""

    payments: int = PAYMENTS
    existing: Databases | None = None
    """Servers that run already; None: two are started, and stopped at the end."""
    databases: Databases = field(init=False)
    customers: Customers = field(init=False)
    names: NameServer = field(init=False)
    sampler: Sampler = field(init=False)
    resolver: Resolver = field(init=False)
    handles: Handles = field(init=False)
    logins: Mapping[str, Login] = field(init=False)
    held: ExitStack = field(default_factory=ExitStack)
    """What a fault holds open until its chapter ends."""
    ttl_scale: float = 1.0
    """What a second of a TTL lasts, for customers and for an operation that waits for it."""

    @property
    def environment(self) -> DatabaseMigration:
        """Return the settings. Raises UserError for another system."""
        return systems.landing(self.rehearsal.deployment.environment, "a rehearsed cutover")

    @property
    def region(self) -> str:
        """Return where the database comes to."""
        return self.environment.landing.region

    def open(self) -> None:
        """Start both databases, fill the data centre's, say in the secrets where they are; customers come."""
        deployment, clients = self.rehearsal.deployment, self.rehearsal.deployment.clients
        found = outputs.read(deployment.manifest, clients, self.rehearsal.stacks)
        endpoint = str(found[f"{self.region}/database"]["aurora_cluster_endpoint"])
        host = self.environment.on_premises.host
        self.databases = self.existing or self._closing.enter_context(
            Databases.started(database=self.environment.on_premises.database, names=((host,), (endpoint,)))
        )
        self.rehearsal.secrets = (*self.rehearsal.secrets, *self.databases.passwords.values())
        bank.build(self.databases, payments=self.payments)
        self._tell_where()
        self.handles = handles.read(self.environment, deployment.manifest, clients)
        self.logins = logins.read(self.environment, clients)
        self._closing.callback(self._forget_snapshots)
        hosts = {host: ON_PREMISES, endpoint: AURORA}
        self.names = self._closing.enter_context(NameServer(hosts, self.controls.dns))
        self.resolver = Resolver(self.names.port)
        self.customers = self._closing.enter_context(Customers(self._way()))
        self.sampler = self._closing.enter_context(Sampler(self))

    def _tell_where(self) -> None:
        """Write host, port and login into the secrets, as a person does after the rollout."""
        environment = self.environment
        secrets = (environment.on_premises.secret_name, environment.replication.target_secret_name)
        client = self.rehearsal.deployment.clients.client("secretsmanager", self.region)
        for name, server in zip(secrets, self.databases.servers, strict=True):
            client.put_secret_value(SecretId=name, SecretString=json.dumps(self.databases.secret(server)))

    def _forget_snapshots(self) -> None:
        """Delete what the cutovers kept of Aurora, as a person does when nobody wants to go back there."""
        client = self.rehearsal.deployment.clients.client("rds", self.region)
        found = client.describe_db_cluster_snapshots(DBClusterIdentifier=self.handles.cluster_identifier)
        for one in found["DBClusterSnapshots"]:
            if one["DBClusterSnapshotIdentifier"].startswith(_SNAPSHOTS):
                client.delete_db_cluster_snapshot(
                    DBClusterSnapshotIdentifier=one["DBClusterSnapshotIdentifier"]
                )

    def _way(self) -> Way:
        return Way(
            name=self.environment.record_name,
            port=self.databases.port,
            database=self.databases.database,
            username=APPLICATION,
            password=self.databases.passwords[APPLICATION],
            authority=str(self.databases.on_premises.authority_file),
            resolver_port=self.names.port,
        )

    def pace(self, scale: float) -> None:
        """Let a second of a TTL last so many seconds."""
        self.ttl_scale = scale
        self.customers.pace(scale)

    def operator(
        self,
        *,
        seen: Callable[[Position], None] | None = None,
        at_step: Callable[[Step], None] | None = None,
    ) -> Operator:
        """Return who carries out an operation; each of its steps goes into the open chapter, too."""

        def step(one: Step) -> None:
            self.sampler.step = one.name
            if at_step:
                at_step(one)

        return Operator(
            environment=self.environment,
            manifest=self.rehearsal.deployment.manifest,
            clients=self.rehearsal.deployment.clients,
            console=self.rehearsal.console,
            yes=True,
            seen=seen,
            at_step=step,
            poll_seconds=POLL_SECONDS,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        """Wait; for a TTL as long as it lasts here."""
        time.sleep(seconds if seconds <= _LOOK_SECONDS else seconds * self.ttl_scale)

    def topology(self) -> Position:
        """Return what stands now."""
        return observe(self.handles, self.logins, self.rehearsal.deployment.clients)

    def counting(self) -> Iterable[Alarm]:
        """Return the alarms on the latency."""
        client = self.rehearsal.deployment.clients.client("cloudwatch", self.region)
        found = client.describe_alarms(AlarmNames=list(self.handles.lag_alarms))["MetricAlarms"]
        return [
            Alarm(region=self.region, name=one["AlarmName"], state=one["StateValue"], measures="latency")
            for one in found
        ]

    def answered(self) -> str:
        """Return the place that the write name leads to now; empty when nobody answers."""
        return PLACES.get(self.sampler.address(), "")

    @contextmanager
    def connected(self, place: str) -> Iterator[psycopg.Connection[Any]]:
        """Connect to a database as administrator, who writes where everybody else is frozen, too."""
        (server,) = (one for one in self.databases.servers if one.host == ADDRESSES[place])
        writable = "-c default_transaction_read_only=off"
        with server.connect(self.databases.database, options=writable) as connection:
            yield connection
