from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.errors import UserError
from shared.rehearsal.report import Report
from tests.rehearsal.report.rehearsed import chapter, check, event, report, sample, whole


def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    before = whole()
    text = json.dumps(before.as_json())
    assert Report.from_json(json.loads(text)) == before
    assert [len(chapter["samples"]) for chapter in json.loads(text)["chapters"]] == [135, 20, 59]


def test_what_a_report_does_not_know_is_left_out_of_it() -> None:
    document = report().as_json() | {"exit_code": 0, "leaks": []}
    assert Report.from_json(document) == report()


def test_everything_that_is_wrong_with_a_document_is_said_at_once() -> None:
    document = report(chapter([sample(0)])).as_json()
    del document["suffix"]
    document["chapters"][0]["samples"][0]["lag_ms"] = "much"
    document["seconds"] = "long"
    with pytest.raises(UserError) as refused:
        Report.from_json(document)
    places = {problem.where for problem in refused.value.problems}
    assert places == {"suffix", "seconds", "chapters.0.samples.0.lag_ms"}


def test_a_document_that_is_no_report_at_all_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        Report.from_json([])
    assert [problem.where for problem in refused.value.problems] == ["report"]


def test_a_beginning_that_is_no_time_is_refused() -> None:
    with pytest.raises(UserError, match="Invalid isoformat string: 'yesterday'"):
        Report.from_json(report().as_json() | {"began_at": "yesterday"})


def test_a_moment_is_counted_from_the_beginning() -> None:
    assert report().moment(67.5) == datetime(2026, 3, 14, 9, 28, 0, 500000, UTC)


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        (None, None), ({}, None), ({"source": 0, "target": 0}, None), ({"source": 100, "target": 0}, 0),
        ({"source": 30, "target": 10}, 0.25), ({"target": 1}, 1),
    ],
)  # fmt: skip
def test_a_share_is_known_only_when_somebody_has_traffic(
    weights: dict[str, int] | None, share: float | None
) -> None:
    assert replace(sample(0), weights=weights).share == share


def test_a_chapter_is_as_long_as_what_was_seen_in_it() -> None:
    assert chapter(seconds=3).length == 3
    assert chapter([sample(4), sample(2)], seconds=3).length == 4
    assert chapter([sample(4)], seconds=3, events=(event(5, "moved"),)).length == 5
    assert chapter(seconds=0).length == 1


def test_a_report_with_a_failed_check_has_not_succeeded_whatever_it_says() -> None:
    good, bad = chapter(checks=(check("a"),)), chapter(checks=(check("a"), check("b", passed=False)))
    assert report(good).succeeded
    assert not report(good, passed=False).succeeded
    assert not report(good, bad).succeeded
    assert [found.name for found in bad.failed] == ["b"]
