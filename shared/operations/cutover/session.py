"""What every operation begins and ends with: look, refuse, ask; say what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from shared.operations.common import session
from shared.operations.common.operator import declined
from shared.operations.cutover import handles, logins, moves, show
from shared.operations.cutover.facts import Position
from shared.operations.cutover.notes import Notes
from shared.operations.cutover.operator import Result
from shared.operations.cutover.position import observe
from shared.operations.cutover.running import run
from shared.operations.cutover.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from shared.operations.common.moves import Move
    from shared.operations.cutover.handles import Handles
    from shared.operations.cutover.logins import Login
    from shared.operations.cutover.operator import Operator

_FRESH: dict[str, Any] = {"snapshot": None, "frozen_at": None, "moved_at": None, "late": None}


@dataclass(frozen=True, kw_only=True)
class Session(session.Session[Position]):
    """One operation of the cutover, after the first look."""

    operator: Operator
    handles: Handles
    logins: Mapping[str, Login]

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

    def look(self) -> Position:
        """Return what stands now."""
        return observe(self.handles, self.logins, self.operator.clients)

    def renewed(self) -> Self:
        """Look again after a person has thought about it. Raises Refused with what is against it by now."""
        if self.operator.yes:
            return self
        again = replace(self, before=self.look())
        again.refuse()
        return again

    def work(self) -> Work:
        """Return what steps work with. To be called when the note was seen."""
        note = self.before.note
        assert note is not None  # noqa: S101 - without a note every move is refused
        return Work(
            operator=self.operator,
            handles=self.handles,
            logins=self.logins,
            notes=Notes(self.handles, self.operator.clients, by=self.by),
            note=note,
            by=self.by,
        )

    def execute(self, *, fresh: bool, **kept: Any) -> Result:
        """Carry out what remains of the operation, and say what came of it.

        `fresh`: it begins here, so that its notes are its own; `kept` is noted with them.
        """
        work, course = self.work(), moves.course(self.name, self.before)
        if fresh:
            first = course.steps[0]
            work.write(first.stage, first.name, attempt=uuid.uuid4().hex[:12], **_FRESH, **kept)
        ending = run(work, course)
        return self.result(ending.outcome, ending.exit_code, *ending.said)

    def result(self, outcome: str, exit_code: int, *said: str) -> Result:
        """Return what came of the operation, after a last look."""
        after = self.look()
        return Result(
            operation=self.name,
            exit_code=exit_code,
            outcome=outcome,
            said=(*said, show.headline(after)),
            before=self.before,
            after=after,
            next_command=show.next_command(after, self.handles.place),
        )


def begin(name: str, operator: Operator) -> Session:
    """Look at everything. Raises UserError for credentials, stacks and secrets that cannot be used."""
    environment = operator.environment
    identity = operator.clients.check_account(region=environment.landing.region)
    found = handles.read(environment, operator.manifest, operator.clients)
    known = logins.read(environment, operator.clients)
    return Session(
        name=name,
        operator=operator,
        handles=found,
        logins=known,
        by=identity.arn,
        before=observe(found, known, operator.clients),
    )
