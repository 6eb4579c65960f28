"""What every operation begins and ends with: look, refuse, ask; say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.deploy.saying import say
from shared.operations.common import session
from shared.operations.common.operator import declined
from shared.operations.migration import executions, handles, moves, show, watching
from shared.operations.migration.ending import result
from shared.operations.migration.facts import Topology
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from shared.operations.common.moves import Move
    from shared.operations.migration.handles import Handles
    from shared.operations.migration.operator import Operator, Result
    from shared.operations.migration.request import Request


@dataclass(frozen=True, kw_only=True)
class Session(session.Session[Topology]):
    """One operation of the migration, after the first look."""

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

    def execute(self, action: str, request: Request) -> Result:
        """Start an execution, watch it, and return what came of it."""
        document = request.document(action, self.by)
        arn = executions.start(self.handles, self.operator.clients, document)
        return self.watch(arn)

    def watch(self, arn: str, *, answered: str = "") -> Result:
        """Watch an execution and return what came of it."""
        say(self.operator.console, f"Execution {arn}")
        watched = watching.follow(self.operator, self.handles, arn, answered=answered)
        return result(self.name, self.handles, before=self.before, arn=arn, watched=watched)


def begin(name: str, operator: Operator) -> Session:
    """Look at everything. Raises UserError for credentials and stacks that are not as they have to be."""
    identity = operator.clients.check_account(region=operator.environment.target.region)
    found = handles.read(operator.environment, operator.manifest, operator.clients)
    return Session(
        name=name,
        operator=operator,
        handles=found,
        by=identity.arn,
        before=observe(found, operator.clients),
    )
