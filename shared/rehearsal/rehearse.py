"""`invoke rehearse`: everything is deployed for real, looked at, and taken down, on the embedded AWS.

Only the API endpoint differs from a real account: the stacks, Terraform, the AWS provider, the engine
and the order of things are the ones of `invoke rollout`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from shared import settings
from shared.clients import Clients
from shared.commands.deployment import Choices, Deployment, all_stacks, engine
from shared.deploy import bootstrap, outputs
from shared.deploy.report import EXIT_FAILED, EXIT_OK, RunReport
from shared.deploy.synthesis import synthesize
from shared.rehearsal import embedded, inventory, leaks, prerequisites, tour
from shared.rehearsal.environment import inside
from shared.workspace import Workspace, here

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest
    from shared.rehearsal.embedded import EmbeddedAws
    from shared.settings import RegionMigration

ENVIRONMENT = "region-migration"
#: What a plan may say of a stack that is as it should be.
AS_IT_SHOULD_BE = "unchanged"


class _FailedError(Exception):
    """A part of the rehearsal did not go as it has to; the message says which and how."""

    def __init__(self, message: str, exit_code: int = EXIT_FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(kw_only=True)
class Record:
    """What happened, for the summary and for `report.json`."""

    folder: Path
    console: Console
    seconds: dict[str, float] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """Head a part of the rehearsal and take its wall time."""
        self.console.rule(f"[bold]{title}", align="left")
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[title] = round(time.monotonic() - begun, 1)

    def write(self, exit_code: int) -> Path:
        """Write `report.json` and return its path."""
        path = self.folder / "report.json"
        document = {"exit_code": exit_code, "seconds": self.seconds, **self.findings}
        path.write_text(json.dumps(document, indent=2, default=str) + "\n")
        return path


def rehearse(*, parallelism: str | None = None, keep: bool = False, env: str = ENVIRONMENT) -> int:
    """Run the rehearsal and return its exit code: 0, or 1 when anything is not as it has to be.

    With `keep` the embedded AWS and the stacks are left running. Raises UserError for what a person
    has to mend first (Terraform, Node, a plugin, an environment file).
    """
    workspace, console = here(), Console()
    folder = workspace.working / "rehearsals" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    folder.mkdir(parents=True)
    record = Record(folder=folder, console=console)
    environment = settings.load(env)
    choices = Choices(parallelism=parallelism, yes=True, region_concurrency="parallel")
    with ExitStack() as at_the_end:
        try:
            with record.part("Embedded AWS and synthesis"):
                server, manifest = _start(environment, env, workspace, folder, keep=keep)
                if not keep:
                    at_the_end.callback(server.stop)
                at_the_end.enter_context(inside(server.endpoint))
                deployment = Deployment(
                    environment=environment,
                    manifest=manifest,
                    clients=Clients(environment.account_id),
                    workspace=workspace,
                )
                console.print(f"{len(manifest.stacks)} stacks; AWS is {server.endpoint}")
            _run(deployment, choices, record, keep=keep)
            code = EXIT_OK
        except _FailedError as failure:
            console.print(f"[bold red]{failure}")
            code = failure.exit_code
    _summarize(record, code, server if keep else None)
    return code


def _start(
    environment: RegionMigration, env: str, workspace: Workspace, folder: Path, *, keep: bool
) -> tuple[EmbeddedAws, Manifest]:
    """Start the server while the stacks are synthesized: each takes seconds."""
    with ThreadPoolExecutor() as pool:
        synthesis = pool.submit(synthesize, env, None, workspace)
        # one that is kept lies where `invoke embedded.stop` looks for it
        server = embedded.start(
            account_id=environment.account_id,
            keep_log_in=workspace.working if keep else folder,
            outlive=keep,
        )
        try:
            return server, synthesis.result()
        except BaseException:
            server.stop()
            raise


def _run(deployment: Deployment, choices: Choices, record: Record, *, keep: bool) -> None:
    environment, clients, console = deployment.environment, deployment.clients, record.console
    with record.part("What an account holds before: secrets, images, parameters; the state bucket"):
        prerequisites.create(environment)
        bootstrap.ensure(environment, clients)
        before = inventory.take(environment)
    stacks = all_stacks(deployment.manifest)
    with record.part("Rollout"):
        rollout = engine(deployment, choices, command="rollout", console=console).deploy(stacks)
        _expect_done(rollout, "rollout", record)
    with record.part("A second plan of every stack is empty"):
        plan = engine(deployment, choices, command="plan", console=console).plan(stacks)
        _expect_done(plan, "second plan", record)
        changed = [stack.address for stack in plan.stacks if stack.status != AS_IT_SHOULD_BE]
        if changed:
            raise _FailedError(f"The second plan is not empty: {', '.join(changed)}")
    with record.part("What stands, as the AWS API says"):
        values = outputs.read(deployment.manifest, clients, stacks)
        for sight in tour.sights(environment, values, clients):
            console.print(sight.table(), "")
        outputs.write(outputs.flat(deployment.manifest, clients), deployment.workspace.flat_outputs)
    with record.part("The secrets' values are in no state, plan, log or report"):
        _search(deployment, record)
    if keep:
        return
    with record.part("Teardown"):
        teardown = engine(deployment, choices, command="teardown", console=console).destroy(stacks)
        _expect_done(teardown, "teardown", record)
        _search(deployment, record)
    with record.part("Nothing is left"):
        left = inventory.compare(before, inventory.take(environment))
        record.findings["left"] = left
        if left:
            raise _FailedError("Left behind:\n" + "\n".join(left))
        console.print("No resource, no state.")


def _expect_done(report: RunReport, name: str, record: Record) -> None:
    record.findings[name] = report.as_json()
    if report.exit_code != EXIT_OK:
        raise _FailedError(f"The {name} ended with exit code {report.exit_code}.", report.exit_code)


def _search(deployment: Deployment, record: Record) -> None:
    database, service = deployment.environment.database, deployment.environment.service
    secrets = leaks.secrets_of(
        (database.master_secret_name, service.credentials_secret_name),
        deployment.clients,
        deployment.environment.source.region,
    )
    folders = (deployment.workspace.working, deployment.manifest.root)
    search = leaks.search(secrets, folders, deployment.manifest, deployment.clients)
    record.findings["leaks"] = search.found
    if search.found:
        raise _FailedError("A secret's value is in:\n" + "\n".join(search.found))
    record.console.print(f"{len(secrets)} secrets looked for in {search.places} places: in none.")


def _summarize(record: Record, code: int, kept: EmbeddedAws | None) -> None:
    console = record.console
    console.rule("[bold]Summary", align="left")
    for title, seconds in record.seconds.items():
        console.print(f"{seconds:7.1f} s  {title}", highlight=False)
    console.print(f"{sum(record.seconds.values()):7.1f} s  in all", highlight=False)
    console.print(f"\nReport: {record.write(code)}", soft_wrap=True)
    if kept:
        console.print(f"Still running: {kept.endpoint}. Point this shell at it:")
        console.print('    eval "$(invoke embedded.env)"', highlight=False)
        console.print("then `invoke status`, `aws ...` or `terraform plan`; `invoke embedded.stop` ends it.")
    console.print("[bold green]Rehearsed." if code == EXIT_OK else f"[bold red]Failed (exit code {code}).")
