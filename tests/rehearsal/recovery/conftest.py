"""A platform for each test, and looks that follow each other at once."""

from __future__ import annotations

import pytest

from shared.rehearsal.recovery import ends, measures
from tests.rehearsal.recovery.platform import Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be waited for."""
    for module in (ends, measures):
        monkeypatch.setattr(module, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(measures, "_HELD_SECONDS", 0.0)
    monkeypatch.setattr(measures, "_STAYS_SECONDS", 0.05)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second is as good as four minutes."""
    monkeypatch.setattr(ends, "PATIENCE_SECONDS", 0.1)
