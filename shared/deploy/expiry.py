"""Credentials that would end in the middle of a run are refused before it begins.

A run that outlives its session cannot write its state (gruntwork-io/terragrunt#3817).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.deploy.journal import folders
from shared.deploy.report import FILE_NAME
from shared.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: For a command that never ran here: Aurora clusters and their instances in two regions, one after
#: the other, take about half an hour.
UNKNOWN = timedelta(minutes=45)
#: Room for a slower day.
_MARGIN = 1.5


def expected(workdir: Path, command: str) -> timedelta:
    """Return how long the command took at most in the runs that are recorded here, with a margin."""
    seconds = []
    for folder in folders(workdir):
        path = folder / FILE_NAME
        if path.is_file():
            report = json.loads(path.read_text(encoding="utf-8"))
            if report["command"] == command and report["exit_code"] == 0:
                seconds.append(float(report["seconds"]))
    return timedelta(seconds=max(seconds) * _MARGIN) if seconds else UNKNOWN


def check(
    expire: datetime | None,
    workdir: Path,
    command: str,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Raise Refused when the credentials end before the command is expected to."""
    if expire is None:
        return
    left, needed = expire - now(), expected(workdir, command)
    if left < needed:
        raise Refused(
            f"the credentials end in {_minutes(left)} minutes and this command may take {_minutes(needed)}",
            remedy="renew the session (for example `aws sso login`) and run it again",
        )


def _minutes(span: timedelta) -> int:
    return max(0, round(span.total_seconds() / 60))
