"""Commands about the account and its state bucket: `bootstrap`, `doctor`, `unlock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shared import settings
from shared.clients import Clients
from shared.commands.choosing import stack_named
from shared.commands.deployment import prepare
from shared.commands.outcome import show_json, terminal
from shared.deploy import bootstrap as buckets
from shared.deploy import doctor as examination
from shared.deploy import journal, service_role
from shared.deploy import unlock as locks
from shared.deploy.saying import say
from shared.errors import Refused
from shared.settings import systems, twins

if TYPE_CHECKING:
    from rich.console import Console

    from shared.deploy.check import Check

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def bootstrap(env: str, suffix: str | None, *, as_json: bool) -> int:
    """Make the state bucket and Auto Scaling's role as they have to be, in the right account. Returns 0."""
    twins.refuse(env, suffix=suffix)
    environment = settings.load(env, suffix=suffix)
    clients = Clients(environment.account_id)
    clients.check_account(region=environment.state.region)
    console = terminal(stderr=as_json)
    state = environment.state
    done = buckets.ensure(environment, clients, say=lambda step: console.print(f"[green]done[/] {step}"))
    for step in service_role.ensure(environment, clients):
        console.print(f"[green]done[/] {step}")
        done.append(step)
    if as_json:
        show_json({"bucket": state.bucket, "region": state.region, "done": done})
    else:
        was = "" if done else ", as it was before"
        say(console, f"The state bucket {state.bucket} in {state.region} is as it has to be{was}.")
    return 0


def doctor(env: str, suffix: str | None, *, as_json: bool, without: str = "") -> int:
    """Show what a deployment would stumble over; `without` a region: what a failover would.

    Returns 0, or 1 when it could not begin.
    """
    checks = _without(env, suffix, without) if without else _deployable(env, suffix)
    healthy = examination.healthy(checks)
    if as_json:
        show_json({"healthy": healthy, "checks": [check.__dict__ for check in checks]})
        return 0 if healthy else 1
    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "what", "seen"):
        drawn.add_column(heading, overflow="fold")
    for check in checks:
        seen = Text(check.seen)
        if check.remedy:
            seen.append(f"\n{check.remedy}", style="dim")
        drawn.add_row(Text(check.verdict, style=STYLES[check.verdict]), check.name, seen)
    terminal().print(drawn)
    return 0 if healthy else 1


def _deployable(env: str, suffix: str | None) -> list[Check]:
    environment = settings.load(env, suffix=suffix)
    return examination.examine(environment, Clients(environment.account_id))


def _without(env: str, suffix: str | None, region: str) -> list[Check]:
    from shared.commands.failover import lost_region
    from shared.operations.recovery.proof.examine import examine

    deployment = prepare(env, suffix)
    environment = systems.recovery(deployment.environment, "doctor --without")
    lost_region(environment, region)
    return examine(environment, deployment.manifest)


def unlock(stack: str, env: str, suffix: str | None, *, yes: bool) -> int:
    """Show who holds the stack's lock and, when confirmed, break it.

    Returns 0, or 1 when it was not confirmed. Raises Refused while its holder runs on this host.
    """
    deployment = prepare(env, suffix)
    entry = deployment.manifest.stack(stack_named(deployment.manifest, stack))
    deployment.check_account()
    console = terminal()
    held = locks.holder(entry, deployment.clients)
    if held is None:
        console.print(f"{entry.address} is not locked.")
        return 0
    processes = journal.history(deployment.workspace.root).get(entry.state_key, [])
    process = locks.process_of(held, processes)
    if process is not None and process.here and not process.dead:
        raise Refused(locks.describe(entry, held, processes, place=deployment.manifest.place))
    say(console, locks.describe(entry, held, processes).what)
    if not yes and not _confirmed(console, "Break the lock?"):
        return 1
    locks.break_lock(entry, deployment.clients, held.id)
    say(console, f"{entry.address} is unlocked. What was interrupted goes on with its own command again.")
    return 0


def _confirmed(console: Console, question: str) -> bool:
    try:
        return console.input(f"{question} Only `yes` does: ").strip() == "yes"
    except EOFError:
        console.print("\nNot confirmed: nobody answers here. --yes confirms.")
        return False
