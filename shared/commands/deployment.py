"""From a command's options to one run of the engine."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from shared import settings
from shared.clients import Clients
from shared.commands.choosing import stacks_of
from shared.commands.options import ENV
from shared.commands.outcome import show_json, tell, terminal
from shared.deploy.interrupt import nothing_changed_yet
from shared.deploy.options import Options
from shared.deploy.report import EXIT_FAILED
from shared.deploy.saying import say
from shared.deploy.synthesis import synthesize
from shared.errors import Problem, UserError
from shared.settings import twins
from shared.workspace import Workspace, here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from rich.console import Console

    from shared.deploy.engine import Engine
    from shared.deploy.manifest import Manifest
    from shared.deploy.report import RunReport
    from shared.settings import Platform

RegionConcurrency = Literal["sequential", "parallel"]
Verb = Literal["plan", "deploy", "destroy", "drift"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One environment, synthesized, and the account it goes to."""

    environment: Platform
    manifest: Manifest
    clients: Clients
    workspace: Workspace

    def check_account(self) -> None:
        """Raise UserError unless the credentials belong to the environment's account."""
        self.clients.check_account(region=self.environment.state.region)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """A command's options as they were typed; `options` checks them."""

    parallelism: str | None = None
    yes: bool = False
    upstream: bool = True
    region_concurrency: str = "sequential"
    to_stage: str | None = None
    allow: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    """`replace`, `destroy`, `detach` -> `STACK:ADDRESS` of the resources that it is allowed for."""
    as_json: bool = False
    out: str | None = None
    """Folder in which a plan is kept, to be applied by `invoke deploy --plan`."""
    lock: bool = True


def prepare(env: str, suffix: str | None, *, alone: bool = False) -> Deployment:
    """Return the environment, synthesized if need be. Raises UserError for what a person has to mend.

    `alone`: also when the file of another environment leads to the same states.
    """
    workspace = here()
    if alone:
        twins.refuse(env, suffix=suffix)
    environment = settings.load(env, suffix=suffix)
    manifest = synthesize(env, suffix, workspace)
    return Deployment(
        environment=environment,
        manifest=replace(manifest, place=place(env, suffix)),
        clients=Clients(environment.account_id),
        workspace=workspace,
    )


def on_region(
    verb: Verb,
    region: str | None,
    env: str,
    suffix: str | None,
    choices: Choices,
    *,
    stack: str | None = None,
) -> int:
    """Plan, deploy or destroy one region's stacks, or the one called `stack`; returns the exit code."""
    typed = f" --stack {stack}" if stack else ""
    command = f"{verb}-region {region}"
    with _beginning(f"{command}{typed}", env, suffix, choices):
        deployment = prepare(env, suffix, alone=True)
        addresses = stacks_of(deployment.manifest, region, stack)
        return run(verb, deployment, addresses, choices, command=command, typed=typed)


def on_all(verb: Verb, env: str, suffix: str | None, choices: Choices, *, command: str) -> int:
    """Plan, deploy, destroy or look at every stack; returns the exit code."""
    with _beginning(command, env, suffix, choices):
        deployment = prepare(env, suffix, alone=True)
        return run(verb, deployment, all_stacks(deployment.manifest), choices, command=command)


def look(env: str, suffix: str | None, choices: Choices) -> int:
    """Compare what stands with every state; returns the exit code, 2 for drift and for nothing else."""
    try:
        return on_all("drift", env, suffix, choices, command="drift")
    except UserError as error:
        tell(error)
        return EXIT_FAILED


def apply_saved(folder: str, env: str, suffix: str | None, choices: Choices) -> int:
    """Apply the plans that `--out` kept in `folder`, exactly these; returns the exit code."""
    if not folder:
        raise UserError("Which plans?", remedy="invoke plan --out DIR, then invoke deploy --plan DIR")
    typed = f" --plan {shlex.quote(folder)}"
    with _beginning(f"deploy{typed}", env, suffix, choices):
        deployment = prepare(env, suffix, alone=True)
        console = terminal(stderr=choices.as_json)
        working = engine(deployment, choices, command="deploy", console=console, typed=typed)
        return _end(working.deploy_saved(Path(folder)), choices)


def _beginning(command: str, env: str, suffix: str | None, choices: Choices) -> AbstractContextManager[None]:
    """Until the engine takes over, a signal ends the command with the command that begins again."""
    console = terminal(stderr=choices.as_json)
    return nothing_changed_yet(partial(say, console), again(command, choices, place(env, suffix)))


