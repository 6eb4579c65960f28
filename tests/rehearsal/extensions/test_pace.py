"""How long things take, in a process that nobody configured; `test_stepfunctions_states` sees the effect."""

from shared.rehearsal.extensions import pace


def test_who_only_looks_changes_nothing() -> None:
    assert pace.control_waits("GET", {}) == {"scale": 1.0}
    assert (pace.time_scale(), pace.wait_scale()) == (pace.TIME_SCALE, 1.0)
