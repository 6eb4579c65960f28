"""Which state a metric alarm is in, from its data points. Used by `alarm_evaluation`.

AWS: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data": the tables of "How
alarm state is evaluated when data is missing" and "Avoiding premature transitions to alarm state",
whose rows the tests are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

#: More data points are looked at than are evaluated (the guide's examples: 5 for an alarm of 3).
FURTHER_POINTS = 2

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

#: The operators as AWS's reasons have them.
WORDS: Mapping[str, str] = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How many of how many, and what a missing data point is."""

    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str
    """`missing`, `ignore`, `breaching` or `notBreaching`."""


def state_of(points: Sequence[bool | None], rule: Rule) -> str | None:
    """Return the state; None to stay in the present one.

    `points`: whether each data point of the evaluation range breaches, the newest first; None is missing.
    """
    periods, needed = rule.evaluation_periods, rule.datapoints_to_alarm
    known = [point for point in points if point is not None][:periods]
    breaching = known.count(True)
    if rule.missing == "breaching":
        breaching += periods - len(known)
    if breaching >= needed:
        return ALARM
    if rule.missing in ("breaching", "notBreaching"):
        return OK
    retained = None if rule.missing == "ignore" else INSUFFICIENT_DATA
    if not known:
        return retained
    oldest = max(index for index, point in enumerate(points) if point is not None) + 1
    if all(known) and oldest >= needed:
        return None if rule.missing == "ignore" else ALARM
    return OK
