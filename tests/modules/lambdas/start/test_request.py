"""The input of an execution: filled up with defaults, or refused with every reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lambdas.start.request import METRICS, parse
from tests.modules.lambdas.start.inputs import DEFAULTS, request

VALID: dict[str, st.SearchStrategy[Any]] = {
    "phases": st.sets(st.integers(1, 100), min_size=1).map(sorted),
    "bake_seconds": st.integers(0, 86_400),
    "approve_phases": st.lists(st.integers(1, 100), unique=True),
    "switchover": st.booleans(),
    "approval_timeout_seconds": st.integers(1, 31_536_000),
    "drain_seconds": st.integers(0, 3600),
    "settle_seconds": st.integers(0, 3600),
    "retry_seconds": st.integers(0, 3600),
    "dry_run_metrics": st.lists(st.sampled_from(METRICS), unique=True),
    "requested_by": st.text(max_size=256),
    "reason": st.text(max_size=500),
    "limits": st.fixed_dictionaries({}, optional={"failure": st.integers(0, 100)}),
}
WRONG: dict[str, Any] = {
    "action": "move",
    "phases": [50, 25],
    "bake_seconds": True,
    "approve_phases": [0],
    "switchover": 1,
    "approval_timeout_seconds": 0,
    "drain_seconds": -1,
    "settle_seconds": "60",
    "retry_seconds": 10.0,
    "dry_run_metrics": ["latency"],
    "requested_by": None,
    "reason": "x" * 501,
    "limits": {"failure": -1},
}


def refusals(document: Any, defaults: dict[str, Any] | None = None) -> list[str]:
    made, problems = parse(document, DEFAULTS if defaults is None else defaults)
    assert (made is None) == bool(problems)
    return problems


def test_an_action_alone_means_the_defaults():
    made = request("migrate")
    assert made.phases == (25, 50, 75, 100)
    assert made.limits == {"failure": 0, "inconclusive": 0, "consecutive_error": 4}
    assert (made.requested_by, made.reason) == ("", "")


def test_a_limit_of_the_input_leaves_the_other_defaults():
    assert request(limits={"failure": 2}).limits == {"failure": 2, "inconclusive": 0, "consecutive_error": 4}


@given(keys=st.fixed_dictionaries({}, optional=VALID))
def test_everything_within_its_bounds_is_taken_as_it_is(keys):
    made = request("migrate", **keys)
    for key, value in keys.items():
        taken = getattr(made, key)
        expected = {**DEFAULTS["limits"], **value} if key == "limits" else value
        assert (list(taken) if isinstance(taken, tuple) else taken) == expected


@given(wrong=st.sets(st.sampled_from(sorted(WRONG)), min_size=1))
def test_every_wrong_value_is_refused_with_the_others(wrong):
    problems = refusals({"action": "migrate", **{key: WRONG[key] for key in wrong}})
    assert {problem.split(":")[0].split(".")[0] for problem in problems} == wrong
    assert len(problems) == len(wrong)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("phases", [], "phases: there is no phase"),
        ("phases", 50, "phases: 50 is not a list"),
        ("phases", [25, 25], "phases: something is in [25, 25] twice"),
        ("phases", [50, 25], "phases: the phases have to rise, but 25 comes after 50"),
        ("phases", [0, 101], "0 is not a whole number from 1 to 100; 101 is not"),
        ("phases", [25, True], "True is not a whole number from 1 to 100"),
        ("bake_seconds", 86_401, "86401 is not a whole number from 0 to 86400"),
        ("bake_seconds", "300", "'300' is not a whole number from 0 to 86400"),
        ("approval_timeout_seconds", 31_536_001, "from 1 to 31536000"),
        ("switchover", "true", "'true' is neither true nor false"),
        ("dry_run_metrics", ["alarms", "alarms"], "twice"),
        ("dry_run_metrics", ["lag"], "'lag' is none of alarms, replication_lag"),
        ("dry_run_metrics", [["alarms"]], "['alarms'] is none of alarms"),
        ("requested_by", "x" * 257, "it has 257 characters, and 256 are allowed"),
        ("reason", 5, "5 is not a text"),
        ("limits", [], "limits: [] is not an object"),
        ("limits", {"failure": 101}, "limits.failure: 101 is not a whole number from 0 to 100"),
    ],
)
def test_a_wrong_value_is_shown_with_what_is_allowed(key, value, said):
    problems = refusals({"action": "migrate", key: value})
    assert len(problems) == 1
    assert said in problems[0]


def test_a_key_that_does_not_exist_is_answered_with_the_nearest_one():
    problems = refusals({"action": "migrate", "bakeseconds": 1, "limits": {"failures": 1}})
    assert problems == [
        "bakeseconds: there is no such key; the nearest one is `bake_seconds`",
        "limits.failures: there is no such key; the nearest one is `failure`",
    ]


def test_even_the_strangest_key_has_a_nearest_one():
    assert "the nearest one is `" in refusals({"action": "migrate", "": 1})[0]


@pytest.mark.parametrize("document", [None, [], "migrate", 1])
def test_an_input_that_is_no_object_is_refused(document):
    assert refusals(document) == [f"the input is not an object: {document!r}"]


def test_the_action_has_no_default():
    assert refusals({}) == ["action: it is missing, and there is no default"]
    assert refusals({}, {**DEFAULTS, "action": "migrate"}) == refusals({})


def test_a_default_that_is_missing_or_wrong_is_said_to_be_the_default():
    problems = refusals({"action": "migrate"}, {**DEFAULTS, "bake_seconds": -1, "limits": {"failure": -1}})
    assert problems == [
        "limits.failure (the default): -1 is not a whole number from 0 to 100",
        "limits.inconclusive: it is missing, and there is no default",
        "limits.consecutive_error: it is missing, and there is no default",
        "bake_seconds (the default): -1 is not a whole number from 0 to 86400",
    ]
