from __future__ import annotations

import json
import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shared.deploy import plugins

if TYPE_CHECKING:
    from pathlib import Path

HOST = "registry.terraform.io"
TOFU = "registry.opentofu.org"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin with a home of its own and no configuration, on a Linux machine of the usual kind."""
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(sys, "platform", "linux")


def mirror(folder: Path, *, version: str = plugins.PROVIDER_VERSION, machine: str = "linux_amd64") -> Path:
    """Make an unpacked mirror as `terraform init` expects it; the plugin is an empty file."""
    place = folder / HOST / "hashicorp" / "aws" / version / machine
    place.mkdir(parents=True)
    (place / f"terraform-provider-aws_v{version}_x5").touch()
    return folder


def test_without_anything_the_registry_is_asked(tmp_path: Path) -> None:
    assert plugins.cli_config(tmp_path, search=[tmp_path]) == (None, [])
    assert plugins.find_source(search=[tmp_path]) == plugins.PluginSource(kind="registry", place=HOST)


def test_a_configuration_that_the_user_named_is_honoured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "mine.tfrc"
    named.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(named))
    mirror(tmp_path / "opt" / "plugins")
    assert plugins.cli_config(tmp_path, search=[tmp_path / "opt"]) == (named, [])
    assert plugins.environment(tmp_path, base={"A": "1"}) == {"A": "1", "TF_CLI_CONFIG_FILE": str(named)}


def test_a_configuration_that_is_not_there_is_ignored_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere/terraformrc")
    config, notes = plugins.cli_config(tmp_path, search=[])
    assert config is None
    assert notes == ["TF_CLI_CONFIG_FILE names /nowhere/terraformrc, which does not exist: it is ignored"]
    assert "TF_CLI_CONFIG_FILE" not in plugins.environment(tmp_path, search=[])


def test_the_users_own_configuration_stays_in_force(tmp_path: Path) -> None:
    own = tmp_path / "home" / ".terraformrc"
    own.touch()
    mirror(tmp_path / "opt" / "plugins")
    assert plugins.cli_config(tmp_path, search=[tmp_path / "opt"]) == (None, [])
    assert plugins.find_source(host=TOFU, search=[]).place == str(own)


@pytest.mark.parametrize("place", ["", "plugins", "anything"])
def test_a_mirror_is_the_folder_itself_or_one_directly_below(tmp_path: Path, place: str) -> None:
    folder = mirror(tmp_path / "opt" / place)
    config, notes = plugins.cli_config(tmp_path / "work", search=[tmp_path / "nowhere", tmp_path / "opt"])
    assert config == tmp_path / "work" / plugins.CONFIG_NAME
    assert f"path    = {json.dumps(str(folder))}" in config.read_text()
    assert notes == [f"the AWS provider's plugin comes from the folder {folder}, not from the registry"]


def test_the_configuration_is_written_once(tmp_path: Path) -> None:
    mirror(tmp_path / "opt" / "plugins")
    first, _ = plugins.cli_config(tmp_path, search=[tmp_path / "opt"])
    assert first is not None
    written = first.stat().st_mtime_ns
    assert plugins.cli_config(tmp_path, search=[tmp_path / "opt"])[0] == first
    assert first.stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.glob("*.tfrc*")] == [plugins.CONFIG_NAME]


def test_a_packed_mirror_counts_too(tmp_path: Path) -> None:
    place = tmp_path / "plugins" / HOST / "hashicorp" / "aws"
    place.mkdir(parents=True)
    (place / f"terraform-provider-aws_{plugins.PROVIDER_VERSION}_linux_amd64.zip").touch()
    assert plugins.find_source(search=[tmp_path]).kind == "mirror"


@pytest.mark.parametrize(
    ("version", "machine"), [("5.99.0", "linux_amd64"), (plugins.PROVIDER_VERSION, "darwin_arm64")]
)
def test_a_mirror_without_our_version_for_this_machine_is_passed_over(
    tmp_path: Path, version: str, machine: str
) -> None:
    folder = mirror(tmp_path / "plugins", version=version, machine=machine)
    found = plugins.find_source(search=[tmp_path])
    assert found.kind == "registry"
    assert found.notes == (
        f"{folder} has no hashicorp/aws {plugins.PROVIDER_VERSION} for linux_amd64: not used",
    )


def test_a_mirror_of_terraforms_registry_is_none_for_tofu(tmp_path: Path) -> None:
    mirror(tmp_path / "plugins")
    assert plugins.find_source(host=TOFU, search=[tmp_path]).kind == "registry"


def test_this_machine_is_named_in_terraforms_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    mirror(tmp_path / "plugins", machine="linux_arm64")
    assert plugins.find_source(search=[tmp_path]).kind == "mirror"


def test_the_real_engine_reads_the_configuration(tmp_path: Path) -> None:
    folder = mirror(tmp_path / "plugins")
    environment = plugins.environment(tmp_path, search=[tmp_path])
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n'
        '      version = "1.2.3"\n    }\n  }\n}\n'
    )
    done = subprocess.run(
        ["terraform", "init", "-backend=false", "-no-color"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # The mirror was asked, not the registry: it has another version.
    assert done.returncode == 1
    assert "no available releases match" in done.stderr
    assert folder.exists()
