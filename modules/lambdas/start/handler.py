"""The function `start`: reads, decides, answers. It changes nothing, so it may always be retried."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any

from . import checkpoint as checkpoints
from . import configuration as configurations
from .course import Course, decide
from .errors import InputRefused
from .others import refuse_another
from .present import Present, checkpoint_text, observe
from .request import Request, parse


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the course for `event["input"]`.

    Raises InputRefused with every reason, AnotherRuns when this execution is not alone, and botocore's
    errors when AWS does not answer.
    """
    configuration = configurations.read(os.environ["CONFIG"])
    refuse_another(event["machine"], event["execution"], configuration.target)
    regions = (configuration.source, configuration.target)
    request, reasons = parse(event.get("input"), configuration.defaults)
    text = checkpoint_text(configuration)
    if text is None:
        reasons.append(f"there is no parameter {configuration.checkpoint_parameter}")
        checkpoint = None
    else:
        checkpoint, unreadable = checkpoints.parse(text, regions)
        reasons += unreadable
    present = observe(configuration)
    reasons += present.strange_records
    if reasons or request is None or checkpoint is None:
        raise InputRefused(reasons)
    course = decide(request, checkpoint, present, target=configuration.target)
    return answer(course, request, present, stage=checkpoint.stage)


def answer(course: Course, request: Request, present: Present, *, stage: str) -> dict[str, Any]:
    """Return the course as the state machine reads it: everything that it needs later on.

    `stage` is the checkpoint's, as it was found.
    """
    return {
        "stage": stage,
        **asdict(course),
        "steps": [asdict(step) for step in course.steps],
        "weights": dict(present.weights),
        "writer": present.writer,
        "bake_seconds": request.bake_seconds,
        "approval_timeout_seconds": request.approval_timeout_seconds,
        "drain_seconds": request.drain_seconds,
        "settle_seconds": request.settle_seconds,
        "limits": dict(request.limits),
        "retry_seconds": request.retry_seconds,
        "dry_run_metrics": list(request.dry_run_metrics),
        "requested_by": request.requested_by,
        "reason": request.reason,
    }
