"""Why draining ends, and why one intent is left where it is."""

from __future__ import annotations


class DrainError(Exception):
    """Nothing can be drained now: which call failed, where and why. What was drained before stays so."""


class Poisoned(Exception):
    """The database refuses this one intent; the others go on."""
