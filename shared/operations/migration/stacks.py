"""Whether what is deployed is what is written: the plan of every stack is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.engine import Engine
from shared.deploy.report import EXIT_INTERRUPTED
from shared.errors import Problem

if TYPE_CHECKING:
    from shared.deploy.report import StackReport
    from shared.operations.migration.operator import Operator


def problems(operator: Operator) -> list[Problem]:
    """Plan every stack and return those whose plan is not empty.

    Raises UserError when nothing can be planned, and KeyboardInterrupt when that was interrupted.
    """
    manifest = operator.manifest
    working = Engine(
        manifest,
        clients=operator.clients,
        workdir=operator.workdir,
        console=operator.console,
        options=operator.options,
        command="migrate.start",
        again=f"rollout{manifest.place}",
        program=operator.program,
    )
    report = working.plan([entry.address for entry in manifest.stacks])
    if report.exit_code == EXIT_INTERRUPTED:
        raise KeyboardInterrupt
    return [_problem(stack, manifest.place) for stack in report.stacks if not stack.as_written]


def _problem(stack: StackReport, place: str) -> Problem:
    counts = ", ".join(f"{number} {kind}" for kind, number in stack.counts.items() if number)
    said = "; ".join(filter(None, (counts, *stack.reasons, stack.error or "")))
    return Problem(
        where=stack.address,
        what=f"its plan is not empty: {stack.status}{f' ({said})' if said else ''}",
        remedy=f"deploy it, or undo what was changed, until `invoke plan{place}` shows no change",
    )
