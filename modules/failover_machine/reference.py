"""Writes `docs/state-machine-disaster-recovery.md`: `python -m modules.failover_machine.reference`."""

from __future__ import annotations

from pathlib import Path

from modules.failover_machine.definition import definition
from modules.failover_machine.inputs import FailoverMachineInputs
from modules.machine.reference import page_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "state-machine-disaster-recovery.md"
_HEAD = """# The state machine of the failover

Every state, where it goes, and how it is left on failure. Generated from `modules/failover_machine/` by
`python -m modules.failover_machine.reference`; a test keeps it up to date.

One machine in the standby region carries out `failover`, `switchover` and `failback`
([decision 0022](decisions/0022-one-machine-fails-over-and-back.md)). A task first repeats what passes by
itself; the last column says what happens then. A message that cannot be sent stops nothing. Nothing goes
back by itself: a step that cannot be done ends the execution at `Stuck`, with what was done before left as
it is, and the next execution of the same action goes on. One that was refused has changed nothing.
"""
_EXAMPLE = FailoverMachineInputs(
    home="us-east-1",
    away="us-west-2",
    failover_function_arn="failover",
    drain_function_arn="drain",
    drain_seconds=330,
    checkpoint_parameter="checkpoint",
    topic_arn="topic",
    env_options="--env disaster-recovery",
)


def page() -> str:
    """Return the page's text."""
    return page_of(_HEAD, definition(_EXAMPLE)["States"])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
