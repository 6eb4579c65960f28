"""What looks again and again."""

import pytest

from shared.rehearsal.extensions import clocks
from tests.rehearsal.waiting import until


def test_one_resources_trouble_does_not_stop_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    times: list[float] = []

    def look(now: float) -> None:
        times.append(now)
        if len(times) > 1:
            raise SystemExit
        raise ValueError("one resource's trouble")

    with pytest.raises(SystemExit):
        clocks.run(0, look)
    assert "one resource's trouble" in capsys.readouterr().err
    assert times == sorted(times)


def test_it_looks_while_others_work() -> None:
    times: list[float] = []
    clocks.start("test", 0.01, times.append)
    until(lambda: len(times) > 1)
