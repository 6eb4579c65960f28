"""Answer the question that an execution waits for: `invoke migrate.approve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deploy.saying import say
from shared.errors import Problem
from shared.operations.migration import executions
from shared.operations.migration.session import begin
from shared.operations.migration.show import asked

if TYPE_CHECKING:
    from shared.operations.migration.facts import Question
    from shared.operations.migration.operator import Operator, Result

ANSWERS = ("continue", "rollback", "again")
"""`again` has the gate look once more; only for what it could not tell."""


def run(operator: Operator, *, answer: str = "", comment: str = "") -> Result:
    """Send the answer, and watch what follows; without one, ask for it.

    Raises Refused when nobody is asked, when the question is closed by now, and for an answer that the
    question does not have.
    """
    session = begin("approve", operator)
    question = session.before.question
    session.refuse(_problems(answer, question) if answer else ())
    assert question is not None  # noqa: S101 - otherwise the move was refused
    arn = session.before.running.arn if session.before.running else ""
    console = operator.console
    say(console, asked(session.before))
    if not answer:
        answer = session.typed(f"Answer {' | '.join(answers_to(question))} (anything else: none):")
        if answer not in answers_to(question):
            return session.declined()
    elif not session.confirmed(f"Answer {answer}?"):
        return session.declined()
    executions.answer(
        session.handles, operator.clients, question, decision=answer, by=session.by, comment=comment
    )
    console.print(f"answered: {answer}")
    return session.watch(arn, answered=question.token)


def answers_to(question: Question) -> tuple[str, ...]:
    """Return the answers that a question has."""
    return ANSWERS if question.kind == "inconclusive" else ANSWERS[:2]


def _problems(answer: str, question: Question | None) -> list[Problem]:
    known = answers_to(question) if question else ANSWERS
    if answer in known:
        return []
    return [Problem(where="--answer", what=f"{answer!r} is no answer", remedy=f"one of: {', '.join(known)}")]
