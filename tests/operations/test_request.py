from __future__ import annotations

from typing import Any

import pytest

from shared.operations.migration.request import Request, Typed


def test_what_is_not_said_is_left_to_the_settings() -> None:
    assert Request().document("rollback", "arn:me") == {
        "action": "rollback",
        "reason": "",
        "requested_by": "arn:me",
    }


def test_what_is_typed_becomes_the_input() -> None:
    typed = Typed(
        phases="25, 50",
        bake="60",
        approve_phases="50",
        switchover=False,
        dry_run_metrics="error_rate,alarms",
        limits="failure=1, consecutive_error=2",
        reason="today",
    )

    request, problems = typed.request()

    assert problems == []
    assert request.document("migrate", "me") == {
        "action": "migrate",
        "phases": (25, 50),
        "bake_seconds": 60,
        "approve_phases": (50,),
        "switchover": False,
        "dry_run_metrics": ("error_rate", "alarms"),
        "limits": {"failure": 1, "consecutive_error": 2},
        "reason": "today",
        "requested_by": "me",
    }


@pytest.mark.parametrize(
    ("typed", "where", "what"),
    [
        ({"phases": "25;50"}, "--phases", "'25;50' cannot be read"),
        ({"phases": "50,25"}, "--phases", "the phases have to rise, but 25 comes after 50"),
        ({"phases": "50,101"}, "--phases", "101 is not from 1 to 100 per cent"),
        ({"bake": "soon"}, "--bake", "'soon' cannot be read"),
        ({"bake": "-1"}, "--bake", "-1 is not from 0 to 86400 seconds"),
        ({"approve_phases": "0"}, "--approve-phases", "0 is not from 1 to 100 per cent"),
        (
            {"dry_run_metrics": "mood"},
            "--dry-run-metrics",
            "there is no 'mood': alarms, replication_lag, healthy_targets, error_rate",
        ),
        ({"limits": "failure"}, "--limits", "'failure' cannot be read"),
        ({"limits": "failure=many"}, "--limits", "'failure=many' cannot be read"),
        ({"limits": "mood=1"}, "--limits", "there is no 'mood': failure, inconclusive, consecutive_error"),
        ({"limits": "failure=101"}, "--limits", "101 is not from 0 to 100 times"),
        ({"reason": "x" * 501}, "--reason", "501 is not from 0 to 500 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_option(typed: dict[str, Any], where: str, what: str) -> None:
    _, problems = Typed(**typed).request()

    assert [(one.where, one.what) for one in problems] == [(where, what)]


def test_every_mistake_is_said_at_once() -> None:
    _, problems = Typed(phases="x", bake="x", approve_phases="x", limits="x").request()

    assert [one.where for one in problems] == ["--phases", "--bake", "--approve-phases", "--limits"]
    assert all((one.remedy or "").startswith("as in: ") for one in problems)
    assert [one.what for one in Request(phases=()).problems()] == ["there is no phase"]
