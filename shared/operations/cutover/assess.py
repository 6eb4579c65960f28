"""Judge whether a cutover may begin: `invoke cutover.assess`. Changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from shared.operations.common.calls import told
from shared.operations.cutover import notes, session
from shared.operations.cutover.database import DatabaseError, connected
from shared.operations.cutover.facts import AURORA, ON_PREMISES, SIDES, WORDS
from shared.operations.cutover.findings import freezing, replication, schema, server, target
from shared.operations.cutover.findings.finding import blocks
from shared.operations.cutover.findings.replication import Services
from shared.operations.cutover.reads import catalog, dms, latency
from shared.operations.cutover.sentinel import Sentinels

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.operations.cutover.facts import Position
    from shared.operations.cutover.findings.finding import Finding
    from shared.operations.cutover.operator import Operator
    from shared.operations.cutover.reads.catalog import Catalog
    from shared.operations.cutover.session import Session

_CATALOG_SECONDS = 300
_UNANSWERED = {ON_PREMISES: "source", AURORA: "aurora"}


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Everything that was found."""

    findings: tuple[Finding, ...]
    position: Position

    def blocking(self, accepted: Collection[str] = ()) -> list[Finding]:
        """Return what no cutover begins with, without what a person accepted."""
        return [
            one
            for one in self.findings
            if one.verdict == "blocks" and not (one.acceptable and one.code in accepted)
        ]

    @property
    def acceptable(self) -> list[str]:
        """Return the codes of what blocks and may be accepted."""
        return sorted({one.code for one in self.findings if one.verdict == "blocks" and one.acceptable})

    @property
    def exit_code(self) -> int:
        """Return 1 when something blocks."""
        return 1 if self.blocking() else 0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        counts = {
            verdict: sum(one.verdict == verdict for one in self.findings)
            for verdict in ("blocks", "warns", "ok")
        }
        return {
            **counts,
            "findings": [asdict(one) for one in self.findings],
            "position": self.position.as_json(),
        }


def run(operator: Operator) -> Assessment:
    """Look at both databases, DMS and Route 53. Raises UserError when AWS does not say what is needed."""
    return judged(session.begin("start", operator), measure=True)


def judged(begun: Session, *, measure: bool = False) -> Assessment:
    """Return what there is to say; `measure`: also by reading tables through for their largest value."""
    position, environment = begun.before, begun.operator.environment
    sentinel = Sentinels(environment).name
    services, found = _services(begun), _catalogs(begun, sentinel, measure=measure)
    findings: list[Finding] = [
        blocks(
            _UNANSWERED[side],
            f"{WORDS[side]} does not say what it is asked: {one.why}",
            why="nothing can be judged without it",
            remedy="look at the secret, the route from here, and the firewall",
        )
        for side, one in found.items()
        if isinstance(one, DatabaseError)
    ]
    ours, theirs = found[ON_PREMISES], found[AURORA]
    if not isinstance(ours, DatabaseError) and not isinstance(theirs, DatabaseError):
        replicating = bool(position.forward and position.forward.begun)
        findings += [
            *server.judge(ours, theirs, replicating=replicating),
            *schema.judge(ours, environment.replication),
            *freezing.judge(ours, theirs, environment.cutover),
            *target.judge(ours, theirs, sentinel),
        ]
    findings += replication.judge(position, services)
    remedy = f"`{begun.handles.command('status')}`"
    findings += [blocks("aws", what, why="it has to be seen", remedy=remedy) for what in position.unread]
    return Assessment(findings=tuple(findings), position=position)


def _catalogs(begun: Session, sentinel: str, *, measure: bool) -> dict[str, Catalog | DatabaseError]:
    """Return side -> what its database says of itself, or why it does not."""
    schemas = begun.operator.environment.replication.schemas

    def look(side: str) -> Catalog | DatabaseError:
        wanted = measure and side == ON_PREMISES
        try:
            with connected(begun.logins[side], seconds=_CATALOG_SECONDS) as database:
                return catalog.read(database, schemas, sentinel, measure=wanted)
        except DatabaseError as error:
            return error

    with ThreadPoolExecutor(len(SIDES)) as pool:
        return dict(zip(SIDES, pool.map(look, SIDES), strict=True))


def _services(begun: Session) -> Services:
    handles, clients = begun.handles, begun.operator.clients
    ends = {WORDS[ON_PREMISES]: handles.source_endpoint, WORDS[AURORA]: handles.target_endpoint}
    with told("AWS does not say how the replication is", f"look: `{handles.command('status')}`"):
        client = clients.client("dms", handles.region)
        return Services(
            limits=notes.limits(handles, clients),
            connections={place: dms.connection(client, handles, arn) for place, arn in ends.items()},
            alarms=latency.alarms(clients.client("cloudwatch", handles.region), handles),
        )
