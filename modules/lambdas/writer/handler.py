"""The function `writer`: the only one that changes anything. Every action may be done again."""

from __future__ import annotations

import os
from typing import Any

from . import configuration as configurations
from .canary import canary
from .database import observe, switch
from .errors import WriterError
from .pause import pause, resume

ACTIONS = ("observe", "switch", "pause", "resume", "canary")


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do `event["action"]` and return what came of it. Raises WriterError when it cannot be done."""
    configuration = configurations.read(os.environ["CONFIG"])
    match event.get("action"):
        case "observe":
            return observe(configuration)
        case "switch":
            return switch(configuration, str(event.get("to", "")))
        case "pause":
            return pause(configuration)
        case "resume":
            return resume(configuration)
        case "canary":
            return canary(configuration, str(event.get("region", "")), str(event.get("execution", "")))
        case other:
            raise WriterError(f"action is {other!r}, which is none of {', '.join(ACTIONS)}")
