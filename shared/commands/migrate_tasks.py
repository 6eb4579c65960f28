"""Tasks that carry the migration out: `invoke migrate.start`, `migrate.status`, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.commands.options import ENV, cli

if TYPE_CHECKING:
    from invoke.context import Context

_DETACH = "do not watch the execution: it goes on by itself"
_REASON = "why, for the checkpoint, the notifications and the history"


@cli(
    "env",
    "suffix",
    "parallelism",
    "yes",
    "json",
    phases="share of traffic in the target after each phase, in per cent: 25,50,75,100",
    bake="seconds between a phase and the gate's look at it",
    approve_phases="phases before which a person is asked: 75,100",
    no_switchover="end when the traffic has moved, and leave the database where it is",
    dry_run_metrics="measured without effect: alarms,replication_lag,healthy_targets,error_rate",
    limits="what a phase survives: failure=1,inconclusive=2,consecutive_error=4",
    reason=_REASON,
    detach=_DETACH,
)
def start(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    phases: str | None = None,
    bake: str | None = None,
    approve_phases: str | None = None,
    no_switchover: bool = False,
    dry_run_metrics: str | None = None,
    limits: str | None = None,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Move the platform, or go on where an execution died; refuses with every reason at once."""
    from shared.commands import migrate
    from shared.operations.migration.request import Typed

    typed = Typed(
        phases=phases,
        bake=bake,
        approve_phases=approve_phases,
        switchover=not no_switchover,
        dry_run_metrics=dry_run_metrics,
        limits=limits,
        reason=reason,
    )
    return migrate.start(
        migrate.Context(
            env=env, suffix=suffix, parallelism=parallelism, yes=yes, as_json=json, detach=detach
        ),
        typed,
    )


@cli("env", "suffix", "json", watch="show it again and again, until Ctrl-C")
def status(
    _: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False, watch: bool = False
) -> int:
    """Show weights, writer, lag, alarms, where the execution stands, and what can be done now."""
    from shared.commands import migrate

    return migrate.status(migrate.Context(env=env, suffix=suffix, as_json=json), watch=watch)


@cli(
    "env",
    "suffix",
    "yes",
    "json",
    answer="continue, rollback, or again (only when the gate could not tell)",
    comment="for the history",
    detach=_DETACH,
)
def approve(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    answer: str = "",
    comment: str = "",
    detach: bool = False,
) -> int:
    """Answer the question that the execution waits for."""
    from shared.commands import migrate

    context = migrate.Context(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return migrate.approve(context, answer=answer, comment=comment)


@cli("env", "suffix", "yes", "json", reason=_REASON, detach=_DETACH)
def abort(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Stop the execution that runs, and go back to what it found."""
    from shared.commands import migrate

    context = migrate.Context(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return migrate.abort(context, reason=reason)


@cli("env", "suffix", "yes", "json", reason=_REASON, detach=_DETACH)
def rollback(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Go back to what the migration found: the writer first, then the weights."""
    from shared.commands import migrate

    context = migrate.Context(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return migrate.rollback(context, reason=reason)


@cli("env", "suffix", "yes", "json", reason=_REASON, detach=_DETACH)
def switchover(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Move the database's writer, when the traffic has moved."""
    from shared.commands import migrate

    context = migrate.Context(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return migrate.switchover(context, reason=reason)


@cli("env", "suffix", "json", confirm="the global database's name: leaves out the question")
def finalize(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    json: bool = False,
    confirm: str = "",
) -> int:
    """Take the old region out of the global database: the point of no return."""
    from shared.commands import migrate

    context = migrate.Context(env=env, suffix=suffix, as_json=json)
    return migrate.finalize(context, confirm=confirm)


@cli("env", "suffix", "json")
def runbook(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Print the runbook with this deployment's ids."""
    from shared.commands import migrate

    return migrate.runbook(migrate.Context(env=env, suffix=suffix, as_json=json))
