"""Commands that move the database to the standby and back: `failover.status`, `failover.failover`, ..."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.clients import QUICK, Clients
from shared.clients_without import ClientsWithout
from shared.commands.carrying import Context, told
from shared.commands.deployment import prepare
from shared.commands.outcome import EXIT_INTERRUPTED, show_json, terminal
from shared.errors import UserError
from shared.operations.recovery import drain as draining
from shared.operations.recovery import failback as failing_back
from shared.operations.recovery import failover as failing_over
from shared.operations.recovery import handles, moves, pin, show, watching
from shared.operations.recovery import switchover as switching_over
from shared.operations.recovery.operator import Operator, Result
from shared.operations.recovery.request import Request
from shared.operations.recovery.topology import observe
from shared.settings import systems

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest
    from shared.settings import DisasterRecovery


def switchover(context: Context, request: Request) -> int:
    """Move the writer to the standby without loss; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: switching_over.run(operator, request))


def failover(context: Context, request: Request) -> int:
    """Promote the standby, whatever became of the primary; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: failing_over.run(operator, request))


def failback(context: Context, request: Request) -> int:
    """Move the writer home without loss; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: failing_back.run(operator, request))


def drain(context: Context) -> int:
    """Bring what waits into the database; returns the exit code of what came of it."""
    return _carry_out(context, draining.run)


def pinned(context: Context, request: Request) -> int:
    """Keep the primary out of DNS; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: pin.pin(operator, request))


def unpinned(context: Context, request: Request) -> int:
    """Let the primary into DNS again; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: pin.unpin(operator, request))


def status(
    context: Context, *, watch: bool, without: str = "", sleep: Callable[[float], None] = time.sleep
) -> int:
    """Show where everything stands and what can be done now. Returns 0; 130 when watching was ended.

    `without`: the primary region, of which nothing is asked then.
    """
    if watch and context.as_json:
        raise UserError("--watch draws on the terminal and --json prints one document: leave one of them out")
    environment, manifest = _prepared(context)
    clients = _clients(environment, without)
    clients.check_account(region=environment.away.region)
    found = handles.read(environment, manifest, clients, bare=bool(without))
    console = terminal()
    if watch:
        screen = watching.Screen(console, found.place)
        try:
            with screen.open():
                while True:
                    screen.show(observe(found, clients, left_out=without))
                    sleep(context.poll_seconds)
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
    topology = observe(found, clients, left_out=without)
    plan = moves.plan(topology, found.place)
    if context.as_json:
        show_json({**topology.as_json(), "moves": [move.__dict__ for move in plan]})
    else:
        console.print(show.view(topology, plan))
    return 0


def runbook(context: Context) -> int:
    """Print the runbook, with this deployment's ids. Returns 0. Raises UserError when there is none."""
    environment, manifest = _prepared(context)
    clients = _clients(environment, "")
    clients.check_account(region=environment.away.region)
    found = handles.read(environment, manifest, clients, bare=True)
    if not found.runbook:
        raise UserError(
            f"the stack {environment.away.region}/failover has no output failover_runbook",
            remedy=f"deploy it: `invoke deploy-region {environment.away.region}{found.place}`; "
            f"`{found.command('status')}` shows what can be done now",
        )
    if context.as_json:
        show_json({"failover_runbook": found.runbook})
    else:
        # Markdown to be read, copied and piped: nothing wraps it
        print(found.runbook)  # noqa: T201
    return 0


def operator_of(context: Context) -> Operator:
    """Return who carries an operation out for these options; with `--json` progress goes to stderr."""
    environment, manifest = _prepared(context)
    return Operator(
        environment=environment,
        manifest=manifest,
        clients=_clients(environment, ""),
        console=terminal(stderr=context.as_json),
        yes=context.yes,
        follow="nothing" if context.detach else "end",
        poll_seconds=context.poll_seconds,
    )


def lost_region(environment: DisasterRecovery, without: str) -> str:
    """Return the region that is named as lost. Raises UserError for any but the primary."""
    if without != environment.home.region:
        raise UserError(
            f"--without is {without!r}, and the region that may be lost is {environment.home.region}",
            remedy=f"--without {environment.home.region}",
        )
    return without


def _clients(environment: DisasterRecovery, without: str) -> Clients:
    away = environment.away.region
    if not without:
        return Clients(environment.account_id, QUICK, default_region=away)
    region = lost_region(environment, without)
    return ClientsWithout(environment.account_id, region=region, instead=away)


def _prepared(context: Context) -> tuple[DisasterRecovery, Manifest]:
    """Return settings and stacks; nothing is asked of AWS for them."""
    deployment = prepare(context.env, context.suffix)
    return systems.recovery(deployment.environment, "failover.*"), deployment.manifest


def _carry_out(context: Context, operation: Callable[[Operator], Result]) -> int:
    operator = operator_of(context)
    return told(operation(operator), operator.console, as_json=context.as_json)
