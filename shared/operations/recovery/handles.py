"""What the operations take hold of: ids from the outputs of the stacks, as the state bucket has them.

No state lies in the home region, whichever region's stack it is of, so all of this can be read without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.contracts import (
    Contract,
    Database,
    Failover,
    FailoverTraffic,
    Intents,
    PrimaryDatabase,
    Probe,
    Service,
)
from shared.errors import UserError
from shared.operations.common import outputs as published
from shared.operations.common.calls import told
from shared.operations.common.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory
    from shared.operations.common.outputs import Outputs
    from shared.settings import DisasterRecovery

SYSTEM = "disaster-recovery"

#: Of the stack `failover`: what moves the database. The runbook is printed, and needed for nothing else.
_MACHINE = {"drain_function", "state_machine_arn", "checkpoint_parameter", "failover_function"}
_RUNBOOK = "failover_runbook"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One region's part. What is empty was not applied; a failover does without it."""

    region: str
    cluster_identifier: str = ""
    replication_lag_alarm: str = ""
    healthy_hosts_alarm: str = ""
    probe_unwell_alarm: str = ""
    probe_unasked_alarm: str = ""


@dataclass(frozen=True, kw_only=True)
class Handles:
    """Everything that an operation looks at or changes."""

    home: Side
    away: Side
    global_cluster: str
    state_machine_arn: str
    checkpoint_parameter: str
    drain_function: str
    failover_function: str
    """Called by the machine only."""
    pin_bucket: str
    pin_key: str
    intents_table: str
    lag_limit_ms: int
    runbook: str = field(repr=False, default="")
    """Markdown, with this deployment's ids; empty when the stack has none (yet)."""
    place: str
    """Options that lead to this environment again, for commands that are shown (` --env NAME`)."""

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return both regions, home first."""
        return self.home, self.away

    @property
    def machine(self) -> Machine:
        """Return the state machine."""
        return Machine(arn=self.state_machine_arn, region=self.away.region, prefix="failover")

    def command(self, name: str) -> str:
        """Return the command line of one of the operations: `invoke failover.status --env NAME`."""
        return f"invoke failover.{name}{self.place}"


def needed(environment: DisasterRecovery) -> dict[str, set[str]]:
    """Return the outputs (address -> names) that a failover needs: all of them lie in the state bucket."""
    home, away = environment.home.region, environment.away.region
    return {
        f"{home}/database": _names(PrimaryDatabase),
        f"{away}/database": _names(Database),
        "global/intents": _names(Intents),
        "global/traffic": _names(FailoverTraffic),
        f"{away}/failover": (_names(Failover) | _MACHINE) - {_RUNBOOK},
    }


def further(environment: DisasterRecovery) -> dict[str, set[str]]:
    """Return the outputs that are needed besides to see how the regions are."""
    regions = (environment.home.region, environment.away.region)
    services = {f"{region}/service": _names(Service) for region in regions}
    return {**services, **{f"{region}/probe": _names(Probe) for region in regions}}


def read(
    environment: DisasterRecovery, manifest: Manifest, clients: ClientFactory, *, bare: bool = False
) -> Handles:
    """Return the ids; `bare`: do without those that a failover does without.

    Raises UserError for another system, and with every stack that is not applied, or not to its end,
    and the command that applies it.
    """
    if manifest.system != SYSTEM:
        raise UserError(
            f"{manifest.environment} is a {manifest.system}: only a {SYSTEM} fails over in this way",
            remedy="name the environment with --env",
        )
    first, second = needed(environment), further(environment)
    with told("the states cannot be read", f"they are in the state bucket, in {environment.state.region}"):
        outputs = published.read(manifest, clients, {**first, **second})
    problems = published.missing(outputs, first if bare else {**first, **second}, manifest.place)
    if problems:
        raise UserError(problems)
    return _handles(environment, outputs, manifest.place)


def _names(contract: type[Contract]) -> set[str]:
    return set(contract.schema())


def _handles(environment: DisasterRecovery, outputs: Outputs, place: str) -> Handles:
    home, away = environment.home.region, environment.away.region
    failover, traffic = outputs[f"{away}/failover"], outputs["global/traffic"]
    return Handles(
        home=_side(home, outputs),
        away=_side(away, outputs),
        global_cluster=outputs[f"{home}/database"]["global_cluster_identifier"],
        state_machine_arn=failover["state_machine_arn"],
        checkpoint_parameter=failover["checkpoint_parameter"],
        drain_function=failover["drain_function"],
        failover_function=failover["failover_function"],
        pin_bucket=traffic["pin_bucket"],
        pin_key=traffic["pin_key"],
        intents_table=outputs["global/intents"]["intents_table"],
        lag_limit_ms=environment.alarms.replication_lag_ms,
        runbook=failover.get(_RUNBOOK, ""),
        place=place,
    )


def _side(region: str, outputs: Outputs) -> Side:
    found: Mapping[str, str] = {
        **outputs[f"{region}/database"],
        **outputs.get(f"{region}/service", {}),
        **outputs.get(f"{region}/probe", {}),
    }
    return Side(
        region=region,
        cluster_identifier=found["aurora_cluster_identifier"],
        replication_lag_alarm=found["replication_lag_alarm"],
        healthy_hosts_alarm=found.get("healthy_hosts_alarm", ""),
        probe_unwell_alarm=found.get("probe_unwell_alarm", ""),
        probe_unasked_alarm=found.get("probe_unasked_alarm", ""),
    )
