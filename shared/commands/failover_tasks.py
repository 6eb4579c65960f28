"""Tasks that move the database to the standby and back: `invoke failover.status`, `failover.failover`, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.commands.options import ENV, cli

if TYPE_CHECKING:
    from invoke.context import Context

_DETACH = "do not watch the execution: it goes on by itself"
_REASON = "why, for the checkpoint, the notifications and the history"
_WITHOUT = "the primary region: ask nothing of it"


@cli("env", "suffix", "json", watch="show it again and again, until Ctrl-C", without=_WITHOUT)
def status(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    json: bool = False,
    watch: bool = False,
    without: str = "",
) -> int:
    """Show writer, lag, alarms, pin, intents, where the execution stands, and what can be done now."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options

    return commands.status(Options(env=env, suffix=suffix, as_json=json), watch=watch, without=without)


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
    """Move traffic and writer to the standby without loss, while both regions are well."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.recovery.request import Request

    options = Options(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return commands.switchover(options, Request(reason=reason))


@cli(
    "env",
    "suffix",
    "yes",
    "json",
    accept_data_loss="go on although the standby may not have received everything",
    reason=_REASON,
    detach=_DETACH,
)
def failover(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    accept_data_loss: bool = False,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Promote the standby when the primary is lost; asks the primary region nothing."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.recovery.request import Request

    options = Options(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return commands.failover(options, Request(reason=reason, accept_data_loss=accept_data_loss))


@cli("env", "suffix", "yes", "json", reason=_REASON, detach=_DETACH)
def failback(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
    detach: bool = False,
) -> int:
    """Move the writer back to the primary without loss, then the traffic."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.recovery.request import Request

    options = Options(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return commands.failback(options, Request(reason=reason))


@cli("env", "suffix", "yes", "json")
def drain(
    _: Context, *, env: str = ENV, suffix: str | None = None, yes: bool = False, json: bool = False
) -> int:
    """Count the payment intents that wait, and bring them into the database that writes."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options

    return commands.drain(Options(env=env, suffix=suffix, yes=yes, as_json=json))


@cli("env", "suffix", "yes", "json", reason=_REASON)
def pin(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
) -> int:
    """Keep the primary out of DNS; the database stays where it is."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.recovery.request import Request

    return commands.pinned(Options(env=env, suffix=suffix, yes=yes, as_json=json), Request(reason=reason))


@cli("env", "suffix", "yes", "json", reason=_REASON)
def unpin(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
) -> int:
    """Let the primary into DNS again; gives up a move that was begun and has moved nothing."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.recovery.request import Request

    return commands.unpinned(Options(env=env, suffix=suffix, yes=yes, as_json=json), Request(reason=reason))


@cli("env", "suffix", "json")
def runbook(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Print the runbook with this deployment's ids."""
    from shared.commands import failover as commands
    from shared.commands.carrying import Context as Options

    return commands.runbook(Options(env=env, suffix=suffix, as_json=json))
