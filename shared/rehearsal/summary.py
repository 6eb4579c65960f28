"""From what a rehearsal recorded to its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.rehearsal.cutover.journey import PACE as LANDING_PACE
from shared.rehearsal.cutover.places import DATA_CENTRE, LANDED
from shared.rehearsal.journey import BAKE_SECONDS
from shared.rehearsal.journeys import TIME_SCALE
from shared.rehearsal.recovery.journey import PACE
from shared.rehearsal.report import Part, Report, StackLine
from shared.settings import DatabaseMigration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.rehearsal.chapters import Chapters
    from shared.settings import Platform

#: What a pass on the embedded AWS says nothing about.
CANNOT_PROVE = (
    "permissions: the embedded AWS decides nothing by IAM; the policies were read, not enforced",
    "capacity and quotas: instances, load balancers and databases of any size are there at once",
    "traffic: load balancers carry none; requests, errors and replication lag were reported by the rehearsal",
    "times of AWS: how long an instance boots, a switchover takes, a change of DNS needs to reach a client",
)
OF_A_MIGRATION = (
    "the application: no container ran, no payment was made; the canary wrote a row into a stand-in database",
)
OF_A_RECOVERY = (
    "what a failover loses: both regions share one stand-in database, so nothing that was written could be "
    "lost; on AWS that is what the lag says. The intents are kept in two tables, as in a global table",
    "DNS: one checker stood for all of Route 53's; that a verdict takes a moment to reach the name servers "
    "(5 s of the sum), and resolvers that keep an answer longer than its TTL, were not there",
    "regions that are half dead: one was lost as a whole, at once, with IAM's and Route 53's control planes",
    "two writers at once: an old primary that is cut off and goes on writing was not there",
    "how long Aurora takes to promote a cluster, and to build the old primary anew: 2 seconds each, here",
    "the application: a stand-in accepted the payments as intents; no container ran",
)
OF_A_LANDING = (
    "DMS: PostgreSQL's own replication stood in for it; its types, batches, large objects, memory and speed, "
    "and how long it takes to start, stop and validate, were not there",
    "Aurora: a PostgreSQL server on the same machine; failovers, storage, capacity units and parameters were "
    "not there",
    "the network: both databases, their clients and the name server were on one machine, without distance",
    "size: a hundred thousand rows; a full load of what a platform has takes hours, and its validation, too",
    "other resolvers than the customers' own: what keeps an answer for longer than its TTL",
)
SCALED = (
    f"A minute of an alarm took {60 * TIME_SCALE:g} seconds, and the wait after each phase {BAKE_SECONDS} "
    "seconds instead of the settings'."
)
SCALED_LANDING = (
    f"A minute of an alarm and of DMS's metrics took {60 * TIME_SCALE:g} seconds. In the first cutover a TTL "
    f"took as long as it takes; otherwise a second of it lasted {LANDING_PACE:g} s. What is said about "
    "pauses was measured by the clock."
)
SCALED_RECOVERY = (
    f"A minute of an alarm took {60 * TIME_SCALE:g} seconds, and the machine's waits {PACE:g} of theirs; "
    "what is said about the entry was measured with checkers, thresholds and TTL as they are set."
)

_SAID = {
    "region-migration": (OF_A_MIGRATION, SCALED),
    "disaster-recovery": (OF_A_RECOVERY, SCALED_RECOVERY),
    "database-migration": (OF_A_LANDING, SCALED_LANDING),
}
"""System -> what only AWS can show beside the rest, and how much faster time passed."""


def report(
    environment: Platform,
    chapters: Chapters,
    *,
    seconds: Mapping[str, float],
    findings: Mapping[str, Any],
    failure: str,
    began_at: str,
    refusals: Sequence[str] = (),
) -> Report:
    """Return the report of a rehearsal: its parts' `seconds`, and what `findings` say of the rollout."""
    lands = isinstance(environment, DatabaseMigration)
    honest, scaled = _SAID[environment.system]
    rollout = findings.get("rollout", {}).get("stacks", [])
    return Report(
        environment=environment.name,
        suffix=environment.environment_suffix,
        source=DATA_CENTRE if lands else environment.home.region,
        target=LANDED if lands else environment.away.region,
        began_at=began_at,
        seconds=sum(seconds.values()),
        passed=not failure,
        failure=failure,
        parts=tuple(Part(title=title, seconds=taken) for title, taken in seconds.items()),
        stacks=tuple(_stack(stack) for stack in rollout),
        chapters=tuple(chapters.written),
        refusals=tuple(refusals),
        cannot_prove=(*CANNOT_PROVE, *honest),
        scaled=scaled,
        system=environment.system,
    )


def _stack(stack: Mapping[str, Any]) -> StackLine:
    return StackLine(
        address=stack["address"],
        resources=stack["counts"].get("add", 0),
        result=stack["status"],
        seconds=sum(taken for phase, taken in stack["seconds"].items() if phase != "queued"),
    )
