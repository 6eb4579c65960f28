"""Tasks that plan, apply and destroy: `invoke deploy-region eu-west-1`, `invoke rollout`, ..."""

from __future__ import annotations

from collections.abc import Sequence

from invoke.context import Context

from shared.commands.options import ALLOW, ENV, cli


@cli("env", "suffix", "parallelism", "json", "out", "no-lock", *ALLOW, name="plan")
def plan_all(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    json: bool = False,
    out: str | None = None,
    no_lock: bool = False,
    allow_replace: Sequence[str] | None = None,
    allow_destroy: Sequence[str] | None = None,
    allow_detach: Sequence[str] | None = None,
) -> int:
    """Plan every stack: what would change, what is deferred and why."""
    from shared.commands import deployment

    allow = {"replace": allow_replace, "destroy": allow_destroy, "detach": allow_detach}
    choices = deployment.Choices(
        parallelism=parallelism, as_json=json, out=out, lock=not no_lock, allow=allow
    )
    return deployment.on_all("plan", env, suffix, choices, command="plan")


@cli("env", "suffix", "parallelism", "yes", "json", "to", plan="folder with the plans that --out kept")
def deploy(
    _: Context,
    *,
    plan: str = "",
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    to: str | None = None,
) -> int:
    """Apply saved plans, exactly these, or nothing when anything moved; stage by stage with --to."""
    from shared.commands import deployment

    choices = deployment.Choices(parallelism=parallelism, yes=yes, as_json=json, to_stage=to)
    return deployment.apply_saved(plan, env, suffix, choices)


@cli("env", "suffix", "parallelism", "json")
def drift(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    json: bool = False,
) -> int:
    """Compare what stands with the states: what drifted, and what operations own.

    Exit code 0: no drift. 2: drift. 1: not everything could be looked at.
    """
    from shared.commands import deployment

    return deployment.look(env, suffix, deployment.Choices(parallelism=parallelism, as_json=json))


@cli("region", "env", "suffix", "parallelism", "json", "out", *ALLOW)
def plan_region(
    _: Context,
    *,
    region: str | None = None,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    json: bool = False,
    out: str | None = None,
    allow_replace: Sequence[str] | None = None,
    allow_destroy: Sequence[str] | None = None,
    allow_detach: Sequence[str] | None = None,
) -> int:
    """Plan one region's stacks: what would change, what is deferred and why."""
    from shared.commands import deployment

    allow = {"replace": allow_replace, "destroy": allow_destroy, "detach": allow_detach}
    choices = deployment.Choices(parallelism=parallelism, as_json=json, out=out, allow=allow)
    return deployment.on_region("plan", region, env, suffix, choices)


@cli("region", "env", "suffix", "parallelism", "yes", "json", "no-upstream", *ALLOW)
def deploy_region(
    _: Context,
    *,
    region: str | None = None,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    no_upstream: bool = False,
    allow_replace: Sequence[str] | None = None,
    allow_destroy: Sequence[str] | None = None,
    allow_detach: Sequence[str] | None = None,
) -> int:
    """Deploy one region's stacks, and upstream stacks that were never applied."""
    from shared.commands import deployment

    choices = deployment.Choices(
        parallelism=parallelism,
        yes=yes,
        as_json=json,
        upstream=not no_upstream,
        allow={"replace": allow_replace, "destroy": allow_destroy, "detach": allow_detach},
    )
    return deployment.on_region("deploy", region, env, suffix, choices)


@cli(
    "region",
    "env",
    "suffix",
    "parallelism",
    "yes",
    "json",
    "allow-destroy",
    stack="only this stack of the region: service",
)
def destroy_region(
    _: Context,
    *,
    region: str | None = None,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    stack: str | None = None,
    allow_destroy: Sequence[str] | None = None,
) -> int:
    """Destroy one region's stacks that no other region uses, or one of them.

    Regions that use each other (the peering) are taken down by `invoke teardown` only, all at once. What
    nothing uses goes by itself, one stack after the other from the end: --stack NAME.
    """
    from shared.commands import deployment

    choices = deployment.Choices(
        parallelism=parallelism, yes=yes, as_json=json, allow={"destroy": allow_destroy}
    )
    return deployment.on_region("destroy", region, env, suffix, choices, stack=stack)


@cli(
    "env",
    "suffix",
    "parallelism",
    "yes",
    "json",
    "to",
    "region-concurrency",
    *ALLOW,
)
def rollout(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    to: str | None = None,
    region_concurrency: str = "sequential",
    allow_replace: Sequence[str] | None = None,
    allow_destroy: Sequence[str] | None = None,
    allow_detach: Sequence[str] | None = None,
) -> int:
    """Deploy every stack, stage by stage."""
    from shared.commands import deployment

    choices = deployment.Choices(
        parallelism=parallelism,
        yes=yes,
        as_json=json,
        to_stage=to,
        region_concurrency=region_concurrency,
        allow={"replace": allow_replace, "destroy": allow_destroy, "detach": allow_detach},
    )
    return deployment.on_all("deploy", env, suffix, choices, command="rollout")


@cli("env", "suffix", "parallelism", "yes", "json", "allow-destroy")
def teardown(
    _: Context,
    *,
    env: str = ENV,
    suffix: str | None = None,
    parallelism: str | None = None,
    yes: bool = False,
    json: bool = False,
    allow_destroy: Sequence[str] | None = None,
) -> int:
    """Destroy every stack, in reverse order."""
    from shared.commands import deployment

    choices = deployment.Choices(
        parallelism=parallelism,
        yes=yes,
        as_json=json,
        region_concurrency="parallel",
        allow={"destroy": allow_destroy},
    )
    return deployment.on_all("destroy", env, suffix, choices, command="teardown")


ALL = (plan_all, deploy, drift, plan_region, deploy_region, destroy_region, rollout, teardown)
