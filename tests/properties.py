"""Property tests that a loaded machine cannot fail: without a deadline per example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable


def given(*strategies: Any, **named: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with examples, as `hypothesis.given` does, however long one takes."""
    patient = hypothesis.settings(
        deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
    )
    return lambda test: patient(hypothesis.given(*strategies, **named)(test))
