"""Tasks for an embedded AWS that keeps running: `invoke embedded.start`, `embedded.stop`, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.commands.options import ENV, cli

if TYPE_CHECKING:
    from invoke.context import Context


@cli("env", "suffix", port="port on 127.0.0.1 (default: a free one)")
def start(_: Context, *, env: str = ENV, suffix: str | None = None, port: str = "0") -> int:
    """Start an embedded AWS with what a real account would hold already."""
    from shared.commands import embedded_server

    return embedded_server.start(env, suffix, port=port)


@cli()
def stop(_: Context) -> int:
    """Stop the embedded AWS; everything in it is gone."""
    from shared.commands import embedded_server

    return embedded_server.stop()


@cli("json")
def status(_: Context, *, json: bool = False) -> int:
    """Say whether an embedded AWS runs, and where."""
    from shared.commands import embedded_server

    return embedded_server.status(as_json=json)


@cli("env", "suffix")
def reset(_: Context, *, env: str = ENV, suffix: str | None = None) -> int:
    """Empty the embedded AWS and make the prerequisites anew."""
    from shared.commands import embedded_server

    return embedded_server.reset(env, suffix)


@cli(name="env")
def exports(_: Context) -> int:
    """Print the variables that point invoke, terraform and aws at it: eval "$(invoke embedded.env)"."""
    from shared.commands import embedded_server

    return embedded_server.exports()


@cli("env", "suffix")
def traffic(_: Context, *, env: str = ENV, suffix: str | None = None) -> int:
    """Report what running systems would, until Ctrl-C: requests, lag, hosts (for migrate.* by hand)."""
    from shared.commands import embedded_traffic

    return embedded_traffic.traffic(env, suffix)
