"""Commands that cut a database over: `cutover.assess`, `cutover.start`, `cutover.rollback`, ..."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.clients import Clients
from shared.commands.carrying import Context, told
from shared.commands.deployment import prepare
from shared.commands.outcome import EXIT_INTERRUPTED, show_json, terminal
from shared.errors import UserError
from shared.operations.common.watching import Screen
from shared.operations.cutover import assess as assessing
from shared.operations.cutover import finish as finishing
from shared.operations.cutover import handles, logins, moves, show
from shared.operations.cutover import replicate as replicating
from shared.operations.cutover import rollback as rolling_back
from shared.operations.cutover import start as starting
from shared.operations.cutover.operator import Operator, Result
from shared.operations.cutover.position import observe
from shared.operations.cutover.request import Request
from shared.settings import systems

if TYPE_CHECKING:
    from shared.deploy.manifest import Manifest
    from shared.settings import DatabaseMigration


def assess(context: Context) -> int:
    """Show what speaks for and against a cutover now. Returns 1 when something blocks."""
    operator = operator_of(context)
    assessment = assessing.run(operator)
    if context.as_json:
        show_json(assessment.as_json())
    else:
        operator.console.print(show.findings(assessment.findings))
    return assessment.exit_code


def replicate(context: Context, *, again: bool) -> int:
    """Load Aurora and wait until all is valid; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: replicating.run(operator, again=again))


def start(context: Context, request: Request) -> int:
    """Cut over, or go on with it; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: starting.run(operator, request))


def rollback(context: Context, request: Request) -> int:
    """Take the cutover back; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: rolling_back.run(operator, request))


def finish(context: Context, request: Request, *, no_way_back: bool) -> int:
    """Stop the reverse task for good; returns the exit code of what came of it."""
    return _carry_out(context, lambda operator: finishing.run(operator, request, no_way_back=no_way_back))


def status(context: Context, *, watch: bool, sleep: Callable[[float], None] = time.sleep) -> int:
    """Show where everything stands and what can be done now. Returns 0; 130 when watching was ended."""
    if watch and context.as_json:
        raise UserError("--watch draws on the terminal and --json prints one document: leave one of them out")
    environment, manifest = _prepared(context)
    clients = _clients(environment)
    clients.check_account(region=environment.landing.region)
    found = handles.read(environment, manifest, clients)
    known = logins.read(environment, clients)
    console = terminal()
    if watch:
        screen = Screen(
            console,
            page=lambda seen: show.view(seen, moves.plan(seen, found.place)),
            line=show.headline,
        )
        try:
            with screen.open():
                while True:
                    screen.show(observe(found, known, clients))
                    sleep(context.poll_seconds)
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
    position = observe(found, known, clients)
    plan = moves.plan(position, found.place)
    if context.as_json:
        show_json({**position.as_json(), "moves": [move.__dict__ for move in plan]})
    else:
        console.print(show.view(position, plan))
    return 0


def runbook(context: Context) -> int:
    """Print the runbook, with this deployment's ids. Returns 0. Raises UserError when there is none."""
    environment, manifest = _prepared(context)
    clients = _clients(environment)
    clients.check_account(region=environment.landing.region)
    found = handles.read(environment, manifest, clients)
    if not found.runbook:
        region = environment.landing.region
        raise UserError(
            f"the stack {region}/cutover has no output cutover_runbook",
            remedy=f"deploy it: `invoke deploy-region {region}{found.place}`",
        )
    if context.as_json:
        show_json({"cutover_runbook": found.runbook})
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
        clients=_clients(environment),
        console=terminal(stderr=context.as_json),
        yes=context.yes,
        follow="nothing" if context.detach else "end",
    )


def _clients(environment: DatabaseMigration) -> Clients:
    return Clients(environment.account_id, default_region=environment.landing.region)


def _prepared(context: Context) -> tuple[DatabaseMigration, Manifest]:
    """Return settings and stacks; nothing is asked of AWS for them."""
    deployment = prepare(context.env, context.suffix)
    return systems.landing(deployment.environment, "cutover.*"), deployment.manifest


def _carry_out(context: Context, operation: Callable[[Operator], Result]) -> int:
    operator = operator_of(context)
    return told(operation(operator), operator.console, as_json=context.as_json)
