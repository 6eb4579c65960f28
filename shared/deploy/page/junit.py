"""A run as JUnit XML: a suite a stage, a test case a stack, with what its plan does as properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.reporting import junit
from shared.reporting.junit import Case, Suite

if TYPE_CHECKING:
    from shared.deploy.report import RunReport, StackReport

#: How a stack failed -> what JUnit calls that.
_FAILURES = {"failed": "Failed", "refused": "Refused", "drifted": "Drift"}
#: Ends of stacks that were not tried, or not to the end.
_SKIPPED = frozenset({"pending", "deferred", "blocked", "declined", "interrupted"})


def document(report: RunReport) -> str:
    """Return the XML document."""
    stages = dict.fromkeys(stack.stage for stack in report.stacks)
    suites = []
    for stage in stages:
        stacks = [stack for stack in report.stacks if stack.stage == stage]
        spans = [span for stack in stacks for span in stack.spans]
        begin = min((span.begin for span in spans), default=0.0)
        suites.append(
            Suite(
                name=stage,
                group=f"regionshift.{report.environment}",
                cases=[_case(stack) for stack in stacks],
                began=report.moment(begin),
                seconds=max((span.end for span in spans), default=begin) - begin,
                properties={"command": report.command, "suffix": report.suffix},
            )
        )
    return junit.document(f"{report.command} {report.environment}", suites, seconds=report.seconds)


def _case(stack: StackReport) -> Case:
    properties = {"status": stack.status, **{name: str(count) for name, count in stack.counts.items()}}
    properties |= {f"seconds.{phase}": f"{seconds:.3f}" for phase, seconds in stack.seconds.items()}
    return Case(
        name=stack.address,
        passed=stack.status not in _FAILURES,
        skipped=stack.status in _SKIPPED,
        kind=_FAILURES.get(stack.status, ""),
        detail=_detail(stack),
        seconds=stack.busy,
        properties={**properties, "log": stack.log},
    )


def _detail(stack: StackReport) -> str:
    """Return what is to be known of how a stack ended: one line or more, or nothing."""
    if stack.status == "failed":
        return stack.error or ""
    said = [str(problem) for problem in stack.problems] or list(stack.reasons)
    said += [str(found) for found in stack.drift]
    return "\n".join(said or ([stack.status] if stack.status in _SKIPPED else []))
