"""What the rehearsal takes for the right order of a rollback."""

from __future__ import annotations

import pytest

from shared.rehearsal.migration import BEGINNING, MOVED, writer_first
from shared.rehearsal.report.model import Sample

HOME, AWAY = "us-east-1", "eu-west-1"


def sample(writer: str, weights: dict[str, int] | None) -> Sample:
    return Sample(seconds=0, weights=weights, writer=writer, lag_ms=None, alarms={}, state="", paused=())


BEFORE, BETWEEN, AFTER = sample(AWAY, MOVED), sample(HOME, MOVED), sample(HOME, BEGINNING)


@pytest.mark.parametrize(
    "samples", [[BEFORE, BETWEEN, AFTER], [BEFORE, AFTER], [sample(AWAY, None), BEFORE, AFTER]]
)
def test_the_weights_stay_until_the_writer_is_home(samples):
    assert writer_first(samples, HOME) == (True, "1 looks while it was away: source 0 and target 100")


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [BETWEEN, AFTER],  # nobody looked before
        [BEFORE, BEFORE],  # it never came
        [BEFORE, sample(AWAY, BEGINNING), AFTER],
        [BEFORE, sample("", {"source": 50, "target": 50}), AFTER],
    ],
)
def test_anything_else_is_no_proof_of_it(samples):
    assert not writer_first(samples, HOME)[0]
