from __future__ import annotations

from typing import Any

from shared.rehearsal.report import Sample
from shared.rehearsal.report.rows import Row, rows
from tests.rehearsal.report.rehearsed import EU, HOSTS, US, chapter, fault, migration, report, sample

PLACE = f"{EU} {HOSTS}"


def drawn(*seen: Sample) -> dict[str, list[tuple[float, float, str, str]]]:
    return {row.label: bars(row) for row in rows(report(), chapter(seen, seconds=9))}


def bars(row: Row) -> list[tuple[float, float, str, str]]:
    return [(part.begin, part.end, part.kind, part.words) for part in row.bars]


def quiet(seconds: float, **changes: Any) -> Sample:
    return sample(seconds, **{"alarms": {}, **changes})


def test_the_writer_is_in_one_region_in_the_other_or_nobody_knows() -> None:
    seen = [quiet(0), quiet(2, writer=""), quiet(4, writer=EU), quiet(6, writer="ap-south-1")]
    assert drawn(*seen)["writer"] == [
        (0, 2, "source", US), (2, 4, "unknown", "not known"), (4, 6, "target", EU),
        (6, 9, "unknown", "ap-south-1"),
    ]  # fmt: skip


def test_an_alarm_is_ok_in_alarm_without_data_or_not_there() -> None:
    states = ["OK", "ALARM", "INSUFFICIENT_DATA", "missing"]
    seen = [quiet(place, alarms={PLACE: state}) for place, state in enumerate(states)]
    assert drawn(*seen, quiet(4))["eu-west-1 healthy hosts"] == [
        (0, 1, "ok", "OK"), (1, 2, "alarm", "ALARM"), (2, 3, "nodata", "no data"),
        (3, 4, "unknown", "missing"), (4, 9, "unknown", "not known"),
    ]  # fmt: skip


def test_a_rows_full_name_is_kept_where_it_is_shortened() -> None:
    long = f"{EU} {'x' * 200}"
    found = rows(report(), chapter([quiet(0, alarms={PLACE: "OK", long: "OK", "plain": "OK"})]))
    names = {row.says: row.label for row in found}
    assert names == {
        "Region that writes": "writer",
        PLACE: "eu-west-1 healthy hosts",
        long: f"eu-west-1 {'x' * 25}…",
        "plain": "plain",
    }


def test_writes_are_drawn_only_while_they_are_paused() -> None:
    seen = [quiet(0), quiet(2, paused=(US, EU)), quiet(3, paused=(EU, US)), quiet(4)]
    assert drawn(*seen)["writes"] == [(2, 4, "paused", f"paused: {EU}, {US}")]
    assert "writes" not in drawn(quiet(0))


def test_the_machine_is_drawn_only_while_it_runs() -> None:
    assert drawn(quiet(0), quiet(1, state="Bake"), quiet(5))["state machine"] == [(1, 5, "step", "Bake")]
    assert "state machine" not in drawn(quiet(0))


def test_the_order_is_writer_writes_alarms_machine() -> None:
    alarms = [f"{place} {what}" for place in (EU, US) for what in ("healthy hosts", "replication lag")]
    assert [row.label for row in rows(report(), migration())] == [
        "writer",
        "writes",
        *alarms,
        "state machine",
    ]
    assert [row.label for row in rows(report(), fault())] == ["writer", *alarms, "state machine"]


def test_a_chapter_in_which_nothing_was_seen_has_an_empty_row_for_its_writer() -> None:
    assert [(row.label, row.bars) for row in rows(report(), chapter())] == [("writer", ())]


def test_payments_are_bars_as_high_as_there_were_many_and_a_pause_is_said() -> None:
    seen = [
        quiet(0, paid_a_second=100.0, slowest_ms=20.0),
        quiet(2, paid_a_second=0.0, slowest_ms=0.0),
        quiet(4, paid_a_second=50.0, slowest_ms=80.0),
    ]
    found = {row.label: row for row in rows(report(), chapter(seen, seconds=9))}
    assert bars(found["no payment"]) == [(2, 4, "paused", "2.0 s")]
    assert [(bar.begin, bar.end, bar.part) for bar in found["payments a second, to 100"].bars] == [
        (0, 2, 1.0),
        (4, 9, 0.5),
    ]
    assert [bar.part for bar in found["slowest, ms, to 80"].bars] == [0.25, 1.0]
    assert found["slowest, ms, to 80"].says == "The slowest payment of a look, in milliseconds; 80 at most"
