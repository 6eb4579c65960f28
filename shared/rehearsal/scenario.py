"""The parts of a rehearsal, in order: each does something for real and then looks at what came of it.

Only the API endpoint differs from a real account: the stacks, Terraform, the AWS provider, the engine
and the order of things are the ones of `invoke rollout`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.commands.deployment import Choices, Deployment, all_stacks, engine
from shared.deploy import bootstrap, outputs, service_role, states
from shared.deploy.report import EXIT_FAILED, EXIT_OK, RunReport
from shared.rehearsal import inventory, leaks, prerequisites, tour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from shared.rehearsal.inventory import Inventory


class RehearsalFailedError(Exception):
    """A part of the rehearsal did not go as it has to; the message says how."""

    def __init__(self, message: str, exit_code: int = EXIT_FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(kw_only=True)
class Rehearsal:
    """One environment on an embedded AWS that this process talks to. Parts raise RehearsalFailedError."""

    deployment: Deployment
    choices: Choices
    console: Console
    findings: dict[str, Any] = field(default_factory=dict)
    """What each part saw, as JSON values."""
    secrets: Sequence[str] = ()
    before: Inventory = field(default_factory=dict)
    """What the account had before the first part that this product does."""

    @property
    def stacks(self) -> list[str]:
        """Return the addresses of all stacks."""
        return all_stacks(self.deployment.manifest)

    @property
    def regions(self) -> tuple[str, str]:
        """Return the home region and the other one."""
        environment = self.deployment.environment
        return environment.home.region, environment.away.region

    def prepare(self) -> None:
        """Make what a real account has before: secrets, images; then the state bucket."""
        environment, clients = self.deployment.environment, self.deployment.clients
        self.secrets = prerequisites.create(environment, clients).secret_values
        self.before = self._inventory()
        bootstrap.ensure(environment, clients, say=self.console.print)
        for step in service_role.ensure(environment, clients):
            self.console.print(step)

    def rollout(self) -> None:
        """Apply every stack."""
        self._done("rollout", self._engine("rollout").deploy(self.stacks))

    def plan_again(self, stacks: Sequence[str] = ()) -> None:
        """Plan every stack, or these: there must be nothing to do."""
        report = self._engine("plan").plan(list(stacks) or self.stacks)
        self._done("second plan", report)
        changed = [stack.address for stack in report.stacks if not stack.as_written]
        if changed:
            raise RehearsalFailedError(f"The second plan is not empty: {', '.join(changed)}")

    def look(self) -> None:
        """Show what stands, and write the flat outputs."""
        deployment = self.deployment
        values = outputs.read(deployment.manifest, deployment.clients, self.stacks)
        for sight in tour.sights(deployment.environment, values, deployment.clients):
            self.console.print(sight.table(), "")
        outputs.write(
            outputs.flat(deployment.manifest, deployment.clients), deployment.workspace.flat_outputs
        )

    def search(self) -> None:
        """Search the secrets' values in everything that was written."""
        deployment = self.deployment
        folders = (deployment.workspace.working, deployment.manifest.root)
        search = leaks.search(self.secrets, folders, deployment.manifest, deployment.clients)
        self.findings["leaks"] = search.found
        if search.found:
            raise RehearsalFailedError("A secret's value is in:\n" + "\n".join(search.found))
        self.console.print(f"{len(self.secrets)} secrets looked for in {search.places} places: in none.")

    def teardown(self) -> None:
        """Destroy every stack, and search once more: a destruction writes logs, too."""
        self._done("teardown", self._engine("teardown").destroy(self.stacks))
        self.search()

    def nothing_left(self) -> None:
        """Compare with what was there before, after the state bucket went, too."""
        deployment = self.deployment
        full = sorted(states.observe(deployment.manifest, deployment.clients))
        left = {"states": full} if full else {}
        if not full:
            bootstrap.remove(deployment.environment, deployment.clients)
        left |= inventory.left_behind(self.before, self._inventory())
        self.findings["left"] = left
        if left:
            raise RehearsalFailedError(f"Left behind: {json.dumps(left, indent=2)}")
        self.console.print("No resource, no state.")

    def _inventory(self) -> Inventory:
        environment = self.deployment.environment
        places = {*self.regions, environment.state.region}
        return inventory.inventory(self.deployment.clients, sorted(places))

    def _engine(self, command: str) -> Any:
        return engine(self.deployment, self.choices, command=command, console=self.console)

    def _done(self, name: str, report: RunReport) -> None:
        self.findings[name] = report.as_json()
        if report.exit_code != EXIT_OK:
            raise RehearsalFailedError(
                f"The {name} ended with exit code {report.exit_code}.", report.exit_code
            )


Part = tuple[str, "Callable[[Rehearsal], None]"]
UP: tuple[Part, ...] = (
    ("What an account has before a rollout: secrets, images, the state bucket", Rehearsal.prepare),
    ("Rollout", Rehearsal.rollout),
    ("A second plan of every stack is empty", Rehearsal.plan_again),
    ("What stands, as the AWS API says", Rehearsal.look),
    ("The secrets' values are in no state, plan, log or report", Rehearsal.search),
)
DOWN: tuple[Part, ...] = (
    ("Teardown", Rehearsal.teardown),
    ("Nothing is left", Rehearsal.nothing_left),
)
