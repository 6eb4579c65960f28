"""How a run and its stacks ended, in words."""

from __future__ import annotations

import pytest

from shared.deploy.page import words
from tests.deploy.page.runs import FOUNDATION, run, span, stack


@pytest.mark.parametrize(
    ("command", "code", "statuses", "expected"),
    [
        ("rollout", 0, ["applied"], "Done"),
        ("rollout", 1, ["failed"], "Failed"),
        ("rollout", 2, ["refused"], "Refused"),
        ("rollout", 2, ["declined"], "Declined"),
        ("rollout", 2, ["declined", "refused"], "Refused"),
        ("rollout", 130, ["interrupted"], "Interrupted"),
        ("rollout", 77, [], "Exit code 77"),
        ("drift", 0, ["unchanged"], "No drift"),
        ("drift", 2, ["drifted"], "Drift"),
        ("drift", 1, ["failed"], "Failed"),
        ("drift", 130, ["interrupted"], "Interrupted"),
    ],
)
def test_a_run_ends_in_a_word(command: str, code: int, statuses: list[str], expected: str) -> None:
    stacks = [stack(f"us-east-1/{number}", status) for number, status in enumerate(statuses)]

    assert words.verdict(run(*stacks, command=command, exit_code=code)) == expected


def test_what_everybody_expects_is_not_worth_a_word() -> None:
    for status in ("applied", "destroyed", "unchanged", "planned"):
        assert words.ended(stack(FOUNDATION, status), brief=True) == ""
    assert words.ended(stack(FOUNDATION, "drifted"), brief=True) == "drifted"


def test_an_end_has_its_reasons_beside_it_but_a_refusal_is_told_elsewhere() -> None:
    assert words.ended(stack(FOUNDATION, "blocked", reasons=("a failed", "b failed"))) == (
        "blocked: a failed; b failed"
    )
    assert words.ended(stack(FOUNDATION, "refused", reasons=("a",))) == "refused"
    assert words.ended(stack(FOUNDATION, "applied")) == "applied"


def test_only_an_empty_plan_found_a_stack_as_it_is_written() -> None:
    assert stack(FOUNDATION, "unchanged").as_written
    assert not stack(FOUNDATION, "applied").as_written


def test_a_stack_that_was_only_looked_at_has_no_drift_instead_of_no_changes() -> None:
    assert words.status(stack(FOUNDATION, "unchanged", span("plan", 0, 1))) == "no changes"
    assert words.status(stack(FOUNDATION, "unchanged", span("refresh", 0, 1))) == "no drift"
