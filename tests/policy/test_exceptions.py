"""What is wrong on purpose: what an exception must say, what it covers, and when it is stale."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import UserError
from shared.policy import exceptions
from shared.policy.exceptions import Exemption
from shared.policy.finding import Finding
from shared.policy.registry import A, B, C
from tests.policy.worlds import world

_FINDING = Finding(
    check="RS04",
    place="us-east-1/routing/peering/connection",
    wrong="nobody accepts it",
    remedy="x",
    file=Path("f"),
    environment="region-migration",
    system=A,
    protection="destroyable",
)
_ENTRY = Exemption(
    number=1,
    check="RS04",
    places=("*/routing/peering/connection",),
    reason="because it is so, and here is why",
    by="A9",
    systems=(A, B),
)


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], list[Exemption]]:
    """Load a file with these lines in its only entry."""

    def load(text: str) -> list[Exemption]:
        path = tmp_path / "exceptions.toml"
        path.write_text(text, encoding="utf-8")
        return exceptions.load(path)

    return load


_RIGHT = """
[[exception]]
check = "CKV_AWS_18"
places = ["*/bucket"]
reason = '''It is the bucket of the logs:
its own log would be about writing logs.'''
by = "docs/decisions/0018"
"""


def test_an_entry_is_read_with_its_defaults(load) -> None:
    assert load(_RIGHT) == [
        Exemption(
            number=1,
            check="CKV_AWS_18",
            places=("*/bucket",),
            reason="It is the bucket of the logs: its own log would be about writing logs.",
            by="docs/decisions/0018",
            wrong="",
            systems=(A, B, C),
            protection="",
        )
    ]
    assert load("") == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            ('check = "CKV_AWS_18"', 'check = "RS99"'),
            "check is 'RS99', which is neither one of ours nor checkov's",
        ),
        (('check = "CKV_AWS_18"', ""), "check is None"),
        (('places = ["*/bucket"]', "places = []"), "places is no list of patterns"),
        (('places = ["*/bucket"]', 'places = "*"'), "places is no list of patterns"),
        (('places = ["*/bucket"]', 'places = [" "]'), "places is no list of patterns"),
        (
            ("It is the bucket of the logs:\nits own log would be about writing logs.", "it is so"),
            "it has no reason",
        ),
        (
            ('by = "docs/decisions/0018"', 'by = "A99"'),
            "by is 'A99', which is no requirement and no decision",
        ),
        (('by = "docs/decisions/0018"', 'by = "docs/decisions/0999"'), "by is 'docs/decisions/0999'"),
        (('by = "docs/decisions/0018"', 'by = "A4"\nsystems = ["moon"]'), "systems is ['moon']; there are"),
        (('by = "docs/decisions/0018"', 'by = "A4"\nprotection = "some"'), "protection is 'some'"),
        (('by = "docs/decisions/0018"', 'by = "A4"\nwrong = 7'), "wrong is no text"),
        (('by = "docs/decisions/0018"', 'by = "A4"\nuntil = 2030'), "until means nothing"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(load, change: tuple[str, str], complaint: str) -> None:
    assert change[0] in _RIGHT
    with pytest.raises(UserError) as refused:
        load(_RIGHT.replace(*change))
    assert str(refused.value).startswith(f"exceptions.toml, exception 1: {complaint}")


def test_every_mistake_is_told_at_once(load) -> None:
    with pytest.raises(UserError) as refused:
        load('rest = 1\nexception = ["text", {check = "RS01"}]\n')
    assert [problem.what for problem in refused.value.problems] == [
        "it is no table",
        "places is no list of patterns",
        "it has no reason",
        "by is None, which is no requirement and no decision",
        "rest means nothing",
    ]


def test_a_file_that_cannot_be_read_is_named(load, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it cannot be read"):
        load("[[")
    with pytest.raises(UserError, match=r"nothing\.toml: it cannot be read"):
        exceptions.load(tmp_path / "nothing.toml")


def test_the_files_own_entries_are_right() -> None:
    entries = exceptions.load()
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert len({(e.check, p, e.systems, e.protection) for e in entries for p in e.places}) == sum(
        len(entry.places) for entry in entries
    )


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({}, True),
        ({"check": "RS05"}, False),
        ({"place": "us-east-1/routing/peering/options"}, False),
        ({"system": C}, False),
        ({"wrong": "something else"}, True),
    ],
)
def test_an_entry_covers_a_check_at_its_places_in_its_systems(change, covered: bool) -> None:
    assert _ENTRY.covers(dataclasses.replace(_FINDING, **change)) is covered


def test_an_entry_may_be_about_one_complaint_or_one_profile() -> None:
    about = dataclasses.replace(_ENTRY, wrong="nobody accepts")
    assert about.covers(_FINDING)
    assert not about.covers(dataclasses.replace(_FINDING, wrong="networks overlap"))
    easy = dataclasses.replace(_ENTRY, protection="destroyable")
    assert easy.covers(_FINDING)
    assert not easy.covers(dataclasses.replace(_FINDING, protection="production"))


def test_a_pattern_that_excuses_nothing_is_stale_once_all_its_systems_were_looked_at() -> None:
    two = dataclasses.replace(_ENTRY, places=(*_ENTRY.places, "*/elsewhere"))
    both = [world({}, A), world({}, B)]
    stale = exceptions.stale([two], [(_FINDING, two)], both)
    assert [(each.check, each.place, each.wrong) for each in stale] == [
        ("EXCEPTIONS", "exception 1 (RS04)", "stale exception: nothing is wrong at */elsewhere")
    ]
    assert len(exceptions.stale([two], [], both)) == 2
    assert exceptions.stale([two], [], both[:1]) == []
    assert exceptions.stale([_ENTRY], [(_FINDING, _ENTRY)], both) == []


def test_an_entry_of_another_profile_is_not_judged() -> None:
    entry = dataclasses.replace(_ENTRY, protection="production")
    assert exceptions.stale([entry], [], [world({}, A), world({}, B)]) == []
    assert exceptions.stale([entry], [], [world({}, s, protection="production") for s in (A, B)])
