"""From data points to a state: the tables of the CloudWatch user guide, row by row."""

import pytest

from shared.rehearsal.extensions.alarm_states import ALARM, INSUFFICIENT_DATA, OK, Rule, state_of

RETAINED = None
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

#: data points as the guide writes them, the newest last -> states for the four treatments
THREE_OF_THREE = {
    "0 - X - X": (OK, OK, OK, OK),
    "- - - - 0": (OK, OK, OK, OK),
    "- - - - -": (INSUFFICIENT_DATA, RETAINED, ALARM, OK),
    "0 X X - X": (ALARM, ALARM, ALARM, ALARM),
    "- - X - -": (ALARM, RETAINED, ALARM, OK),
}
TWO_OF_THREE = {
    "0 - X - X": (ALARM, ALARM, ALARM, ALARM),
    "0 0 X 0 X": (ALARM, ALARM, ALARM, ALARM),
    "0 - X - -": (OK, OK, ALARM, OK),
    "- - - - 0": (OK, OK, ALARM, OK),
    "- - - X -": (ALARM, RETAINED, ALARM, OK),
}
ROWS = [
    (needed, points, treatment, state)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in table.items()
    for treatment, state in zip(TREATMENTS, states, strict=True)
]


def judge(points: str, needed: int, missing: str) -> str | None:
    seen = [{"0": False, "X": True, "-": None}[point] for point in reversed(points.split())]
    return state_of(seen, Rule(evaluation_periods=3, datapoints_to_alarm=needed, missing=missing))


@pytest.mark.parametrize(("needed", "points", "missing", "state"), ROWS)
def test_a_row_of_the_guide(needed: int, points: str, missing: str, state: str | None) -> None:
    assert judge(points, needed, missing) == state


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_a_first_breach_is_no_alarm_yet(points: str) -> None:
    assert judge(points, 3, "missing") == OK
