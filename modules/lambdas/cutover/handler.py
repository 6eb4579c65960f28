"""The function `cutover`: looks, decides, moves the write name, writes down that it did.

The same event twice does the same once: what is done already is seen in the weights and in the state.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from . import configuration as configurations
from . import state as states
from . import weights
from .aws import client
from .configuration import Configuration, Limits
from .course import WAYS, Course, decide
from .question import Question, parse
from .readings import Readings, look
from .state import State
from .verdict import against_cutover, against_rollback, not_fresh

_LONGEST_SUBJECT = 100
"""SNS, Publish: Subject."""


def handle(event: Any, _context: object) -> dict[str, Any]:
    """Return what was done and every reason why something was not.

    Raises InputRefused for an event or a parameter that cannot be understood, ChangedMeanwhile when
    somebody else wrote the state, and botocore's errors when AWS does not answer.
    """
    configuration = configurations.read(os.environ["CONFIG"])
    question = parse(event, configuration)
    if not question.action:
        return _answer(Course(go="nothing", why=f"it asks for nothing: {question.by}"))
    now = datetime.now(UTC)
    region = configuration.region
    limits = configurations.limits(states.value_of(configuration.config_parameter, region)[0])
    state = states.read(configuration.state_parameter, region)
    records = weights.observe(configuration)
    readings = look(configuration, limits, now)
    if question.action == "assess":
        return _assessment(state, records.weights, against_cutover(readings, limits, state), readings)
    course = decide(
        question,
        state.stage,
        records.weights,
        mode=limits.mode,
        reasons=_reasons(question, readings, limits, state, now),
    )
    return _carry_out(course, question, state, configuration, records)


def _reasons(
    question: Question, readings: Readings, limits: Limits, state: State, now: datetime
) -> list[str]:
    if question.action == "rollback":
        return [*against_rollback(readings), *not_fresh(state, limits, now)]
    return [*against_cutover(readings, limits, state), *not_fresh(state, limits, now)]


def _carry_out(
    course: Course, question: Question, state: State, configuration: Configuration, records: weights.Records
) -> dict[str, Any]:
    if course.go == "nothing":
        return _answer(course)
    if course.go in {"ask", "tell"}:
        _tell(configuration, question, course)
        return _answer(course)
    way, everywhere, version = WAYS[question.action], True, state.version
    if course.go == "move":
        # First that it is done, then the deed: whoever comes after a crash in between finishes it.
        version = _note(configuration, way.under_way, question, state, on=version)
        everywhere = weights.move(configuration, records, way.wanted)
    _note(configuration, way.done, question, state, on=version)
    _tell(configuration, question, course)
    return _answer(course, done=True, everywhere=everywhere)


def _note(configuration: Configuration, stage: str, question: Question, state: State, *, on: int) -> int:
    # to the microsecond, so that no two notes are the same text
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    document = {**state.kept, "stage": stage, "at": now, "by": question.by}
    return states.write(configuration.state_parameter, configuration.region, document, on=on)


def _tell(configuration: Configuration, question: Question, course: Course) -> None:
    message = {"action": question.action, "by": question.by, **asdict(course)}
    subject = {"ask": "ready, waits for approval", "tell": "refused"}.get(course.go, "done")
    client("sns", configuration.region).publish(
        TopicArn=configuration.topic_arn,
        Subject=f"{configuration.record_name}: {question.action} {subject}"[-_LONGEST_SUBJECT:],
        Message=json.dumps(message, indent=2),
    )


def _answer(course: Course, *, done: bool = False, everywhere: bool = False) -> dict[str, Any]:
    return {**asdict(course), "done": done, "everywhere": everywhere}


def _assessment(
    state: State, found: dict[str, int], reasons: list[str], readings: Readings
) -> dict[str, Any]:
    return {
        "ready": not reasons,
        "reasons": reasons,
        "stage": state.stage,
        "weights": found,
        "forward": readings.forward.status,
        "reverse": readings.reverse.status,
        "tables": len(readings.tables),
    }
