"""How a run and its stacks ended, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.report import EXIT_DRIFT, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_REFUSED

if TYPE_CHECKING:
    from shared.deploy.report import RunReport, StackReport

#: Ends that a timeline has no words for: they are what the command is for.
_EXPECTED = frozenset({"applied", "destroyed", "unchanged", "planned"})
_VERDICTS = {EXIT_OK: "Done", EXIT_FAILED: "Failed", EXIT_REFUSED: "Refused", EXIT_INTERRUPTED: "Interrupted"}
_LOOK = "drift"


def verdict(report: RunReport) -> str:
    """Return how a run ended, in a word or two."""
    if report.command == _LOOK and report.exit_code in {EXIT_OK, EXIT_DRIFT}:
        return "No drift" if report.exit_code == EXIT_OK else "Drift"
    refused = [stack for stack in report.stacks if stack.status == "refused"]
    declined = [stack for stack in report.stacks if stack.status == "declined"]
    if report.exit_code == EXIT_REFUSED and declined and not refused:
        return "Declined"
    return _VERDICTS.get(report.exit_code, f"Exit code {report.exit_code}")


def ended(stack: StackReport, *, brief: bool = False) -> str:
    """Return how a stack ended and why; `brief`: nothing when it ended as everybody expects."""
    if stack.status in _EXPECTED:
        return "" if brief else status(stack)
    reasons = "" if stack.status == "refused" else "; ".join(stack.reasons)
    return f"{stack.status}: {reasons}" if reasons else stack.status


def status(stack: StackReport) -> str:
    """Return a stack's status as people read it."""
    return word(stack.status, looking="refresh" in stack.seconds)


def word(end: str, *, looking: bool = False) -> str:
    """Return a status as people read it; `looking`: nothing was planned, the state was compared."""
    return {"unchanged": "no drift" if looking else "no changes"}.get(end, end)
