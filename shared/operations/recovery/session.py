"""What every operation begins and ends with: look, refuse, ask; say what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from shared.deploy.saying import say
from shared.operations.common import executions, session
from shared.operations.common.calls import told
from shared.operations.common.operator import declined
from shared.operations.recovery import handles, moves, show, watching
from shared.operations.recovery.ending import result
from shared.operations.recovery.facts import Topology
from shared.operations.recovery.topology import observe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from shared.operations.common.moves import Move
    from shared.operations.recovery.handles import Handles
    from shared.operations.recovery.operator import Operator, Result
    from shared.operations.recovery.request import Request


@dataclass(frozen=True, kw_only=True)
class Session(session.Session[Topology]):
    """One operation of the recovery, after the first look."""

    operator: Operator
    handles: Handles

    @property
    def move(self) -> Move:
        """Return what this operation would do now."""
        return moves.move(self.name, self.before, self.handles.place)

    @property
    def page(self) -> RenderableType:
        """Return what stands, and the move."""
        return show.view(self.before, [self.move])

    def declined(self) -> Result:
        """Return the result of an operation that was not confirmed."""
        return declined(self.name, self.before)

    def look(self) -> Topology:
        """Return what stands now."""
        return observe(self.handles, self.operator.clients, left_out=self.operator.left_out)

    def renewed(self) -> Self:
        """Look again after a person has thought about it. Raises Refused with what is against it by now."""
        again = replace(self, before=self.look())
        again.refuse()
        return again

    def execute(self, request: Request) -> Result:
        """Start an execution of the action that the operation is called by, watch it, say what came of it."""
        look = watching.looking(self.handles, self.operator.left_out)
        document = request.document(self.name, self.by)
        with told("nobody knows whether it was started", f"look: `{look}`; to start it again does no harm"):
            arn = executions.start(self.handles.machine, self.operator.clients, document, status=look)
        say(self.operator.console, f"Execution {arn}")
        watched = watching.follow(self.operator, self.handles, arn)
        return result(self.name, self.handles, before=self.before, arn=arn, watched=watched)


def begin(name: str, operator: Operator) -> Session:
    """Look at everything. Raises UserError for credentials and stacks that are not as they have to be."""
    identity = operator.clients.check_account(region=operator.environment.away.region)
    bare = bool(operator.left_out)
    found = handles.read(operator.environment, operator.manifest, operator.clients, bare=bare)
    return Session(
        name=name,
        operator=operator,
        handles=found,
        by=identity.arn,
        before=observe(found, operator.clients, left_out=operator.left_out),
    )
