"""The schema, and the copy of it that the function has."""

from __future__ import annotations

from pathlib import Path

from shared.intents import schema

ROOT = Path(__file__).resolve().parents[2]


def test_the_function_has_the_same_schema():
    ours = (ROOT / "shared" / "intents" / "schema.py").read_text()
    assert (ROOT / "modules" / "lambdas" / "drain" / "schema.py").read_text() == ours


def test_every_key_has_a_type_and_the_shards_sort():
    assert set(schema.ATTRIBUTES) == {schema.KEY, schema.SHARD, schema.SEQUENCE}
    assert schema.shards() == tuple(sorted(schema.shards()))
    assert len(schema.shards()) == schema.SHARDS
