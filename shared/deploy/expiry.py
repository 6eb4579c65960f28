"""Credentials that would end in the middle of a run are refused before it begins.

A run that outlives its session cannot write its state (gruntwork-io/terragrunt#3817).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.deploy.journal import folders
from shared.deploy.report import FILE_NAME
from shared.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: For a command of which no whole run is known here: Aurora clusters and their instances in two
#: regions, one after the other, take about half an hour.
UNKNOWN = timedelta(minutes=45)
#: Room for a slower day.
_MARGIN = 1.5
_READING = ("plan", "drift")
_CHANGED = frozenset({"applied", "destroyed"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the time of a run depends on: runs elsewhere say nothing about it."""

    command: str
    environment: str
    suffix: str
    endpoint: str
    """`AWS_ENDPOINT_URL`, empty for AWS itself."""


def expected(workdir: Path, place: Place) -> timedelta:
    """Return how long the command took at most in the runs that are recorded here, with a margin.

    Runs that changed nothing say nothing, and less than `UNKNOWN` only runs that went over every
    stack. A plan or a look for drift changes nothing ever: every run that succeeded counts as whole.
    """
    partly: list[float] = []
    whole: list[float] = []
    for folder in folders(workdir):
        report = _report(folder)
        if report.get("exit_code") != 0 or any(report.get(k) != v for k, v in asdict(place).items()):
            continue
        ends = {stack["status"] for stack in report["stacks"]}
        planned = place.command.startswith(_READING)
        if planned or ends & _CHANGED:
            (whole if planned or ends <= _CHANGED else partly).append(float(report["seconds"]))
    known = [seconds * _MARGIN for seconds in (*partly, *whole)]
    return timedelta(seconds=max(known if whole else [UNKNOWN.total_seconds(), *known]))


def _report(folder: Path) -> dict[str, Any]:
    try:
        document: Any = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # a run that was killed, or a file that is damaged: it says nothing
        return {}
    return document if isinstance(document, dict) else {}


def check(
    expire: datetime,
    needed: timedelta,
    *,
    renewing: bool,
    say: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Raise Refused when the credentials end before the command is expected to.

    `renewing`: they renew themselves as long as what they come from lasts; that is only said.
    """
    left = expire - now()
    if left >= needed:
        return
    what = f"the credentials end in {_minutes(left)} minutes and this command may take {_minutes(needed)}"
    if not renewing:
        raise Refused(what, remedy="renew the session (for example `aws sso login`) and run it again")
    say(f"{what}; they should renew themselves meanwhile")


def _minutes(span: timedelta) -> int:
    return max(0, round(span.total_seconds() / 60))
