"""A whole system as tests look at it: deployed by the parts of a rehearsal."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from shared import settings
from shared.clients import Clients
from shared.commands.deployment import Choices, Deployment
from shared.deploy import outputs
from shared.deploy.synthesis import synthesize
from shared.rehearsal import embedded, scenario, urls
from shared.rehearsal.environment import inside
from shared.rehearsal.journeys import TIME_SCALE
from shared.rehearsal.rehearse import PARALLELISM
from shared.rehearsal.scenario import Rehearsal, RehearsalFailedError
from tests.servers import unmeasured
from tests.workspaces import linked

#: How much of what a rehearsal that failed had shown is shown again, in characters: its end has the errors.
_SHOWN = 8_000


@dataclass(kw_only=True)
class Deployed:
    """What the tests look at."""

    rehearsal: Rehearsal
    flat: dict[str, Any]
    """`cfn-outputs/flat-outputs.json`, as another program reads it."""
    outputs: dict[str, dict[str, Any]]
    """Address of a stack -> its outputs."""
    endpoint: str
    """Of the embedded AWS."""
    shown: str
    """What the rehearsal showed on the way."""

    @property
    def environment(self) -> Any:
        """The settings of the system."""
        return self.rehearsal.deployment.environment

    @property
    def regions(self) -> tuple[str, str]:
        """The home region and the other one: source and target, primary and standby."""
        return self.rehearsal.regions

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a boto3 client, of the other region unless one is named."""
        return self.rehearsal.deployment.clients.client(service, region or self.regions[1])

    def fetch(self, host: str) -> urls.Fetched:
        """Ask a function URL, as a health checker does."""
        return urls.fetch(self.endpoint, f"https://{host}/")


@contextmanager
def standing(name: str, folder: Path, *, parallelism: str = PARALLELISM) -> Iterator[Deployed]:
    """Deploy an environment on an embedded AWS of its own, which ends with the context."""
    # a suffix that no file names, so that a name without the suffix cannot look right by accident
    suffix = f"t{secrets.token_hex(3)}"
    workspace = linked(folder)
    environment = settings.load(name, suffix=suffix)
    manifest = synthesize(name, suffix, workspace)
    with unmeasured():
        server = embedded.start(
            account_id=environment.account_id, keep_log_in=workspace.working, time_scale=TIME_SCALE
        )
    console = Console(file=io.StringIO(), width=160)
    try:
        with inside(server.endpoint):
            deployment = Deployment(
                environment=environment,
                manifest=manifest,
                clients=Clients(environment.account_id),
                workspace=workspace,
            )
            rehearsal = Rehearsal(
                deployment=deployment,
                choices=Choices(parallelism=parallelism, yes=True, region_concurrency="parallel"),
                console=console,
            )
            try:
                for _, part in scenario.UP:
                    part(rehearsal)
            except RehearsalFailedError as failure:
                # pytest shows it beside the failure: the folder with the logs does not outlive the tests
                failure.add_note(console.file.getvalue()[-_SHOWN:])  # type: ignore[attr-defined]
                raise
            yield Deployed(
                rehearsal=rehearsal,
                flat=json.loads(workspace.flat_outputs.read_text()),
                endpoint=server.endpoint,
                outputs=outputs.read(manifest, deployment.clients, rehearsal.stacks),
                shown=console.file.getvalue(),  # type: ignore[attr-defined]
            )
    finally:
        server.stop()
