from __future__ import annotations

from datetime import timedelta

import pytest

from shared.operations.migration.facts import Alarm, Topology, Weights
from shared.rehearsal.chapters import Chapters
from shared.rehearsal.journey import seen_of
from shared.rehearsal.report import Number, Sample

ALARM = Alarm(region="eu-west-1", name="alarm-lag", state="OK", measures="replication lag")
SEEN = Topology(
    source="us-east-1",
    target="eu-west-1",
    weights=Weights(source=75, target=25),
    lag_ms=80.0,
    alarms=(ALARM,),
    paused=("us-east-1",),
)


def test_what_is_seen_in_a_chapter_is_in_it_and_nothing_else():
    chapters = Chapters()
    chapters.sample(**seen_of(SEEN))
    with chapters.chapter("Traffic shift") as draft:
        chapters.sample(**seen_of(SEEN))
        chapters.sample(**seen_of(Topology(source="us-east-1", target="eu-west-1")))
        draft.event("25 %", "of the traffic")
        draft.check("right", passed=True)
        draft.check("wrong", passed=False, detail="because")
        draft.number("lost", "0", "of 12")
        draft.outcome = "waiting"
        assert [check.name for check in draft.failed] == ["wrong"]
    chapters.sample(**seen_of(SEEN))
    (chapter,) = chapters.written
    assert (chapter.title, chapter.outcome) == ("Traffic shift", "waiting")
    assert [event.name for event in chapter.events] == ["25 %"]
    assert chapter.numbers == (Number(name="lost", value="0", detail="of 12"),)
    first, second = chapter.samples
    assert first == Sample(
        seconds=first.seconds,
        weights={"source": 75, "target": 25},
        writer="",
        lag_ms=80.0,
        alarms={"eu-west-1 alarm-lag": "OK"},
        state="",
        paused=("us-east-1",),
    )
    assert second.weights is None
    assert 0 <= first.seconds <= second.seconds <= chapter.seconds


def test_what_was_told_stands_where_it_was_told():
    chapters = Chapters()
    with chapters.chapter("Traffic shift") as draft:
        draft.event("later")
        began = draft.began_at
        early = {"at": (began - timedelta(seconds=5)).isoformat(), "event": "started", "phase": 0}
        draft.told({**early, "reasons": []})
        passed = {"at": (began + timedelta(seconds=2)).isoformat(), "event": "phase-passed", "phase": 25}
        draft.told({**passed, "reasons": []})
        back = {"at": (began + timedelta(seconds=1)).isoformat(), "event": "rolling-back", "phase": 50}
        draft.told({**back, "reasons": ["one", "two"]})
    events = [(event.name, event.detail) for event in chapters.written[0].events]
    assert events == [("later", ""), ("rolling-back", "one; two"), ("phase-passed", "25")]


def test_a_chapter_that_breaks_off_is_kept():
    chapters = Chapters()

    def break_off() -> None:
        with chapters.chapter("Traffic shift"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert [chapter.title for chapter in chapters.written] == ["Traffic shift"]
