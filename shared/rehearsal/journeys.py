"""What rehearsals of all systems have in common: chapters, a mailbox, faults, an end."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.rehearsal.chapters import Chapters
from shared.rehearsal.fault_client import Controls
from shared.rehearsal.scenario import RehearsalFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shared.operations.common.facts import Alarm
    from shared.rehearsal.inbox import Inbox
    from shared.rehearsal.scenario import Part, Rehearsal

Seen = TypeVar("Seen")

#: Where a minute of an alarm lasts three seconds.
TIME_SCALE = 0.05
#: Between two looks.
LOOK_SECONDS = 0.5
ALARM_SECONDS = 60


@dataclass(kw_only=True)
class AnyJourney(ABC, Generic[Seen]):
    """One deployed platform on its way; `open` before anything else, `close` at the end."""

    rehearsal: Rehearsal
    endpoint: str
    chapters: Chapters = field(default_factory=Chapters)
    inbox: Inbox = field(init=False)
    refusals: list[str] = field(default_factory=list)
    """What was asked for on purpose and refused."""
    _closing: ExitStack = field(default_factory=ExitStack)

    @property
    def controls(self) -> Controls:
        """Return what steers the embedded AWS."""
        return Controls(self.endpoint)

    @abstractmethod
    def open(self) -> None:
        """Let the systems report, listen to the topic, wait for the alarms."""

    @abstractmethod
    def topology(self) -> Seen:
        """Return what stands now."""

    @abstractmethod
    def counting(self) -> Iterable[Alarm]:
        """Return the alarms that have to be quiet before something is begun, as they are now."""

    def close(self) -> None:
        """Take everything back that `open` made; safe to repeat."""
        self._closing.close()

    def wait_for_alarms(self) -> None:
        """Wait until every alarm that counts is OK. Raises RehearsalFailedError when one stays."""
        end = time.monotonic() + ALARM_SECONDS
        while True:
            states = {f"{alarm.region} {alarm.name}": alarm.state for alarm in self.counting()}
            if set(states.values()) == {"OK"}:
                return
            if time.monotonic() > end:
                raise RehearsalFailedError(f"Alarms do not calm down: {states}")
            time.sleep(LOOK_SECONDS)

    def told(self) -> list[dict[str, Any]]:
        """Return everything that the machine published, in order."""
        return [note.document for note in self.inbox.notes() if "event" in note.document]

    def framed(self, *parts: Part) -> tuple[Part, ...]:
        """Return the parts between the one that opens the journey and the one that closes it."""
        return (
            ("Systems report, alarms are quiet, the zone is delegated", act(self.open)),
            *parts,
            ("Systems report no more", act(self.close)),
        )


def act(what: Callable[[], None]) -> Callable[[Rehearsal], None]:
    """Return a part that does something and needs nothing for it."""
    return lambda _: what()
