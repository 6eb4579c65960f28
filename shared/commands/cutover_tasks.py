"""Tasks that cut a database over: `invoke cutover.assess`, `cutover.replicate`, `cutover.start`, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.commands.options import ENV, cli

if TYPE_CHECKING:
    from invoke.context import Context

_REASON = "why, for the note in Parameter Store"
_ACCEPT = "findings of cutover.assess that block, and are known and accepted: triggers,numeric"


@cli("env", "suffix", "json")
def assess(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Judge both databases, DMS and the write name; exit code 1 when something blocks a cutover."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options

    return commands.assess(Options(env=env, suffix=suffix, as_json=json))


@cli(
    "env",
    "suffix",
    "yes",
    "json",
    again="empty Aurora's tables and load them anew; the only way after a rollback",
    detach="return when the task runs, and do not wait until everything is loaded and valid",
)
def replicate(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    again: bool = False,
    detach: bool = False,
) -> int:
    """Load Aurora from the data centre, follow its changes, and wait until every table is valid."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options

    options = Options(env=env, suffix=suffix, yes=yes, as_json=json, detach=detach)
    return commands.replicate(options, again=again)


@cli("env", "suffix", "yes", "json", accept=_ACCEPT, reason=_REASON)
def start(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    accept: str = "",
    reason: str = "",
) -> int:
    """Freeze the data centre, drain it, move the write name to Aurora; or go on where that was killed."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.cutover.request import Request

    codes = tuple(filter(None, (code.strip() for code in accept.split(","))))
    options = Options(env=env, suffix=suffix, yes=yes, as_json=json)
    return commands.start(options, Request(reason=reason, accept=codes))


@cli("env", "suffix", "json", watch="show it again and again, until Ctrl-C")
def status(
    _: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False, watch: bool = False
) -> int:
    """Show the note, the write name, tasks, tables, latency, both databases, and what can be done now."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options

    return commands.status(Options(env=env, suffix=suffix, as_json=json), watch=watch)


@cli("env", "suffix", "yes", "json", reason=_REASON)
def rollback(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    yes: bool = False,
    json: bool = False,
    reason: str = "",
) -> int:
    """Take the cutover back without loss: open the data centre, after the move drain Aurora into it first."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.cutover.request import Request

    return commands.rollback(Options(env=env, suffix=suffix, yes=yes, as_json=json), Request(reason=reason))


@cli(
    "env",
    "suffix",
    "json",
    yes_there_is_no_way_back="do not ask; a person knows that no rollback is without loss after this",
    reason=_REASON,
)
def finish(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    json: bool = False,
    yes_there_is_no_way_back: bool = False,
    reason: str = "",
) -> int:
    """Stop the reverse task: the point of no return."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options
    from shared.operations.cutover.request import Request

    options = Options(env=env, suffix=suffix, as_json=json)
    return commands.finish(options, Request(reason=reason), no_way_back=yes_there_is_no_way_back)


@cli("env", "suffix", "json")
def runbook(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Print the runbook with this deployment's ids."""
    from shared.commands import cutover as commands
    from shared.commands.carrying import Context as Options

    return commands.runbook(Options(env=env, suffix=suffix, as_json=json))
