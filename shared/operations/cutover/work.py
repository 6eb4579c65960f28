"""What the steps of a command work with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.deploy.saying import say
from shared.operations.cutover.database import connected
from shared.operations.cutover.sentinel import Sentinels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from shared.operations.cutover.database import Database
    from shared.operations.cutover.facts import Note
    from shared.operations.cutover.handles import Handles
    from shared.operations.cutover.logins import Login
    from shared.operations.cutover.notes import Notes
    from shared.operations.cutover.operator import Operator
    from shared.settings import DatabaseMigration


@dataclass(kw_only=True)
class Work:
    """One command that changes something; the note moves on with it."""

    operator: Operator
    handles: Handles
    logins: Mapping[str, Login]
    notes: Notes
    note: Note
    by: str

    @property
    def environment(self) -> DatabaseMigration:
        """Return the settings."""
        return self.operator.environment

    @property
    def sentinels(self) -> Sentinels:
        """Return the table of sentinel rows."""
        return Sentinels(self.environment)

    def client(self, service: str, region: str = "") -> Any:
        """Return a boto3 client; in the landing's region unless another is named."""
        return self.operator.clients.client(service, region or self.handles.region)

    def database(self, side: str, *, seconds: float = 60) -> AbstractContextManager[Database]:
        """Connect to one side; no statement takes longer than `seconds`. Raises DatabaseError."""
        return connected(self.logins[side], seconds=seconds)

    def write(self, stage: str, step: str, **kept: Any) -> None:
        """Write down where it is, with what has to be known later. Raises UserError."""
        self.note = self.notes.write(self.note, stage=stage, step=step, **kept)

    def keep(self, **kept: Any) -> None:
        """Write down something that has to be known later, at the same step."""
        self.write(self.note.stage, self.note.step, **kept)

    def kept(self, key: str) -> Any:
        """Return what was written down; None when nothing was."""
        return self.note.kept.get(key)

    def say(self, sentence: str) -> None:
        """Tell the person who watches."""
        say(self.operator.console, f"  {sentence}")

    def now(self) -> float:
        """Return seconds of a clock that only goes forward."""
        return time.monotonic()

    def pause(self) -> None:
        """Wait for the next look."""
        self.operator.sleep(self.operator.poll_seconds)
