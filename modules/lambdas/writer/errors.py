"""The error by whose name the state machine knows that something could not be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

_Done = TypeVar("_Done")


class WriterError(Exception):
    """What could not be done, where and why; what was done besides, where it is more than one thing."""


def calling(call: str, region: str, action: Callable[[], _Done]) -> _Done:
    """Return what `action` does; WriterError with the call's name and region when AWS refuses it."""
    try:
        return action()
    except (BotoCoreError, ClientError) as error:
        raise WriterError(f"{call} in {region}: {error}") from error
