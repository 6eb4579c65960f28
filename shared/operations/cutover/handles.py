"""What the operations take hold of: ids from the outputs of the stacks, as the state bucket has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.contracts import Contract, Cutover, LandedDatabase, Replication
from shared.errors import UserError
from shared.operations.common import outputs as published
from shared.operations.common.calls import told
from shared.operations.cutover.facts import AURORA, ON_PREMISES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory
    from shared.operations.common.outputs import Outputs
    from shared.settings import DatabaseMigration

SYSTEM = "database-migration"
#: The runbook is printed, and needed for nothing else.
_RUNBOOK = "cutover_runbook"


@dataclass(frozen=True, kw_only=True)
class Handles:
    """Everything that an operation looks at or changes."""

    region: str
    cluster_identifier: str
    instance_arn: str
    """Of DMS."""
    instance_id: str
    source_endpoint: str
    target_endpoint: str
    """ARNs of the forward task's ends."""
    forward_task: str
    reverse_task: str
    """ARNs."""
    forward_id: str
    """The forward task's dimension in CloudWatch."""
    hosted_zone_id: str
    record_name: str
    set_identifiers: Mapping[str, str]
    """Side -> the record's set identifier."""
    function: str
    config_parameter: str
    state_parameter: str
    lag_alarms: tuple[str, str]
    runbook: str = field(repr=False, default="")
    """Markdown, with this deployment's ids; empty when the stack has none (yet)."""
    place: str
    """Options that lead to this environment again, for commands that are shown (` --env NAME`)."""

    def command(self, name: str) -> str:
        """Return the command line of one of the operations: `invoke cutover.status --env NAME`."""
        return f"invoke cutover.{name}{self.place}"


def needed(environment: DatabaseMigration) -> dict[str, set[str]]:
    """Return the outputs (address -> names) that the operations need."""
    region = environment.landing.region
    return {
        f"{region}/database": _names(LandedDatabase),
        f"{region}/replication": _names(Replication),
        f"{region}/cutover": _names(Cutover) - {_RUNBOOK},
    }


def read(environment: DatabaseMigration, manifest: Manifest, clients: ClientFactory) -> Handles:
    """Return the ids.

    Raises UserError for another system, and with every stack that is not applied, or not to its end,
    and the command that applies it.
    """
    if manifest.system != SYSTEM:
        raise UserError(
            f"{manifest.environment} is a {manifest.system}: only a {SYSTEM} is cut over in this way",
            remedy="name the environment with --env",
        )
    wanted = needed(environment)
    with told("the states cannot be read", f"they are in the state bucket, in {environment.state.region}"):
        outputs = published.read(manifest, clients, wanted)
    problems = published.missing(outputs, wanted, manifest.place)
    if problems:
        raise UserError(problems)
    return _handles(environment.landing.region, outputs, manifest.place)


def _names(contract: type[Contract]) -> set[str]:
    return set(contract.schema())


def _handles(region: str, outputs: Outputs, place: str) -> Handles:
    replication, cutover = outputs[f"{region}/replication"], outputs[f"{region}/cutover"]
    return Handles(
        region=region,
        cluster_identifier=outputs[f"{region}/database"]["aurora_cluster_identifier"],
        instance_arn=replication["dms_replication_instance_arn"],
        instance_id=replication["dms_replication_instance_id"],
        source_endpoint=replication["dms_source_endpoint_arn"],
        target_endpoint=replication["dms_target_endpoint_arn"],
        forward_task=replication["dms_forward_task_arn"],
        reverse_task=replication["dms_reverse_task_arn"],
        forward_id=replication["dms_forward_task_id"],
        hosted_zone_id=cutover["route53_zone_id"],
        record_name=cutover["record_name"],
        set_identifiers={
            ON_PREMISES: cutover["on_premises_set_identifier"],
            AURORA: cutover["aurora_set_identifier"],
        },
        function=cutover["cutover_function"],
        config_parameter=cutover["config_parameter"],
        state_parameter=cutover["state_parameter"],
        lag_alarms=(cutover["lag_source_alarm"], cutover["lag_target_alarm"]),
        runbook=cutover.get(_RUNBOOK, ""),
        place=place,
    )
