"""`invoke rehearse`: starts an embedded AWS, goes through the scenario's parts, and sums up."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared import settings
from shared.clients import Clients
from shared.commands.deployment import Choices, Deployment
from shared.commands.outcome import terminal
from shared.deploy.report import EXIT_FAILED, EXIT_OK
from shared.deploy.synthesis import synthesize
from shared.errors import UserError
from shared.rehearsal import embedded, report, scenario, stories, summary
from shared.rehearsal import faults as faulty
from shared.rehearsal.environment import inside
from shared.rehearsal.journeys import TIME_SCALE, AnyJourney
from shared.rehearsal.scenario import Rehearsal, RehearsalFailedError
from shared.workspace import Workspace, here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from shared.deploy.manifest import Manifest
    from shared.rehearsal.embedded import EmbeddedAws
    from shared.settings import Platform

ENVIRONMENT = "region-migration"
#: The provider sleeps through most of an apply (a minute for each load balancer), so more stacks than
#: cores may run; each takes about 550 MB.
PARALLELISM = "4"


@dataclass(kw_only=True)
class Record:
    """What happened, for the summary and for `report.json`."""

    folder: Path
    console: Console
    began_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    seconds: dict[str, float] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """Head a part of the rehearsal and take its wall time."""
        self.console.print()
        self.console.rule(f"[bold]{title}", align="left")
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[title] = round(time.monotonic() - begun, 1)

    def write(self, exit_code: int) -> Path:
        """Write `findings.json` and return its path."""
        path = self.folder / "findings.json"
        document = {"exit_code": exit_code, "seconds": self.seconds, **self.findings}
        path.write_text(json.dumps(document, indent=2, default=str) + "\n")
        return path


def rehearse(
    *,
    parallelism: str | None = None,
    keep: bool = False,
    deploy_only: bool = False,
    faults: tuple[str, ...] = (),
    env: str = ENVIRONMENT,
    system: str = "",
) -> int:
    """Go through the whole rehearsal; returns 0, or the exit code of the part that failed.

    With `faults` (names of the system's catalogue, or `all`) each of them is put into a move of its own;
    with `deploy_only` nothing moves between rollout and teardown. `system` stands for its documented
    environment.

    With `keep` the embedded AWS and the stacks are left running, if all went well; whatever else
    happens, Ctrl-C included, the embedded AWS is stopped. Raises UserError for what a person has to
    mend first (Terraform, Node, a plugin, an environment file).
    """
    if faults and (keep or deploy_only):
        raise UserError("with --fault the platform moves", remedy="leave --keep and --deploy-only out")
    workspace, console = here(), terminal()
    environment = settings.load(stories.environment_of(system) if system else env)
    story = stories.of(environment)
    suffered = faulty.chosen(faults, story.faults)
    folder = workspace.working / "rehearsals" / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    folder.mkdir(parents=True)
    record = Record(folder=folder, console=console)
    with ExitStack() as at_the_end:
        with record.part("Embedded AWS and synthesis"):
            server, manifest = start(environment, workspace, folder, keep=keep)
            at_the_end.callback(server.stop)
            at_the_end.enter_context(inside(server.endpoint))
            console.print(f"{len(manifest.stacks)} stacks; AWS is {server.endpoint}", highlight=False)
        rehearsal = Rehearsal(
            deployment=Deployment(
                environment=environment,
                manifest=manifest,
                clients=Clients(environment.account_id),
                workspace=workspace,
            ),
            choices=Choices(parallelism=parallelism or PARALLELISM, yes=True, region_concurrency="parallel"),
            console=console,
            findings=record.findings,
        )
        journey = story.journey(rehearsal, server.endpoint)
        at_the_end.callback(journey.close)
        moving = story.suffering(journey, suffered) if suffered else story.parts(journey)
        moving = () if deploy_only else moving
        parts = scenario.UP if keep else (*scenario.UP, *moving, *scenario.DOWN)
        code = _go(parts, journey, record)
        if keep and code == EXIT_OK:
            at_the_end.pop_all()
            _tell_where(server, console)
    return code


def start(
    environment: Platform, workspace: Workspace, folder: Path, *, keep: bool
) -> tuple[EmbeddedAws, Manifest]:
    """Start the server while the stacks are synthesized: each takes seconds.

    One that is kept lies where `invoke embedded.stop` looks for it.
    """
    with ThreadPoolExecutor() as pool:
        synthesis = pool.submit(synthesize, environment.name, None, workspace)
        server = embedded.start(
            account_id=environment.account_id,
            keep_log_in=workspace.working if keep else folder,
            outlive=keep,
            time_scale=TIME_SCALE,
        )
        try:
            return server, synthesis.result()
        except BaseException:
            server.stop()
            raise


def _go(parts: tuple[scenario.Part, ...], journey: AnyJourney[Any], record: Record) -> int:
    code, failed = EXIT_OK, ""
    try:
        for title, part in parts:
            with record.part(title):
                part(journey.rehearsal)
    except (RehearsalFailedError, UserError) as failure:
        failed = str(failure)
        record.console.print(f"[bold red]{failed}")
        code = failure.exit_code if isinstance(failure, RehearsalFailedError) else EXIT_FAILED
    record.write(code)
    found = summary.report(
        journey.rehearsal.deployment.environment,
        journey.chapters,
        seconds=record.seconds,
        findings=record.findings,
        failure=failed,
        began_at=record.began_at,
        refusals=journey.refusals,
    )
    _summarize(record, code, report.write(found, record.folder))
    return code


def _summarize(record: Record, code: int, written: tuple[Path, ...]) -> None:
    console = record.console
    console.print()
    console.rule("[bold]Summary", align="left")
    for title, seconds in record.seconds.items():
        console.print(f"{seconds:7.1f} s  {title}", highlight=False)
    console.print(f"{sum(record.seconds.values()):7.1f} s  in all", highlight=False)
    console.print()
    for path in written:
        console.print(f"Report: {path}", soft_wrap=True, highlight=False)
    console.print("[bold green]Rehearsed." if code == EXIT_OK else f"[bold red]Failed (exit code {code}).")


def _tell_where(server: EmbeddedAws, console: Console) -> None:
    console.print(f"\nStill running: {server.endpoint}. Point this shell at it:", highlight=False)
    console.print('    eval "$(invoke embedded.env)"', highlight=False)
    console.print("Then `invoke status`, `aws` or `terraform plan`; `invoke embedded.stop` ends it.")
