"""What ends a step."""

from __future__ import annotations


class StepFailedError(Exception):
    """A step did not come to its end; what was begun is taken back, as long as the name was not moved."""
