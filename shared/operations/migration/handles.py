"""What the operations take hold of: ids from the outputs of the stacks, as their states say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.contracts import Contract, Database, Domain, Migration, PrimaryDatabase, Service, Traffic
from shared.errors import UserError
from shared.operations.common import outputs as published
from shared.operations.common.machine import Machine

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory
    from shared.operations.common.outputs import Outputs
    from shared.settings.model import RegionMigration

SYSTEM = "region-migration"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One region's part."""

    region: str
    cluster_arn: str
    cluster_identifier: str
    replication_lag_alarm: str
    healthy_hosts_alarm: str
    target_group_arn: str
    https_listener_arn: str
    certificate_arn: str
    set_identifier: str


@dataclass(frozen=True, kw_only=True)
class Handles:
    """Everything that an operation looks at or changes."""

    source: Side
    target: Side
    hosted_zone_id: str
    zone_name: str
    record_name: str
    global_cluster: str
    state_machine_arn: str
    checkpoint_parameter: str
    approval_parameter: str
    runbook: str = field(repr=False)
    """Markdown, with this deployment's ids."""
    place: str
    """Options that lead to this environment again, for commands that are shown (` --env staging`)."""

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return both regions, the source first."""
        return self.source, self.target

    @property
    def machine(self) -> Machine:
        """Return the state machine."""
        return Machine(arn=self.state_machine_arn, region=self.target.region, prefix="migration")

    def command(self, name: str) -> str:
        """Return the command line of one of the operations: `invoke migrate.start --env staging`."""
        return f"invoke migrate.{name}{self.place}"


def read(environment: RegionMigration, manifest: Manifest, clients: ClientFactory) -> Handles:
    """Return the ids.

    Raises UserError for another system, and with every stack that is not applied, or not to its end,
    and the command that applies it.
    """
    if manifest.system != SYSTEM:
        raise UserError(
            f"{manifest.environment} is a {manifest.system}: only a {SYSTEM} is moved in this way",
            remedy="name the environment with --env",
        )
    source, target = environment.source.region, environment.target.region
    wanted: dict[str, type[Contract]] = {
        f"{source}/database": PrimaryDatabase,
        f"{target}/database": Database,
        f"{source}/service": Service,
        f"{target}/service": Service,
        "global/domain": Domain,
        "global/traffic": Traffic,
        f"{target}/migration": Migration,
    }
    outputs = published.read(manifest, clients, wanted)
    names = {address: contract.schema() for address, contract in wanted.items()}
    problems = published.missing(outputs, names, manifest.place)
    if problems:
        raise UserError(problems)
    return _handles(environment, outputs, manifest.place)


def _handles(environment: RegionMigration, outputs: Outputs, place: str) -> Handles:
    source, target = environment.source.region, environment.target.region
    domain, traffic = outputs["global/domain"], outputs["global/traffic"]
    migration = outputs[f"{target}/migration"]
    return Handles(
        source=_side(source, outputs, traffic["source_set_identifier"]),
        target=_side(target, outputs, traffic["target_set_identifier"]),
        hosted_zone_id=domain["route53_zone_id"],
        zone_name=environment.domain.zone_name,
        record_name=traffic["traffic_record_name"],
        global_cluster=outputs[f"{source}/database"]["global_cluster_identifier"],
        state_machine_arn=migration["state_machine_arn"],
        checkpoint_parameter=migration["checkpoint_parameter"],
        approval_parameter=migration["approval_parameter"],
        runbook=migration["migration_runbook"],
        place=place,
    )


def _side(region: str, outputs: Outputs, set_identifier: str) -> Side:
    database, service = outputs[f"{region}/database"], outputs[f"{region}/service"]
    return Side(
        region=region,
        cluster_arn=database["aurora_cluster_arn"],
        cluster_identifier=database["aurora_cluster_identifier"],
        replication_lag_alarm=database["replication_lag_alarm"],
        healthy_hosts_alarm=service["healthy_hosts_alarm"],
        target_group_arn=service["target_group_arn"],
        https_listener_arn=service["https_listener_arn"],
        certificate_arn=outputs["global/domain"]["certificate_arns"][region],
        set_identifier=set_identifier,
    )
