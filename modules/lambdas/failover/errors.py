"""The errors by whose names the state machine knows what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

_Done = TypeVar("_Done")


class FailoverError(Exception):
    """What could not be done, where and why."""


class StillChanging(FailoverError):
    """The global database is being changed in another way: it has to end first. Ask again later."""


class AnotherRuns(Exception):
    """An execution that began earlier still runs, or the list of executions is not up to date."""


def calling(call: str, region: str, action: Callable[[], _Done]) -> _Done:
    """Return what `action` does; FailoverError with the call's name and region when AWS refuses it."""
    try:
        return action()
    except (BotoCoreError, ClientError) as error:
        raise FailoverError(f"{call} in {region}: {error}") from error
