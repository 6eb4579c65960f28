"""Outputs: what people and other programs take from a platform."""

from __future__ import annotations

from collections.abc import Iterator

from shared.deploy.outputs import FLAT_APPS, FLAT_NAMES
from shared.policy.model import Platform, Stack
from shared.policy.registry import A, B, C, Judged, check, complaints, unless
from shared.policy.values import expressions

_RUNBOOKS = ("migration_runbook", "failover_runbook", "cutover_runbook")
#: What a runbook must have a chapter, or a command, for.
_WORDS = {
    A: ("25", "50", "75", "100", "ollback", "invoke migrate.switchover"),
    B: ("invoke failover.failover", "failback", "pin"),
    C: ("invoke cutover.start", "invoke cutover.rollback", "Without this program", "The point of no return"),
}
_FEWEST_IDS = 10


@check(
    "RS42",
    "The runbook has every phase, the way back, commands for each region, and the real ids",
    why="Whoever needs it at night looks nothing up (requirement A8)",
    remedy="Change modules/templates/*_runbook.md.j2.",
)
def runbooks(platform: Platform) -> Iterator[Judged]:
    """Look at every runbook that a stack publishes."""
    found = [
        (stack, str(stack.outputs[name]))
        for stack in platform.stacks
        for name in _RUNBOOKS
        if name in stack.outputs
    ]
    if not found:
        yield Judged(platform, "no stack publishes a runbook")
    for stack, text in found:
        missing = [word for word in _WORDS[platform.system] if word not in text]
        regions = [region for region in (platform.home, platform.away) if region]
        silent = [region for region in regions if f"--region {region}" not in text]
        ids = set(expressions(text))
        yield from complaints(
            stack,
            unless(not missing, f"its runbook says nothing of {', '.join(missing)}"),
            unless(not silent, f"its runbook has no command for {', '.join(silent)}"),
            unless(len(ids) >= _FEWEST_IDS, f"its runbook names {len(ids)} ids of what stands"),
        )


@check(
    "RS44",
    "Every output that was asked for is published, once",
    why="`cfn-outputs/flat-outputs.json` is what other programs read (requirements A11, B8, C14)",
    remedy="Publish it in the stack that makes it, under the name of shared/deploy/outputs.py.",
)
def complete(platform: Platform) -> Iterator[Judged]:
    """Look at every name of the flat file."""
    publishers: list[Stack] = [
        each for each in platform.stacks if each.app in FLAT_APPS.get(platform.system, ())
    ]
    missing = [
        name
        for name in FLAT_NAMES.get(platform.system, ())
        if not any(each.outputs.get(name) is not None for each in publishers)
    ]
    yield from complaints(platform, *(f"nobody publishes {name}" for name in missing))
