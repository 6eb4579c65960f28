"""`invoke embedded.*`: an embedded AWS that keeps running, for a person to point tools at."""

from __future__ import annotations

import os
import shlex

from shared import settings
from shared.clients import Clients
from shared.commands.outcome import show_json, terminal
from shared.deploy import plugins
from shared.deploy.saying import say
from shared.errors import UserError
from shared.rehearsal import embedded, prerequisites
from shared.rehearsal.environment import inside, shell_exports
from shared.workspace import here

LAST_PORT = 65_535
NOT_RUNNING = "No embedded AWS is running."
HOW_TO_START = "Start one: invoke embedded.start"
POINT_HERE = 'Point this shell at it: eval "$(invoke embedded.env)"'


def start(env: str, suffix: str | None, *, port: str) -> int:
    """Start it with the environment's prerequisites. Returns 0; raises UserError for a taken port."""
    if not port.isdecimal() or len(port) > len(str(LAST_PORT)) or int(port) > LAST_PORT:
        raise UserError(
            f"--port {port} is not a port number.",
            remedy=f"A number from 1 to {LAST_PORT}, or 0: a free one.",
        )
    environment = settings.load(env, suffix=suffix)
    running = embedded.start(
        int(port), account_id=environment.account_id, keep_log_in=here().working, outlive=True
    )
    with inside(running.endpoint):
        prerequisites.create(environment, Clients(environment.account_id))
    console = terminal()
    for line in (_serves(running), f"Log: {running.log}", POINT_HERE):
        say(console, line)
    return 0


def stop() -> int:
    """Stop it. Returns 0, also when none runs."""
    running = embedded.status(here().working)
    if running is None:
        terminal().print(NOT_RUNNING)
        return 0
    running.stop()
    terminal().print(f"Stopped (pid {running.pid}).")
    return 0


def status(*, as_json: bool) -> int:
    """Say whether one runs, and where. Returns 0 when one runs, 1 when none does."""
    running = embedded.status(here().working)
    if as_json:
        found = (
            {"endpoint": running.endpoint, "pid": running.pid, "account": running.account_id}
            if running
            else {}
        )
        show_json({"running": running is not None, **found})
    elif running is None:
        terminal().print(NOT_RUNNING)
    else:
        say(terminal(), _serves(running))
    return 0 if running else 1


def reset(env: str, suffix: str | None) -> int:
    """Empty it and make the prerequisites anew. Returns 0; raises UserError when none runs."""
    environment = settings.load(env, suffix=suffix)
    running = _running()
    running.reset()
    with inside(running.endpoint):
        prerequisites.create(environment, Clients(environment.account_id))
    say(terminal(), f"Empty again, with what {env} expects to exist: {running.endpoint}")
    return 0


def exports() -> int:
    """Print the shell commands that point a shell at it. Returns 0; raises UserError when none runs."""
    lines = shell_exports(_running().endpoint)
    # where this product's own runs get the plugin from, for a `terraform init` by hand
    config, _ = plugins.cli_config(here().working)
    if config is not None and os.environ.get("TF_CLI_CONFIG_FILE") != str(config):
        lines += f"export TF_CLI_CONFIG_FILE={shlex.quote(str(config))}\n"
    print(lines, end="")  # noqa: T201 - for eval: nothing may decorate it
    return 0


def _serves(running: embedded.EmbeddedAws) -> str:
    return f"The embedded AWS serves at {running.endpoint} (pid {running.pid})."


def _running() -> embedded.EmbeddedAws:
    running = embedded.status(here().working)
    if running is None:
        raise UserError(NOT_RUNNING, remedy=HOW_TO_START)
    return running
