"""A copy of an environment file that would deploy into the states of the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.errors import Refused, UserError
from shared.settings import loader, twins
from tests.settings.files import RIGHT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    environments = tmp_path / "environments"
    environments.mkdir()
    (environments / "region-migration.tfvars").write_text(RIGHT)
    monkeypatch.setattr(loader, "FOLDER", environments)
    monkeypatch.chdir(tmp_path)
    return environments


@pytest.mark.parametrize("name", ["chg", "region-migration", "environments/chg.tfvars"])
def test_of_a_file_and_its_copy_neither_is_taken_and_both_are_named(folder: Path, name: str) -> None:
    (folder / "chg.tfvars").write_text(RIGHT.replace("10.1.0.0", "10.9.0.0"))
    with pytest.raises(Refused) as refused:
        twins.refuse(name)
    text = str(refused.value)
    assert "environments/chg.tfvars" in text
    assert "environments/region-migration.tfvars" in text
    assert 'environment_suffix = "abc123"' in text
    assert 'state.bucket = "a-state-bucket"' in text


@pytest.mark.parametrize(
    ("old", "new"), [("abc123", "chg"), ("123456789012", "210987654321"), ("a-state-bucket", "another-one")]
)
def test_a_copy_that_has_states_of_its_own_is_an_environment_of_its_own(
    folder: Path, old: str, new: str
) -> None:
    (folder / "chg.tfvars").write_text(RIGHT.replace(old, new))
    twins.refuse("chg")
    twins.refuse("region-migration")


def test_a_suffix_on_the_command_line_may_part_them_or_bring_them_together(folder: Path) -> None:
    (folder / "chg.tfvars").write_text(RIGHT)
    twins.refuse("chg", suffix="pr7")
    (folder / "chg.tfvars").write_text(RIGHT.replace("abc123", "chg"))
    with pytest.raises(Refused, match=r"the same states as environments/region-migration\.tfvars"):
        twins.refuse("chg", suffix="abc123")


@pytest.mark.parametrize(
    "content",
    [
        f"{RIGHT}this is no line\n".encode(),
        RIGHT.replace('"a-state-bucket"', "var.bucket").encode(),
        RIGHT.replace("account_id ", "acount_id ").encode(),
        RIGHT.replace("state = {\n  bucket = ", 'state = "x"\nx = {\n  y = ').encode(),
        RIGHT.replace('"abc123"', "12").encode(),
        b"\xff\xfe",
        None,
    ],
)
def test_another_file_that_cannot_be_read_is_passed_over(folder: Path, content: bytes | None) -> None:
    other = folder / "another.tfvars"
    if content is None:
        other.mkdir()
    else:
        other.write_bytes(content)
    twins.refuse("region-migration")
    # of one that is asked for itself the settings tell what is wrong
    if content is not None:
        twins.refuse("another")


def test_a_file_outside_of_the_folder_is_compared_with_nothing(folder: Path, tmp_path: Path) -> None:
    assert (folder / "region-migration.tfvars").is_file()
    (tmp_path / "mine.tfvars").write_text(RIGHT)
    twins.refuse(tmp_path / "mine.tfvars")


def test_an_environment_that_is_not_there_is_said(folder: Path) -> None:
    assert folder.is_dir()
    with pytest.raises(UserError, match="there is no environment 'region-migratoin'"):
        twins.refuse("region-migratoin")
