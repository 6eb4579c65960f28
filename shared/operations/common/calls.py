"""Calls whose failure a person is told in a sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told(what: str, remedy: str) -> Iterator[None]:
    """Turn errors of AWS's into a UserError that says what could not be done."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise UserError(f"{what}: {error}", remedy=remedy) from error
