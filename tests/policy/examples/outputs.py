"""Outputs and runbooks."""

from __future__ import annotations

from shared.deploy.outputs import FLAT_APPS, FLAT_NAMES
from shared.policy.registry import A, B, C
from tests.policy.worlds import APPS, GONE, Example, ref

_IDS = " ".join(ref(f"aws_lb.x{number}.arn") for number in range(10))
_COMMANDS = "aws x --region us-east-1 aws x --region eu-west-1"
_MOVE = "eu-west-1/migration"
_TEXT = f"25 50 75 100 ## Rollback invoke migrate.switchover {_COMMANDS} {_IDS}"
_RUNBOOK = {"us-east-1/service": {"aws_vpc": {"vpc": {}}}, _MOVE: {"output": {"migration_runbook": _TEXT}}}
_LANDING = "us-east-1/cutover"
_WORDS = "invoke cutover.start invoke cutover.rollback ## Without this program ## The point of no return"


def _publisher(system: str) -> str:
    """Return the address of a stack whose outputs the flat file holds."""
    place = next(place for place, app in APPS[system].items() if app in FLAT_APPS[system])
    return f"{place}/everything"


EXAMPLES = [
    Example(
        check="RS42",
        right=_RUNBOOK,
        judged=(_MOVE,),
        wrong={
            "nobody wrote one": (
                {f"{_MOVE} output migration_runbook": GONE},
                {A: "no stack publishes a runbook"},
            ),
            "half of it": (
                {f"{_MOVE} output migration_runbook": f"25 50 100 rollback --region us-east-1 {_IDS[:30]}"},
                {
                    _MOVE: (
                        "its runbook says nothing of 75, invoke migrate.switchover",
                        "its runbook has no command for eu-west-1",
                        "its runbook names 1 ids of what stands",
                    )
                },
            ),
        },
    ),
    Example(
        check="RS42",
        system=C,
        right={_LANDING: {"output": {"cutover_runbook": f"{_WORDS} --region us-east-1 {_IDS}"}}},
        judged=(_LANDING,),
        wrong={
            "no end": (
                {f"{_LANDING} output cutover_runbook": f"{_WORDS[:-22]} --region us-east-1 {_IDS}"},
                {_LANDING: "its runbook says nothing of The point of no return"},
            )
        },
    ),
    *(
        Example(
            check="RS44",
            system=system,
            right={
                _publisher(system): {"output": dict.fromkeys(FLAT_NAMES[system], "value")},
            },
            judged=(system,),
            wrong={
                "one is gone": (
                    {
                        f"{_publisher(system)} output {FLAT_NAMES[system][3]}": GONE,
                        f"{_publisher(system)} output {FLAT_NAMES[system][1]}": None,
                    },
                    {
                        system: tuple(f"nobody publishes {FLAT_NAMES[system][number]}" for number in (1, 3)),
                    },
                )
            },
        )
        for system in (A, B, C)
    ),
]
