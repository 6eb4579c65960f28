"""Why an intent is not accepted."""

from __future__ import annotations


class IntentRefused(ValueError):
    """The intent cannot be stored as it is; says what is wrong and what is allowed."""


class IntentConflict(Exception):
    """Another payment was accepted under this idempotency key: the client's mistake, HTTP 409 or 422."""
