"""The whole system, deployed once for all tests here: on an embedded AWS, by the real Terraform."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from rich.console import Console

from shared import settings
from shared.clients import Clients
from shared.commands.deployment import Choices, Deployment
from shared.deploy import outputs
from shared.deploy.synthesis import synthesize
from shared.rehearsal import embedded, scenario
from shared.rehearsal.environment import inside
from shared.rehearsal.journeys import TIME_SCALE
from shared.rehearsal.rehearse import PARALLELISM
from shared.rehearsal.scenario import Rehearsal
from shared.settings import RegionMigration
from tests.workspaces import linked

ENVIRONMENT = "region-migration"


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
    def environment(self) -> RegionMigration:
        return self.rehearsal.deployment.environment

    @property
    def regions(self) -> tuple[str, str]:
        return self.environment.source.region, self.environment.target.region

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a boto3 client, of the target region unless another is named."""
        return self.rehearsal.deployment.clients.client(service, region or self.environment.target.region)


# The package's, not the session's: this process talks to the embedded AWS as long as it stands.
@pytest.fixture(scope="package")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    # a suffix that no file names, so that a name without the suffix cannot look right by accident
    suffix = f"t{secrets.token_hex(3)}"
    workspace = linked(tmp_path_factory.mktemp("system"))
    environment = settings.load(ENVIRONMENT, suffix=suffix)
    manifest = synthesize(ENVIRONMENT, suffix, workspace)
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
                choices=Choices(parallelism=PARALLELISM, yes=True, region_concurrency="parallel"),
                console=console,
            )
            for _, part in scenario.UP:
                part(rehearsal)
            yield Deployed(
                rehearsal=rehearsal,
                flat=json.loads(workspace.flat_outputs.read_text()),
                endpoint=server.endpoint,
                outputs=outputs.read(manifest, deployment.clients, rehearsal.stacks),
                shown=console.file.getvalue(),  # type: ignore[attr-defined]
            )
    finally:
        server.stop()