def run(
    verb: Verb,
    deployment: Deployment,
    addresses: Sequence[str],
    choices: Choices,
    *,
    command: str,
    typed: str = "",
) -> int:
    """Let the engine plan, deploy, destroy or look at the stacks; returns the exit code.

    With `as_json` the progress goes to stderr and the run's report, as JSON, to stdout.
    """
    console = terminal(stderr=choices.as_json)
    working = engine(deployment, choices, command=command, console=console, typed=typed)
    verbs = {
        "plan": working.plan,
        "deploy": working.deploy,
        "destroy": working.destroy,
        "drift": working.drift,
    }
    return _end(verbs[verb](addresses), choices)


def _end(report: RunReport, choices: Choices) -> int:
    if choices.as_json:
        show_json(report.as_json())
    return report.exit_code


def engine(
    deployment: Deployment, choices: Choices, *, command: str, console: Console, typed: str = ""
) -> Engine:
    """Return the engine for one command. Raises UserError for choices that are wrong.

    `typed` is what followed the command and belongs to it alone (` --plan DIR`, ` --stack NAME`).
    """
    # most commands only look, and do without what the engine imports
    from shared.deploy.engine import Engine

    return Engine(
        deployment.manifest,
        clients=deployment.clients,
        workdir=deployment.workspace.root,
        console=console,
        options=options(choices, deployment),
        command=command,
        again=again(f"{command}{typed}", choices, deployment.manifest.place),
    )


def options(choices: Choices, deployment: Deployment) -> Options:
    """Return the engine's options; raises UserError with everything that is wrong with the choices."""
    problems = []
    cores = _cores()
    parallelism = choices.parallelism or str(cores)
    if not parallelism.isdecimal() or int(parallelism) < 1:
        remedy = (
            f"A whole number of stacks to run at the same time, at least 1 (default: {cores}, the cores)."
        )
        problems.append(
            Problem(what=f"{parallelism!r} is not a number of stacks.", where="--parallelism", remedy=remedy)
        )
    concurrency = get_args(RegionConcurrency)
    if choices.region_concurrency not in concurrency:
        what = f"{choices.region_concurrency!r} is not known."
        problems.append(
            Problem(what=what, where="--region-concurrency", remedy=f"One of: {', '.join(concurrency)}.")
        )
    stages = deployment.manifest.stage_names
    if choices.to_stage is not None and choices.to_stage not in stages:
        what = f"{choices.to_stage!r} is not a stage."
        problems.append(
            Problem(what=what, where="--to", remedy=f"The stages, in order: {', '.join(stages)}.")
        )
    allowed = {(kind, name) for kind, names in choices.allow.items() for name in names or ()}
    for kind, name in sorted(allowed):
        if name.partition(":")[0] not in all_stacks(deployment.manifest):
            remedy = "STACK:ADDRESS, as the refusal shows it: us-east-1/database:aws_rds_cluster.primary"
            problems.append(Problem(what=f"{name!r} names no stack.", where=f"--allow-{kind}", remedy=remedy))
    if problems:
        raise UserError(problems)
    return Options(
        parallelism=int(parallelism),
        yes=choices.yes,
        upstream=choices.upstream,
        region_concurrency=cast("RegionConcurrency", choices.region_concurrency),
        to_stage=choices.to_stage,
        allow=frozenset(f"{kind}:{name}" for kind, name in allowed),
        protection=deployment.environment.protection,
        out=Path(choices.out) if choices.out else None,
        lock=choices.lock,
    )


def _cores() -> int:
    # what this process may use, where the system tells (macOS does not)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def place(env: str, suffix: str | None) -> str:
    """Return the options that lead to this environment again, each after a blank; none for the default."""
    words = [] if env == ENV else ["--env", env]
    words += [] if suffix is None else ["--suffix", suffix]
    return "".join(f" {shlex.quote(word)}" for word in words)


def again(command: str, choices: Choices, typed: str) -> str:
    """Return the command with every option as it was typed; `typed` is what `place` returns."""
    words = ["--parallelism", choices.parallelism] if choices.parallelism else []
    words += ["--yes"] if choices.yes else []
    words += [] if choices.upstream else ["--no-upstream"]
    words += ["--to", choices.to_stage] if choices.to_stage else []
    words += ["--out", choices.out] if choices.out else []
    words += [] if choices.lock else ["--no-lock"]
    if command == "rollout" and choices.region_concurrency != "sequential":
        # `teardown` goes side by side by itself and has no such option
        words += ["--region-concurrency", choices.region_concurrency]
    for kind, names in choices.allow.items():
        for name in names or ():
            words += [f"--allow-{kind}", name]
    words += ["--json"] if choices.as_json else []
    return f"{command}{typed}{''.join(f' {shlex.quote(word)}' for word in words)}"


def all_stacks(manifest: Manifest) -> list[str]:
    """Return the addresses of every stack."""
    return [entry.address for entry in manifest.stacks]
