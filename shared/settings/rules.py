"""A rule of one setting: what is allowed (for people), and the check (for the machine).

A rule stands in a field's annotation, so that the model, the messages and `docs/settings.md` cannot
say different things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler

RULE_BROKEN = "rule_broken"
"""Type of the pydantic error that a broken rule raises."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a value must be like, beyond its type."""

    allowed: str
    """What is allowed, as it ends a message: `a whole number from 1 to 15`."""
    wrong: Callable[[Any], str | None]
    """Returns what is wrong with a value, as it goes on after the value; None when it is right."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Run the check after the type's own."""
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def checked(self, value: Any) -> Any:
        """Return the value, or raise pydantic's error with the complaint and what is allowed."""
        complaint = self.wrong(value)
        if complaint is not None:
            context = {"complaint": complaint, "allowed": self.allowed}
            raise PydanticCustomError(RULE_BROKEN, "{complaint}; allowed: {allowed}", context)
        return value


def between(lowest: int, highest: int, unit: str) -> Rule:
    """Return the rule of a number from `lowest` to `highest`, both included."""

    def wrong(value: int) -> str | None:
        if value < lowest:
            return f"it is below {lowest}"
        return f"it is above {highest}" if value > highest else None

    return Rule(allowed=f"{lowest} to {highest} {unit}", wrong=wrong)


def matching(pattern: str, complaint: str, allowed: str) -> Rule:
    """Return the rule of a text that matches the pattern from end to end."""
    compiled = re.compile(pattern)
    return Rule(allowed=allowed, wrong=lambda value: None if compiled.fullmatch(value) else complaint)
