"""docs/policy.md says what the code and the exceptions' file say."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.policy import exceptions, page
from shared.policy.registry import checks


def test_the_page_is_up_to_date() -> None:
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.page(written), "python -m shared.policy.page"


def test_every_check_and_every_exception_has_its_row() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    for each in checks():
        assert text.count(f"| {each.id} | {each.title} |") == 1
    for entry in exceptions.load():
        assert text.count(f"| {entry.number} | {entry.check} |") == 1
        assert entry.reason in text


def test_main_writes_the_parts_and_leaves_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "policy.md"
    text = page.PAGE.read_text(encoding="utf-8")
    copy.write_text(
        text.replace("| RS01 |", "| RS00 |").replace("## Limits", "## Other words"), encoding="utf-8"
    )
    (tmp_path / "decisions").symlink_to(page.PAGE.parent / "decisions")
    monkeypatch.setattr(page, "PAGE", copy)
    page.main()
    assert copy.read_text(encoding="utf-8") == text.replace("## Limits", "## Other words")


@pytest.mark.parametrize("name", ["checks", "exceptions"])
def test_a_page_without_a_place_is_refused(name: str) -> None:
    text = page.PAGE.read_text(encoding="utf-8").replace(f"<!-- {name}: end -->", "")
    with pytest.raises(ValueError, match=f"policy.md has no place for the {name}"):
        page.page(text)


def test_every_link_of_the_page_leads_somewhere() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    targets = {part.split(")")[0] for part in text.split("](")[1:]}
    assert targets
    assert [target for target in targets if not (page.PAGE.parent / target).exists()] == []
