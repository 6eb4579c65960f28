"""Each of the 44 checks: what it finds right, what it finds wrong, and that it says so of the right place."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.policy.checks import names
from shared.policy.model import Platform
from shared.policy.registry import check as add
from shared.policy.registry import checks
from shared.workspace import Workspace
from tests.policy.examples import every
from tests.policy.worlds import Example, changed, world

EXAMPLES = every()
CHECKS = {check.id: check for check in checks()}
RIGHT = [pytest.param(each, id=f"{each.check}-{number}") for number, each in enumerate(EXAMPLES)]
WRONG = [pytest.param(each, name, id=f"{each.check}-{name}") for each in EXAMPLES for name in each.wrong]
FINE = [pytest.param(each, name, id=f"{each.check}-{name}") for each in EXAMPLES for name in each.fine or {}]


@pytest.fixture(autouse=True)
def no_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RS37 also reads the code that a platform was made from: here, none."""
    monkeypatch.setattr(names, "here", lambda: Workspace(tmp_path))


def said(check: str, platform: Platform) -> dict[str, set[str]]:
    """Place -> what is said of it; nothing when it is well."""
    found: dict[str, set[str]] = {}
    for judged in CHECKS[check].judge(platform):
        found.setdefault(judged.place.place, set()).update([judged.wrong] if judged.wrong else [])
    return found


def of(example: Example, changes: object = None) -> Platform:
    stacks = changed(example.right, changes) if isinstance(changes, dict) else example.right
    folder = Path(__file__).parent / "packages"
    return world(stacks, example.system, protection=example.protection, folder=folder)


def test_there_are_forty_four_checks_with_ids_in_a_row() -> None:
    assert list(CHECKS) == [f"RS{number:02}" for number in range(1, 45)]


def test_every_check_has_an_example_that_is_right_and_one_that_is_wrong() -> None:
    assert {each.check for each in EXAMPLES if each.wrong} == set(CHECKS)


@pytest.mark.parametrize("example", RIGHT)
def test_what_is_right_is_looked_at_and_nothing_is_said(example: Example) -> None:
    found = said(example.check, of(example))
    assert sorted(found) == sorted(example.judged)
    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize(("example", "name"), WRONG)
def test_what_is_wrong_is_said_of_the_place_where_it_is(example: Example, name: str) -> None:
    changes, expected = example.wrong[name]
    found = said(example.check, of(example, changes))
    assert {place: words for place, words in found.items() if words} == {
        place: {words} if isinstance(words, str) else set(words) for place, words in expected.items()
    }


@pytest.mark.parametrize(("example", "name"), FINE)
def test_what_may_be_otherwise_is_not_complained_about(example: Example, name: str) -> None:
    found = said(example.check, of(example, (example.fine or {})[name]))
    assert {place: words for place, words in found.items() if words} == {}
    assert found


def test_a_check_says_nothing_about_systems_that_it_is_not_for() -> None:
    for example in EXAMPLES:
        check = CHECKS[example.check]
        for system in {"region-migration", "disaster-recovery", "database-migration"} - set(check.systems):
            assert check.judge(world({}, system)) == []


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_every_check_says_what_it_wants_why_and_what_to_do(check) -> None:
    assert check.title[0].isupper()
    assert check.title[-1] != "."
    assert len(check.why) > 40
    assert check.remedy.endswith(".")


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="RS01 is taken by Every route goes from somewhere to somewhere"):
        add("RS01", "Something else", why="", remedy="")(lambda _: iter(()))


def test_the_code_is_looked_at_as_well(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "regions" / "stacks").mkdir(parents=True)
    (tmp_path / "modules" / "clean.py").write_text('ZONE = "1234567890123"\n')
    (tmp_path / "regions" / "stacks" / "copied.py").write_text(
        'A = "123456789012"\nB = "vpc-0a1b2c3d4e5f60718"\n'
    )

    assert said("RS37", world({})) == {
        "modules/clean.py": set(),
        "regions/stacks/copied.py": {
            "123456789012 is written into it",
            "vpc-0a1b2c3d4e5f60718 is written into it",
        },
    }
