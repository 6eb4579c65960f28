"""Commands that carry the migration out: `migrate.start`, `migrate.status`, ..."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.commands import carrying
from shared.commands.carrying import told
from shared.commands.deployment import Choices, Deployment, options, prepare
from shared.commands.outcome import EXIT_INTERRUPTED, show_json, terminal
from shared.errors import UserError
from shared.operations.migration import abort as aborting
from shared.operations.migration import approve as approving
from shared.operations.migration import finalize as finalizing
from shared.operations.migration import handles, moves, show, watching
from shared.operations.migration import rollback as rolling_back
from shared.operations.migration import start as starting
from shared.operations.migration import switchover as switching
from shared.operations.migration.operator import Operator, Result
from shared.operations.migration.request import Request
from shared.operations.migration.topology import observe
from shared.settings import systems

if TYPE_CHECKING:
    from shared.operations.migration.request import Typed
    from shared.settings import RegionMigration


@dataclass(frozen=True, kw_only=True)
class Context(carrying.Context):
    """The options that every command of the migration has."""

    parallelism: str | None = None

    def deployment(self) -> Deployment:
        """Return the environment, synthesized, with credentials of its account."""
        deployment = prepare(self.env, self.suffix)
        deployment.check_account()
        return deployment


def start(context: Context, typed: Typed) -> int:
    """Begin the migration, or go on with it; returns the exit code of what came of it."""
    request, mistakes = typed.request()
    return _carry_out(context, lambda operator: starting.run(operator, request, mistakes))


def approve(context: Context, *, answer: str, comment: str) -> int:
    """Answer the open question; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: approving.run(operator, answer=answer, comment=comment))


def abort(context: Context, *, reason: str) -> int:
    """Stop the execution and go back; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: aborting.run(operator, Request(reason=reason)))


def rollback(context: Context, *, reason: str) -> int:
    """Go back; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: rolling_back.run(operator, Request(reason=reason)))


def switchover(context: Context, *, reason: str) -> int:
    """Move the database's writer; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: switching.run(operator, Request(reason=reason)))


def finalize(context: Context, *, confirm: str) -> int:
    """Take the source out of the global database; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: finalizing.run(operator, confirm=confirm))


def status(context: Context, *, watch: bool, sleep: Callable[[float], None] = time.sleep) -> int:
    """Show where everything stands and what can be done now. Returns 0; 130 when watching was ended."""
    if watch and context.as_json:
        raise UserError("--watch draws on the terminal and --json prints one document: leave one of them out")
    deployment = context.deployment()
    found = handles.read(_migration(deployment), deployment.manifest, deployment.clients)
    console = terminal()
    if watch:
        screen = watching.Screen(console, found.place)
        try:
            with screen.open():
                while True:
                    screen.show(observe(found, deployment.clients))
                    sleep(context.poll_seconds)
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
    topology = observe(found, deployment.clients)
    plan = moves.plan(topology, found.place)
    if context.as_json:
        show_json({**topology.as_json(), "moves": [move.__dict__ for move in plan]})
    else:
        console.print(show.view(topology, plan))
    return 0


def runbook(context: Context) -> int:
    """Print the runbook, with this deployment's ids. Returns 0."""
    deployment = context.deployment()
    found = handles.read(_migration(deployment), deployment.manifest, deployment.clients)
    if context.as_json:
        show_json({"migration_runbook": found.runbook})
    else:
        # Markdown to be read, copied and piped: nothing wraps it
        print(found.runbook)  # noqa: T201
    return 0


def operator_of(context: Context) -> Operator:
    """Return who carries an operation out for these options; with `--json` progress goes to stderr."""
    deployment = context.deployment()
    choices = Choices(parallelism=context.parallelism)
    return Operator(
        environment=_migration(deployment),
        manifest=deployment.manifest,
        clients=deployment.clients,
        workdir=deployment.workspace.root,
        console=terminal(stderr=context.as_json),
        options=options(choices, deployment),
        yes=context.yes,
        follow="nothing" if context.detach else "end",
        poll_seconds=context.poll_seconds,
    )


def _migration(deployment: Deployment) -> RegionMigration:
    return systems.migration(deployment.environment, "migrate.*")


def _carry_out(context: Context, operation: Callable[[Operator], Result]) -> int:
    operator = operator_of(context)
    return told(operation(operator), operator.console, as_json=context.as_json)
