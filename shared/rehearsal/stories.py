"""What is rehearsed with what stands, for each system: its journey, its parts, its faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.errors import UserError
from shared.rehearsal import migration, migration_faults
from shared.rehearsal.cutover import faults as cutover_faults
from shared.rehearsal.cutover import parts as cutover_parts
from shared.rehearsal.cutover import suffering
from shared.rehearsal.cutover.journey import Journey as CutoverJourney
from shared.rehearsal.faults import AnyFault
from shared.rehearsal.journey import Journey
from shared.rehearsal.journeys import AnyJourney
from shared.rehearsal.recovery import faults as recovery_faults
from shared.rehearsal.recovery import parts as recovery_parts
from shared.rehearsal.recovery.journey import Journey as RecoveryJourney
from shared.rehearsal.scenario import Part, Rehearsal

if TYPE_CHECKING:
    from shared.settings import Platform


@dataclass(frozen=True, kw_only=True)
class Story:
    """One system's rehearsal."""

    journey: Callable[[Rehearsal, str], AnyJourney[Any]]
    """Takes the rehearsal and the embedded AWS's endpoint."""
    parts: Callable[[Any], tuple[Part, ...]]
    """What is gone through after the rollout."""
    faults: Sequence[AnyFault]
    suffering: Callable[[Any, Sequence[AnyFault]], tuple[Part, ...]]
    """What is gone through instead, with faults."""


# looked up when they are needed: a test replaces them
STORIES: Mapping[str, Story] = {
    "region-migration": Story(
        journey=lambda rehearsal, endpoint: Journey(rehearsal=rehearsal, endpoint=endpoint),
        parts=lambda journey: migration.parts(journey),  # noqa: PLW0108
        faults=migration_faults.FAULTS,
        suffering=lambda journey, faults: migration_faults.parts(journey, faults),  # noqa: PLW0108
    ),
    "disaster-recovery": Story(
        journey=lambda rehearsal, endpoint: RecoveryJourney(rehearsal=rehearsal, endpoint=endpoint),
        parts=lambda journey: recovery_parts.parts(journey),  # noqa: PLW0108
        faults=recovery_faults.FAULTS,
        suffering=lambda journey, faults: recovery_faults.parts(journey, faults),  # noqa: PLW0108
    ),
    "database-migration": Story(
        journey=lambda rehearsal, endpoint: CutoverJourney(rehearsal=rehearsal, endpoint=endpoint),
        parts=lambda journey: cutover_parts.parts(journey),  # noqa: PLW0108
        faults=cutover_faults.FAULTS,
        suffering=lambda journey, faults: suffering.parts(journey, faults),  # noqa: PLW0108
    ),
}


def of(environment: Platform) -> Story:
    """Return the story of an environment's system."""
    return STORIES[environment.system]


def environment_of(system: str) -> str:
    """Return the documented environment of a system, which has its name. UserError for one that is none."""
    if system not in STORIES:
        raise UserError(f"there is no system {system!r}", remedy=f"there are: {', '.join(STORIES)}")
    return system
