"""A run as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from shared.deploy.page import drawing, words
from shared.deploy.page.critical import critical_path
from shared.deploy.report import EXIT_OK
from shared.reporting import figures, pages

if TYPE_CHECKING:
    from shared.deploy.page.critical import CriticalPath
    from shared.deploy.plans import Change
    from shared.deploy.report import RunReport, StackReport

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_TEMPLATE = "run.html.j2"
_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "forget": "∅", "import": "←"}
_KINDS = ("add", "change", "replace", "destroy", "forget")
#: Ends that the page explains above everything else.
_TROUBLE = ("failed", "refused", "blocked", "declined", "interrupted")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A stack, and what the page shows of it."""

    stack: StackReport
    anchor: str
    log: str
    """Its log, as a way from the page."""
    ended: str
    critical: bool

    @property
    def signed(self) -> list[tuple[str, Change]]:
        """Return its changes with their signs, by address."""
        changes = sorted(self.stack.changes, key=lambda change: change.address)
        return [(_SIGNS.get(change.kind, "?"), change) for change in changes]


def page(report: RunReport) -> str:
    """Return the page."""
    path = critical_path(report)
    shown = [_shown(report, path, stack) for stack in report.stacks]
    return (
        pages.environment(_TEMPLATES)
        .get_template(_TEMPLATE)
        .render(
            report=report,
            verdict=words.verdict(report),
            good=report.exit_code == EXIT_OK,
            began=f"{report.moment(0):%d %B %Y, %H:%M:%S %Z}".strip(),
            counts=[(kind, sum(stack.counts.get(kind, 0) for stack in report.stacks)) for kind in _KINDS],
            shown=shown,
            troubled=[one for one in shown if one.stack.status in _TROUBLE],
            deferred=[one for one in shown if one.stack.status == "deferred"],
            changed=[one for one in shown if one.stack.changes or one.stack.outputs],
            drifted=[one for one in shown if one.stack.drift],
            path=path,
            chain=[
                (one, part) for address, part in path.steps for one in shown if one.stack.address == address
            ],
            wide=_drawing(report, path, "wide", drawing.WIDE),
            narrow=_drawing(report, path, "narrow", drawing.NARROW),
        )
    )


def _drawing(report: RunReport, path: CriticalPath, key: str, width: float) -> Markup:
    # a drawing escapes its texts itself
    return Markup(drawing.draw(report, path, key=f"timeline-{key}", width=width))  # noqa: S704


def _shown(report: RunReport, path: CriticalPath, stack: StackReport) -> Shown:
    return Shown(
        stack=stack,
        anchor=figures.anchor(stack.address),
        log=os.path.relpath(stack.log, report.folder) if stack.log else "",
        ended=words.ended(stack),
        critical=stack.address in path.stacks,
    )
