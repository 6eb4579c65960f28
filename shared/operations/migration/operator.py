"""Who carries out the migration, and with what: the one argument that all its operations share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.operations.common import operator as common
from shared.operations.migration import dns
from shared.operations.migration.facts import Topology

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.options import Options
    from shared.deploy.terraform import Program
    from shared.operations.migration.delegation import Resolve
    from shared.settings.model import RegionMigration

Result = common.Result[Topology]
"""`outcome` is `moved`, `shifted`, `finished`, `rolled-back`, `finalized`, `stopped`, `answered`, `started`,
`waiting`, `declined`, or the error that the execution ended with (`MigrationHeld`)."""


@dataclass(frozen=True, kw_only=True)
class Operator(common.Operator[Topology]):
    """Everything that an operation needs and does not look up itself; `yes` answers no `finalize`."""

    environment: RegionMigration
    workdir: Path
    """Where the engine keeps its records: the repository's root."""
    options: Options
    """How the engine plans the stacks, before a migration begins."""
    resolve: Resolve = field(default=dns.name_servers)
    program: Program | None = None
    """Terraform; None looks for it."""
