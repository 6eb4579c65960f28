"""Which tables are taken, and what is known of them."""

import pytest

from shared.rehearsal.replication import tables
from tests.rehearsal.replication.scene import ALL, Scene, mappings


@pytest.fixture(scope="module")
def prepared(both):
    return Scene(both)


def names(prepared, rules):
    with prepared.source.connect() as connection:
        return [table.full_name for table in tables.selected(connection, rules)]


def test_percent_stands_for_anything_and_an_exclusion_wins(prepared):
    every = ["public.fleeting", "public.loose", "public.things", "public.whole"]
    assert names(prepared, ALL) == every
    assert names(prepared, mappings(("include", "pub%", "%o%"))) == ["public.loose", "public.whole"]
    rules = mappings(("exclude", "public", "l%"), ("include", "public", "%o%"))
    assert names(prepared, rules) == ["public.whole"]


def test_nothing_else_has_a_meaning_in_a_name(prepared):
    assert names(prepared, mappings(("include", "public", "th*"), ("include", "public", "[a-z]hole"))) == []


def test_without_rules_there_are_no_tables(prepared):
    assert names(prepared, "") == []
    assert names(prepared, '{"rules": [{"rule-type": "transformation"}]}') == []


def test_keys_columns_and_identities_are_known(prepared):
    with prepared.source.connect() as connection:
        found = tables.of(connection)
    things, loose = found["public", "things"], found["public", "loose"]
    assert things.key == ("id",)
    assert things.columns == ("id", "said", "amount")
    assert things.tells_rows_apart
    assert not loose.tells_rows_apart
    assert found["public", "whole"].tells_rows_apart
    assert not found["public", "fleeting"].logged
