"""Judgements of what was read, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.operations.cutover.facts import AURORA, LEADS_TO_AURORA, Lag
from shared.operations.cutover.findings import freezing, replication, schema, server, target
from shared.operations.cutover.findings.finding import Finding, some
from shared.operations.cutover.findings.replication import Services
from shared.operations.cutover.notes import Limits
from shared.operations.cutover.reads.catalog import Catalog
from shared.operations.cutover.reads.columns import Column, Measure
from shared.operations.cutover.reads.rights import Rights
from shared.operations.cutover.sequences import Sequence
from tests.operations.cutover.positions import MADE, OPEN, RUNNING, VALID, position
from tests.synthesized import landing_settings

RIGHTS = Rights(
    superuser=False,
    owns_database=True,
    ends_sessions=True,
    sees_sessions=True,
    replicator_unwritten=(),
    replicator_superuser=False,
    replicator_replicates=True,
    replicator_unread=(),
    exempts=True,
    not_owned=(),
)
WELL = Catalog(
    settings={
        "server_version_num": "150010",
        "wal_level": "logical",
        "max_replication_slots": "10",
        "max_wal_senders": "10",
        "wal_sender_timeout": "60000",
    },
    slots=1,
    senders=1,
    encoding="UTF8",
    collation="C",
    character_type="C",
    bytes=1024**3,
    skew_seconds=0.1,
    tables=(),
    columns=(),
    measures={},
    sequences={},
    extensions={"plpgsql": "1.0"},
    available=frozenset({"plpgsql", "citext"}),
    foreign_keys={},
    other_constraints=frozenset(),
    triggers={},
    indexes={},
    transactions=(),
    prepared=(),
    large_objects=0,
    superusers=(),
    overriding=(),
    workers=(),
    rights=RIGHTS,
    gate=OPEN,
    sentinel=True,
)
SETTINGS = landing_settings()
SERVICES = Services(
    limits=Limits(lag_limit_seconds=5, lag_window_minutes=10),
    connections={"Aurora": ("successful", "")},
    alarms={"lag": "OK"},
)


def every(source: Catalog = WELL, aurora: Catalog = WELL, **options: Any) -> dict[str, Finding]:
    settings = options.get("settings", SETTINGS)
    found = [
        *server.judge(source, aurora, replicating=options.get("replicating", False)),
        *schema.judge(source, settings.replication),
        *freezing.judge(source, aurora, settings.cutover),
        *target.judge(source, aurora, "dms_heartbeat.cutover_sentinel"),
    ]
    return {one.code: one for one in found}


def sequence(**changes: Any) -> Sequence:
    values: dict[str, Any] = {
        "schema": "public",
        "name": "a",
        "last": 5,
        "called": True,
        "step": 1,
        "least": 1,
        "most": 10_000,
        "cycles": False,
    }
    return Sequence(**{**values, **changes})


def column(**changes: Any) -> Column:
    values: dict[str, Any] = {
        "table": "public.a",
        "name": "b",
        "type": "text",
        "base": "text",
        "kind": "b",
        "modifier": -1,
        "array": False,
    }
    return Column(**{**values, **changes})


def test_of_what_is_well_everything_is_ok():
    assert {one.verdict for one in every().values()} == {"ok"}


@pytest.mark.parametrize(
    ("code", "verdict", "changes", "expected"),
    [
        ("wal-level", "blocks", {"wal_level": "replica"}, "wal_level of the source is replica"),
        ("slots", "blocks", {"max_replication_slots": "1"}, "max_replication_slots = 1, and 1 are used"),
        ("senders", "blocks", {"max_wal_senders": "1"}, "max_wal_senders = 1, and 1 are used"),
        ("wal-sender-timeout", "warns", {"wal_sender_timeout": "5000"}, "is 5000 ms"),
        ("version", "warns", {"server_version_num": "160004"}, "PostgreSQL 16, Aurora is 15"),
    ],
)
def test_settings_of_the_server(code: str, verdict: str, changes: dict[str, str], expected: str):
    found = every(replace(WELL, settings={**WELL.settings, **changes}))[code]
    assert (found.verdict, expected in found.what) == (verdict, True), found


def test_aurora_has_to_write_its_log_for_the_way_back():
    found = every(aurora=replace(WELL, settings={**WELL.settings, "wal_level": "replica"}))
    assert "rds.logical_replication" in found["wal-level-aurora"].remedy


def test_a_slot_that_dms_has_already_is_not_asked_for_again():
    full = replace(WELL, settings={**WELL.settings, "max_replication_slots": "1"})
    assert every(full, replicating=True)["slots"].verdict == "ok"
    assert every(aurora=full, replicating=True)["slots-aurora"].verdict == "blocks"


@pytest.mark.parametrize(
    ("code", "verdict", "changes", "expected"),
    [
        ("clocks", "warns", {"skew_seconds": 3.1}, "3.0 s apart"),
        ("encoding", "blocks", {"encoding": "LATIN1"}, "the source is in LATIN1, Aurora in UTF8"),
        ("collation", "warns", {"collation": "de_DE"}, "sorted by de_DE and C, Aurora by C"),
        (
            "extensions",
            "blocks",
            {"extensions": {"pg_cron": "1"}},
            "Aurora does not have the extensions pg_cron",
        ),
        ("extensions", "blocks", {"extensions": {"citext": "1"}}, "citext are not made in Aurora's database"),
        ("prepared", "blocks", {"prepared": ("p1",)}, "prepared transactions: p1"),
        ("workers", "warns", {"workers": ("pg_cron",)}, "work in the source: pg_cron"),
        ("sentinel", "blocks", {"sentinel": False}, "is not in both databases"),
        ("lob-size", "warns", {"measures": {"public.a": Measure(kilobytes=None)}}, "too large to be read"),
        ("lob-size", "ok", {"measures": {"public.a": Measure(kilobytes=3, column="b")}}, "above 32 kB"),
    ],
)
def test_the_source(code: str, verdict: str, changes: dict[str, Any], expected: str):
    found = every(replace(WELL, **changes))[code]
    assert (found.verdict, expected in found.what) == (verdict, True), found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"owns_database": False, "ends_sessions": False}, "own the database, end sessions"),
        ({"sees_sessions": False}, "see what others' sessions do (pg_read_all_stats)"),
        ({"exempts": False}, "change what DMS's role begins with"),
        ({"not_owned": ("public.a",)}, "set the sequences public.a"),
    ],
)
def test_a_login_that_cannot_freeze_blocks(changes: dict[str, Any], expected: str):
    weak = replace(WELL, rights=replace(RIGHTS, **changes))
    found = every(weak, weak)
    assert expected in found["rights"].what
    assert "on_premises.operator_secret_name" in found["rights"].remedy
    assert "database.operator_secret_name" in found["rights-aurora"].remedy
    strong = replace(WELL, rights=replace(RIGHTS, superuser=True, owns_database=False, ends_sessions=False))
    assert every(strong)["rights"].verdict == "ok"


def test_the_role_of_dms_has_to_read_everything():
    assert (
        every(replace(WELL, rights=replace(RIGHTS, replicator_replicates=False)))["replicator"].verdict
        == "blocks"
    )
    blind = replace(RIGHTS, replicator_unread=("public.a",))
    assert "may not read public.a" in every(replace(WELL, rights=blind))["replicator"].what
    unable = replace(WELL, rights=replace(RIGHTS, replicator_unwritten=("public.a",)))
    assert "may not write public.a of the source" in every(unable)["replicator"].what
    assert "may not write public.a of Aurora" in every(WELL, unable)["replicator-aurora"].what
    superuser = replace(blind, replicator_superuser=True)
    assert every(replace(WELL, rights=superuser))["replicator"].verdict == "ok"


@pytest.mark.parametrize(
    ("one", "verdict", "expected"),
    [
        (sequence(), "ok", "Aurora has all 1 sequences"),
        (sequence(last=9_500), "blocks", "no room for 1000 more steps: public.a"),
        (sequence(last=9_500, cycles=True), "ok", "with room in each"),
        (sequence(last=99_000, most=100_001), "warns", "near their end: public.a (99%)"),
    ],
)
def test_sequences_have_to_have_room(one: Sequence, verdict: str, expected: str):
    known = {"public.a": one}
    found = every(replace(WELL, sequences=known), replace(WELL, sequences=known))["sequences"]
    assert (found.verdict, expected in found.what) == (verdict, True), found


def test_large_values_of_any_size_are_carried_where_the_settings_say_so():
    full = landing_settings(replication={"lob_mode": "full", "batch_apply": False})
    found = every(settings=full)
    assert found["lob-size"].what == "values of any size are carried"
    assert "batch-apply" not in found


def test_a_foreign_key_that_was_never_checked_warns():
    found = every(aurora=replace(WELL, foreign_keys={"public.a.b": False}))
    assert found["unvalidated"].verdict == "warns"


@pytest.mark.parametrize(
    ("one", "large"),
    [
        (column(), True),
        (column(base="varchar", modifier=14), False),
        (column(base="varchar"), True),
        (column(base="int4", array=True), True),
        (column(base="pair", kind="c"), True),
        (column(base="int4"), False),
    ],
)
def test_what_dms_takes_for_a_large_object(one: Column, large: bool):
    assert one.large is large


def test_of_many_names_a_few_are_said():
    assert some(str(number) for number in range(10)) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"


@pytest.mark.parametrize(
    ("code", "changes", "expected"),
    [
        ("forward-task", {"forward": None}, "cannot be seen"),
        (
            "forward-task",
            {"forward": replace(RUNNING, errored=2)},
            "2 tables of the forward task",
        ),
        ("forward-task", {"forward": replace(RUNNING, percent=30)}, "is running, loaded 30 %"),
        ("reverse-task", {"reverse": RUNNING}, "the reverse task is running"),
        ("reverse-task", {"reverse": None}, "not to be seen"),
        ("validation", {"tables": ()}, "DMS knows of no table"),
        (
            "validation",
            {"tables": (replace(VALID, pending=3),)},
            "payments (Table completed, Validated)",
        ),
        ("latency", {"lag": None}, "has values of 0 minutes, and 10 minutes are needed"),
        ("latency", {"lag": Lag(worst_seconds=9, samples=10)}, "the latency was 9 s within 10 minutes"),
        ("write-name", {"weights": LEADS_TO_AURORA}, "leads to Aurora"),
        ("write-name", {"weights": {AURORA: 0}}, "neither database alone"),
    ],
)
def test_the_replication(code: str, changes: dict[str, Any], expected: str):
    found = {one.code: one for one in replication.judge(position(**changes), SERVICES)}[code]
    assert (found.verdict, expected in found.what) == ("blocks", True), found


def test_a_replication_that_is_well_is_ok():
    found = list(replication.judge(position(reverse=MADE), SERVICES))
    assert {one.verdict for one in found} == {"ok"}
    bad = replace(SERVICES, connections={"Aurora": ("failed", "refused")}, alarms={"lag": "ALARM"})
    blocking = {one.code for one in replication.judge(position(), bad) if one.verdict == "blocks"}
    assert blocking == {"connections", "alarms"}


def test_a_sequence_that_aurora_does_not_have_blocks():
    one = sequence()
    source = replace(WELL, sequences={one.full_name: one})
    found = every(source, replace(WELL, sequences={}))["sequences"]
    assert found.verdict == "blocks"
    assert f"Aurora does not have the sequences {one.full_name}" in found.what
