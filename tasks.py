"""The commands: `invoke --list`, `invoke --help deploy-region`.

Each task is a thin wrapper, and imports what it needs when it runs, so that listing stays instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.collection import Collection

from shared.commands import cutover_tasks, deployment_tasks, embedded_tasks, failover_tasks, migrate_tasks
from shared.commands.options import ENV, cli
from shared.commands.parsing import teach

if TYPE_CHECKING:
    from invoke.context import Context

teach()


@cli("env", "suffix", "json")
def bootstrap(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Make the state bucket (versioned, encrypted, private); safe to repeat."""
    from shared.commands import account

    return account.bootstrap(env, suffix, as_json=json)


@cli(
    "env", "suffix", "json", without="primary region of a system with a standby: prove that it is not needed"
)
def doctor(
    _: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False, without: str = ""
) -> int:
    """Check tools, credentials, account, state bucket and what the stacks expect to exist."""
    from shared.commands import account

    return account.doctor(env, suffix, as_json=json, without=without)


@cli("env", "suffix", "json")
def synth(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Synthesize every stack into cdktf.out/ (skipped when nothing changed)."""
    from shared.commands import synthesis

    return synthesis.synth(env, suffix, as_json=json)


@cli("env", "suffix", "json")
def status(_: Context, *, env: str = ENV, suffix: str | None = None, json: bool = False) -> int:
    """Show what is applied, as the states say: serial, resources, locks, what waits for what."""
    from shared.commands import reading

    return reading.status(env, suffix, as_json=json)


@cli("region", "env", "suffix", "json", flat="write cfn-outputs/flat-outputs.json for the target region")
def outputs(
    _: Context,
    *,
    region: str | None = None,
    env: str = ENV,
    suffix: str | None = None,
    json: bool = False,
    flat: bool = False,
) -> int:
    """Show the outputs of one region's stacks, or of all."""
    from shared.commands import reading

    return reading.outputs(env, suffix, region=region, flat=flat, as_json=json)


@cli(
    "env",
    "suffix",
    "json",
    out="file to write (default: .regionshift/graph-ENV.svg)",
    resources="stack to draw from within, resource by resource: us-east-1/database; or all",
)
def graph(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    json: bool = False,
    out: str | None = None,
    resources: str | None = None,
) -> int:
    """Draw the stacks and what each reads from which (SVG), or the resources of a stack."""
    from shared.commands import synthesis

    return synthesis.graph(env, suffix, out=out, as_json=json, resources=resources)


@cli("env", "suffix", "yes", stack="stack whose lock is broken: us-east-1/database")
def unlock(
    _: Context, *, stack: str = "", env: str = ENV, suffix: str | None = None, yes: bool = False
) -> int:
    """Break one stack's state lock, after showing who holds it."""
    from shared.commands import account

    return account.unlock(stack, env, suffix, yes=yes)


@cli(
    "suffix",
    "json",
    policy="judge the synthesized Terraform instead: our rules and checkov's (docs/policy.md)",
    env="with --policy: this environment only (default: every file in environments/)",
    plan="with --policy --env: folder of invoke plan --out, whose plans checkov reads",
)
def check(
    _: Context,
    *,
    policy: bool = False,
    env: str = "",
    suffix: str | None = None,
    plan: str = "",
    json: bool = False,
) -> int:
    """Lint, format, types: ruff, mypy, pylint; or, with --policy, what the stacks say."""
    from shared.commands import quality

    return quality.judge(policy=policy, env=env, suffix=suffix, plan=plan, as_json=json)


@cli(
    select="only tests whose name matches, as pytest's -k",
    system="only, or none: the tests that deploy a whole system",
    every="the long ones, too: more than an hour",
)
def test(_: Context, *, select: str = "", system: str = "", every: bool = False) -> int:  # noqa: PT028 - a task
    """Run the tests, with coverage."""
    from shared.commands import quality

    return quality.test(select=select, system=system, every=every)


@cli(
    "env",
    "parallelism",
    system="region-migration, disaster-recovery or database-migration: its documented environment",
    keep="leave the embedded AWS and the deployed stacks running; nothing is moved then",
    deploy_only="deploy and take down, move nothing in between",
    fault="faults to put into moves, with commas between: alarm@50,lag@75 or refuse,killed@promote or all",
)
def rehearse(
    _: Context,
    *,
    env: str = ENV,
    parallelism: str | None = None,
    system: str = "",
    keep: bool = False,
    deploy_only: bool = False,
    fault: str = "",
) -> int:
    """Deploy everything on the embedded AWS, move the platform there and back, take it down."""
    from shared.rehearsal import rehearse as scenario

    return scenario.rehearse(
        env=env,
        system=system,
        parallelism=parallelism,
        keep=keep,
        deploy_only=deploy_only,
        faults=tuple(fault.split(",") if fault else ()),
    )


namespace = Collection(
    *(bootstrap, doctor, synth, status, outputs, graph, unlock),
    *deployment_tasks.ALL,
    *(rehearse, check, test),
    cutover=Collection.from_module(cutover_tasks),
    embedded=Collection.from_module(embedded_tasks),
    failover=Collection.from_module(failover_tasks),
    migrate=Collection.from_module(migrate_tasks),
)
