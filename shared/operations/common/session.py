"""What every operation begins with: what stands, reasons against it, a person's yes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from rich.text import Text

from shared.errors import Problem, Refused
from shared.operations.common.facts import SeenT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from shared.operations.common.moves import Move
    from shared.operations.common.operator import Operator


@dataclass(frozen=True, kw_only=True)
class Session(ABC, Generic[SeenT]):
    """One operation, after the first look."""

    name: str
    operator: Operator[SeenT]
    by: str
    """ARN of who carries it out."""
    before: SeenT

    @property
    @abstractmethod
    def move(self) -> Move:
        """Return what this operation would do now."""

    @property
    @abstractmethod
    def page(self) -> RenderableType:
        """Return what stands, and the move."""

    def refuse(self, problems: Sequence[Problem] = ()) -> None:
        """Raise Refused with every reason against the move, and the further problems, if there is any."""
        reasons = [Problem(what=reason) for reason in self.move.reasons]
        if reasons or problems:
            raise Refused([*reasons, *problems])

    def confirmed(self, question: str = "Go on?") -> bool:
        """Show what stands and what would be done, and ask; only `yes` confirms."""
        self.operator.console.print(self.page)
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
