"""`invoke check --policy`: the synthesized Terraform against our rules and checkov's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shared import settings
from shared.commands.outcome import near, show_json, terminal
from shared.deploy.saying import say
from shared.deploy.synthesis import synthesize
from shared.errors import EXIT_USER_ERROR, Problem, UserError
from shared.policy import exceptions, model, report, scanner
from shared.workspace import here

if TYPE_CHECKING:
    from rich.console import Console

    from shared.policy.finding import Finding
    from shared.policy.model import Platform
    from shared.policy.report import Report
    from shared.policy.scanner import Source

_HEADINGS = ("passed", "wrong", "excepted")


def check(env: str, suffix: str | None, *, plan: str, as_json: bool) -> int:
    """Show what was looked at and what is wrong, in one environment or in all of `environments/`.

    Returns 0, or 2 when something is wrong. Raises UserError, after our own checks, when there is no checkov.
    """
    if plan and not env:
        raise UserError("Whose plans?", remedy="invoke check --policy --env NAME --plan DIR")
    entries = exceptions.load()
    platforms = [_platform(name, suffix) for name in ([env] if env else settings.names())]
    program = scanner.executable(here().root)
    scan = None if program is None else scanner.scan(_sources(platforms, plan), program)
    found = report.examine(platforms, entries, scan, whole=not plan)
    if as_json:
        show_json(found.as_json())
    else:
        _show(terminal(), found, platforms)
    if scan is None:
        what = "it is not installed in .venv-policy, so its checks were not run"
        raise UserError(Problem(where="checkov", what=what, remedy="make policy"))
    return EXIT_USER_ERROR if found.findings else 0


def _platform(name: str, suffix: str | None) -> Platform:
    environment = settings.load(name, suffix=suffix)
    return model.read(synthesize(name, suffix, here()).root, environment.protection)


def _sources(platforms: list[Platform], plan: str) -> list[Source]:
    if not plan:
        return scanner.synthesized(platforms)
    from shared.deploy.opening import find_program
    from shared.policy import planned

    console = terminal(stderr=True)
    program = find_program(here().root, lambda note: say(console, note))
    return planned.sources(Path(plan), platforms[0], program)


def _show(console: Console, found: Report, platforms: list[Platform]) -> None:
    drawn = _table("check", "what must hold", "looked at", "wrong", "excepted")
    for row in found.rows:
        drawn.add_row(row.check, row.title, str(row.looked_at), _wrong(row.wrong), str(row.excepted))
    console.print(drawn)
    console.print()
    console.print(_tallies(found))
    names = ", ".join(platform.environment for platform in platforms)
    counts = f"{len(found.findings)} findings, {len(found.excused)} excepted (docs/policy.md)."
    say(console, f"\n{names}: {counts}")
    for finding in found.findings:
        _tell(console, finding)


def _tallies(found: Report) -> Table:
    """Return the table of the environments: our checks, and checkov's if they were run."""
    theirs = "" if found.scan is None else f"checkov {found.scan.version}"
    ours = [f"own: {each}" for each in _HEADINGS]
    drawn = _table("environment", *ours, *([f"{theirs}: {each}" for each in _HEADINGS] if theirs else []))
    for each in found.tallies:
        cells: list[str | Text] = [
            each.environment,
            str(each.own_passed),
            _wrong(each.own_wrong),
            str(each.own_excepted),
        ]
        if theirs:
            cells += [str(each.checkov_passed), _wrong(each.checkov_wrong), str(each.checkov_excepted)]
        drawn.add_row(*cells)
    return drawn


def _table(name: str, *others: str) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column(name, no_wrap=True)
    for heading in others:
        words = heading == "what must hold"
        drawn.add_column(heading, justify="left" if words else "right", overflow="fold", no_wrap=not words)
    return drawn


def _wrong(count: int) -> Text:
    return Text(str(count), style="bold red" if count else "")


def _tell(console: Console, finding: Finding) -> None:
    line = Text(f"\n{finding.check} ", style="bold red")
    line.append(f"{finding.environment} {finding.place}: ".lstrip(), style="cyan")
    line.append(finding.wrong, style="default")
    say(console, line)
    say(console, f"    {near(finding.file)}", style="dim")
    say(console, f"    {finding.remedy}", style="dim")
