"""Faults that a rehearsal puts into what it does, each with the state that it has to end in.

`invoke rehearse --fault alarm@50`: the name, and where on the way it happens. What there is stands in the
catalogues: `migration_faults`, `recovery.faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.errors import UserError
from shared.rehearsal.journeys import act

if TYPE_CHECKING:
    from shared.rehearsal.chapters import Draft
    from shared.rehearsal.journeys import AnyJourney
    from shared.rehearsal.scenario import Part

JourneyT = TypeVar("JourneyT")
Seen = TypeVar("Seen")
EndT = TypeVar("EndT")
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Fault(Generic[JourneyT, Seen, EndT]):
    """One fault: when it happens, what it does, how the operator answers, and the end."""

    name: str
    what: str
    """A sentence for people."""
    act: Callable[[JourneyT], None]
    end: EndT
    """The state that it has to end in."""
    when: Callable[[Seen], bool] | None = None
    """Seen while the execution is watched; None is before it starts."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """What is asked for otherwise than usual."""
    then: Callable[[JourneyT], str] | None = None
    """What the operator does after the fault; returns the outcome."""


class Once(Generic[JourneyT, Seen, EndT]):
    """Makes a fault happen, once, when its moment is seen."""

    def __init__(self, journey: JourneyT, fault: Fault[JourneyT, Seen, EndT], draft: Draft) -> None:
        self._journey, self._fault, self._draft = journey, fault, draft
        self.done = False

    def begin(self) -> None:
        """Let it happen now when its moment is before anything begins."""
        if self._fault.when is None:
            self._strike()

    def see(self, seen: Seen) -> None:
        """Look whether this is the moment."""
        when = self._fault.when
        if when and not self.done and when(seen):
            self._strike()

    def happened(self) -> None:
        """Check that it did."""
        self._draft.check("the fault happened", passed=self.done, detail=self._fault.what)

    def _strike(self) -> None:
        self.done = True
        self._draft.event("fault", self._fault.what)
        self._fault.act(self._journey)


AnyFault = Fault[Any, Any, Any]


def chosen(names: Sequence[str], catalogue: Sequence[AnyFault]) -> tuple[AnyFault, ...]:
    """Return the faults of these names; `all` is every one. UserError for a name that is none."""
    known = {fault.name: fault for fault in catalogue}
    if tuple(names) == (ALL,):
        return tuple(catalogue)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(
            f"no such fault: {', '.join(unknown)}", remedy=f"there are: {', '.join(known)}, {ALL}"
        )
    return tuple(known[name] for name in names)


def parts(
    journey: AnyJourney[Any],
    faults: Sequence[AnyFault],
    *,
    suffer: Callable[[AnyFault], None],
    restore: Callable[[], None],
    settle: Callable[[], None] | None = None,
) -> tuple[Part, ...]:
    """Return the parts: for each fault what it is put into, the plan, and the way back.

    `settle` is what has to be done before every stack can be planned.
    """
    return journey.framed(*_each(journey, faults, suffer, restore, settle))


def _each(
    journey: AnyJourney[Any],
    faults: Sequence[AnyFault],
    suffer: Callable[[AnyFault], None],
    restore: Callable[[], None],
    settle: Callable[[], None] | None,
) -> Iterator[Part]:
    for fault in faults:
        yield f"Fault {fault.name}: {fault.what}", act(lambda one=fault: suffer(one))  # type: ignore[misc]
        if settle:
            yield f"Everything answers again after {fault.name}", act(settle)
        yield f"The plan of every stack is empty after {fault.name}", act(journey.rehearsal.plan_again)
        yield f"As it was before {fault.name}", act(restore)
