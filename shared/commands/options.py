"""How a task is declared: its options with one wording for all tasks, its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from invoke.tasks import task

from shared.commands.outcome import command

if TYPE_CHECKING:
    from collections.abc import Callable

#: The environment that commands work on unless `--env` names another.
ENV = "region-migration"
ALLOW = ("allow-replace", "allow-destroy", "allow-detach")
HELP = {
    "region": "region of the environment, or global; may stand alone: invoke outputs eu-west-1",
    "env": f"environment: the name of a file in environments/ (default: {ENV})",
    "suffix": "environment suffix instead of the file's (part of every name)",
    "parallelism": "stacks that run at the same time (default: the cores)",
    "yes": "do not ask before changing anything",
    "json": "print JSON on stdout (progress goes to stderr)",
    "out": "folder that keeps the saved plans, for invoke deploy --plan",
    "no-lock": "take no lock of a state: to look, also with a role that may not lock",
    "no-upstream": "refuse instead of also deploying upstream stacks that were never applied",
    "to": "last stage to deploy, e.g. target",
    "region-concurrency": "sequential: stage by stage (default); parallel: whatever has its upstreams",
    "allow-replace": "STACK:ADDRESS that may be replaced: it holds data, or is the network (repeatable)",
    "allow-destroy": "STACK:ADDRESS that may be destroyed: it holds data, or is the network (repeatable)",
    "allow-detach": "STACK:ADDRESS that may leave its global cluster or state, or be disabled (repeatable)",
}


def cli(*options: str, name: str | None = None, **more: str) -> Callable[[Callable[..., int]], Any]:
    """Make an invoke task of a body that returns an exit code.

    `options` are described by `HELP`, `more` by its values. Options that start with `allow-` may be
    repeated. `name` is the task's when it cannot be its function's.
    No option gets a short flag: invoke would pick letters that mean nothing.
    """
    texts = {option: HELP[option] for option in options}
    texts |= {option.replace("_", "-"): text for option, text in more.items()}
    repeatable = [option.replace("-", "_") for option in texts if option.startswith("allow-")]

    def decorate(body: Callable[..., int]) -> Any:
        return task(name=name, help=texts, positional=[], iterable=repeatable, auto_shortflags=False)(
            command(body)
        )

    return decorate
