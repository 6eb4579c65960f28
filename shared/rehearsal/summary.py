"""From what a rehearsal recorded to its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.rehearsal.journey import BAKE_SECONDS
from shared.rehearsal.journeys import TIME_SCALE
from shared.rehearsal.report import Part, Report, StackLine
from shared.settings import RegionMigration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.rehearsal.chapters import Chapters
    from shared.settings import TwoRegions

#: What a pass on the embedded AWS says nothing about.
CANNOT_PROVE = (
    "permissions: the embedded AWS decides nothing by IAM; the policies were read, not enforced",
    "capacity and quotas: instances, load balancers and databases of any size are there at once",
    "traffic: load balancers carry none; requests, errors and replication lag were reported by the rehearsal",
    "times of AWS: how long an instance boots, a switchover takes, a change of DNS needs to reach a client",
)
STOOD_IN = (
    "the application: no container ran, no payment was made; the canary wrote a row into a stand-in database"
)
DECIDED_NOTHING = (
    "the application and DNS: no container ran, no health checker asked, nobody was sent anywhere"
)
SCALED = (
    f"A minute of an alarm took {60 * TIME_SCALE:g} seconds, and the wait after each phase {BAKE_SECONDS} "
    "seconds instead of the settings'."
)


def report(
    environment: TwoRegions,
    chapters: Chapters,
    *,
    seconds: Mapping[str, float],
    findings: Mapping[str, Any],
    failure: str,
    began_at: str,
) -> Report:
    """Return the report of a rehearsal: its parts' `seconds`, and what `findings` say of the rollout."""
    moves = isinstance(environment, RegionMigration)
    rollout = findings.get("rollout", {}).get("stacks", [])
    return Report(
        environment=environment.name,
        suffix=environment.environment_suffix,
        source=environment.home.region,
        target=environment.away.region,
        began_at=began_at,
        seconds=sum(seconds.values()),
        passed=not failure,
        failure=failure,
        parts=tuple(Part(title=title, seconds=taken) for title, taken in seconds.items()),
        stacks=tuple(_stack(stack) for stack in rollout),
        chapters=tuple(chapters.written),
        refusals=(),
        cannot_prove=(*CANNOT_PROVE, STOOD_IN if moves else DECIDED_NOTHING),
        scaled=SCALED if moves else "",
    )


def _stack(stack: Mapping[str, Any]) -> StackLine:
    return StackLine(
        address=stack["address"],
        resources=stack["counts"].get("add", 0),
        result=stack["status"],
        seconds=sum(taken for phase, taken in stack["seconds"].items() if phase != "queued"),
    )
