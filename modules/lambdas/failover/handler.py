"""The function `failover`: the state machine's hands and eyes. Every action may be done again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from . import configuration as configurations
from .canary import canary
from .configuration import Configuration
from .errors import FailoverError
from .fencing import fencing
from .look import look
from .moves import promote, switch
from .pin import pin, unpin
from .topology import read


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do `event["action"]` and return what came of it.

    `look` for an action (`about`, or a whole `input`), `observe` (`only`: `away`; `since` when events of a
    failover count), `pin`, `unpin`, `promote`, `switch` (`to` a region), `canary` (in a `region`).
    Raises FailoverError when it cannot be done.
    """
    configuration = configurations.read(os.environ["CONFIG"])

    def said(key: str) -> str:
        return str(event.get(key) or "")

    actions: Mapping[str, Callable[[], dict[str, Any]]] = {
        "look": lambda: look(configuration, event),
        "observe": lambda: _observe(configuration, said("only"), said("since")),
        "pin": lambda: pin(configuration, said("execution")),
        "unpin": lambda: unpin(configuration),
        "promote": lambda: promote(configuration),
        "switch": lambda: switch(configuration, said("to")),
        "canary": lambda: canary(configuration, said("region"), said("execution")),
    }
    action = actions.get(said("action"))
    if action is None:
        raise FailoverError(f"action is {event.get('action')!r}, which is none of {', '.join(actions)}")
    return action()


def _observe(configuration: Configuration, only: str, since: str) -> dict[str, Any]:
    if only not in ("", "away"):
        raise FailoverError(f"only is {only!r}: `away` alone can be looked at, or both regions")
    place = configuration.away if only else ""
    return {**read(configuration, only=place).shown(), "fencing": fencing(configuration, since)}
