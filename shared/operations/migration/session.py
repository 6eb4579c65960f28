"""What every operation begins and ends with: look, refuse, ask; say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from shared.deploy.saying import say
from shared.errors import Problem, Refused
from shared.operations.migration import executions, handles, moves, show, watching
from shared.operations.migration.ending import declined, result
from shared.operations.migration.topology import observe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.operations.migration.facts import Topology
    from shared.operations.migration.handles import Handles
    from shared.operations.migration.moves import Move
    from shared.operations.migration.operator import Operator, Result
    from shared.operations.migration.request import Request


@dataclass(frozen=True, kw_only=True)
class Session:
    """One operation, after the first look."""

    name: str
    operator: Operator
    handles: Handles
    by: str
    """ARN of who carries it out."""
    before: Topology

    @property
    def move(self) -> Move:
        """Return what this operation would do now."""
        return moves.move(self.name, self.before, self.handles.place)

    def refuse(self, problems: Sequence[Problem] = ()) -> None:
        """Raise Refused with every reason against the move, and the further problems, if there is any."""
        reasons = [Problem(what=reason) for reason in self.move.reasons]
        if reasons or problems:
            raise Refused([*reasons, *problems])

    def confirmed(self, question: str = "Go on?") -> bool:
        """Show what stands and what would be done, and ask; only `yes` confirms."""
        console = self.operator.console
        console.print(show.view(self.before, [self.move]))
        if self.operator.yes:
            return True
        return self.typed(f"{question} Only `yes` does:") == "yes"

    def typed(self, question: str) -> str:
        """Return what a person typed; nothing when nobody is there."""
        try:
            if self.operator.ask:
                return self.operator.ask(question).strip()
            return self.operator.console.input(Text(f"{question} ")).strip()
        except EOFError:
            self.operator.console.print("\nNobody answers here.")
            return ""

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
