from pathlib import Path

import pytest

from shared import settings
from shared.errors import UserError
from shared.settings import loader
from tests.settings.files import RIGHT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    environments = tmp_path / "environments"
    environments.mkdir()
    (environments / "region-migration.tfvars").write_text(RIGHT)
    (environments / "other.tfvars").write_text(RIGHT)
    monkeypatch.setattr(loader, "FOLDER", environments)
    monkeypatch.chdir(tmp_path)
    return environments


def refusal(name: str | Path):
    with pytest.raises(UserError) as refused:
        settings.load(name)
    return str(refused.value)


def test_the_example_of_the_repository_is_right():
    environment = settings.load("region-migration")
    assert environment.source.vpc_cidr == "10.0.0.0/16"
    assert environment.target.availability_zones == ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    assert environment.state.bucket == "payments-terraform-state-abc123"


def test_the_example_of_the_second_system_is_right():
    environment = settings.load("disaster-recovery")
    assert isinstance(environment, settings.DisasterRecovery)
    assert list(environment.sides) == ["primary", "standby"]
    assert (environment.home.region, environment.away.region) == ("us-east-1", "us-west-2")
    assert environment.state.region != environment.primary.region


#: Keys whose comment shows a value that is not the default.
EXAMPLES = (
    "existing_primary",
    "emails",
    "tags",
    "approve_phases",
    "route_table_ids",
    "ca_certificate",
    "target_ca_certificate",
    "connections",
    "operator_secret_name",
)


@pytest.mark.parametrize(
    ("name", "count"), [("region-migration", 32), ("disaster-recovery", 27), ("database-migration", 40)]
)
def test_what_the_example_shows_as_defaults_are_the_defaults(tmp_path: Path, name: str, count: int):
    lines = (loader.FOLDER / f"{name}.tfvars").read_text().splitlines()
    shown = [line.replace("# ", "", 1) for line in lines if line.strip().startswith("# ") and " = " in line]
    active = [line for line in shown if not line.lstrip().startswith(EXAMPLES)]
    assert len(active) == count
    plain = settings.load(name).model_dump()
    text = "\n".join(
        line.replace("# ", "", 1) if line.replace("# ", "", 1) in active else line for line in lines
    )
    path = tmp_path / f"{name}.tfvars"
    path.write_text(text)
    assert settings.load(path).model_dump() == plain


@pytest.mark.usefixtures("folder")
def test_a_name_is_a_file_of_the_folder_of_environments():
    assert settings.names() == ["other", "region-migration"]
    assert settings.load("other").name == "other"


def test_a_path_may_be_anywhere(folder: Path):
    elsewhere = folder.parent / "mine.tfvars"
    elsewhere.write_text(RIGHT)
    assert settings.load(elsewhere).name == "mine"
    assert settings.load("mine.tfvars").name == "mine"
    assert settings.load("./mine.tfvars", suffix="pr1").environment_suffix == "pr1"


@pytest.mark.usefixtures("folder")
def test_an_unknown_environment_is_told_the_ones_there_are():
    assert refusal("region-migratoin") == (
        "there is no environment 'region-migratoin'\n"
        "    did you mean region-migration? environments: other, region-migration (files in environments)"
    )
    assert refusal("zzz") == (
        "there is no environment 'zzz'\n    environments: other, region-migration (files in environments)"
    )


def test_an_unknown_path_is_told_the_environments_too(folder: Path):
    (folder / "other.tfvars").unlink()
    (folder / "region-migration.tfvars").unlink()
    assert refusal(Path("nowhere/other.tfvars")) == (
        "there is no file nowhere/other.tfvars\n    environments: none (files in environments)"
    )


def test_a_file_that_is_not_text_is_refused(folder: Path):
    (folder / "other.tfvars").write_bytes(b"a = 1\nb = \xff\n")
    assert (
        refusal("other") == "environments/other.tfvars:2: byte 0xff is not UTF-8\n    save the file as UTF-8"
    )


def test_a_file_that_cannot_be_read_is_refused(folder: Path):
    folder.joinpath("loop.tfvars").symlink_to("loop.tfvars")
    assert refusal("loop").startswith("environments/loop.tfvars: it cannot be read: ")


def test_a_byte_order_mark_is_passed_over(folder: Path):
    (folder / "other.tfvars").write_text("\ufeff" + RIGHT, encoding="utf-8")
    assert settings.load("other").name == "other"


def test_a_file_outside_the_working_directory_is_shown_whole(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "other.tfvars").write_text(RIGHT + "x = 1\n")
    monkeypatch.chdir(folder.parent)
    assert refusal("other").startswith("environments/other.tfvars:19: x is not a setting")
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert refusal("other").startswith(f"{folder}/other.tfvars:19: x is not a setting")


def test_the_files_name_has_to_be_usable_in_folders(folder: Path):
    (folder / "My Move.tfvars").write_text(RIGHT)
    assert refusal("My Move") == (
        'environments/My Move.tfvars: the file\'s name, "My Move", is no name of an environment\n'
        "    lower-case letters, digits and inner hyphens"
    )
