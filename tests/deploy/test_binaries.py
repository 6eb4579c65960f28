from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.deploy import binaries
from shared.errors import UserError
from tests.deploy.fakes import executable

if TYPE_CHECKING:
    from pathlib import Path

JSON = """echo '{"terraform_version": "%s", "platform": "linux_amd64"}'"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def refusal() -> str:
    with pytest.raises(UserError) as refused:
        binaries.find_engine()
    return str(refused.value)


def test_terraform_is_found_with_its_version(path: Path) -> None:
    found = executable(path, "terraform", JSON % "1.11.4")
    assert binaries.find_engine() == binaries.EngineBinary(path=found, name="terraform", version="1.11.4")
    assert binaries.find_engine().registry_host == "registry.terraform.io"


def test_tofu_is_taken_when_it_is_what_is_installed(path: Path) -> None:
    executable(path, "tofu", JSON % "1.11.0")
    assert binaries.find_engine().name == "tofu"
    assert binaries.find_engine().registry_host == "registry.opentofu.org"


def test_no_engine_is_one_message_with_the_way_to_install_it(path: Path) -> None:
    assert list(path.iterdir()) == []
    assert refusal() == (
        "neither terraform nor tofu is on PATH\n"
        "    install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install) "
        "or OpenTofu 1.11 or newer (https://opentofu.org/docs/intro/install) and put it on PATH"
    )


@pytest.mark.parametrize("answer", [JSON % "1.10.5", "echo 'Terraform v1.10.5'"])
def test_a_terraform_that_is_too_old_is_refused_though_tofu_is_there(path: Path, answer: str) -> None:
    executable(path, "terraform", answer)
    executable(path, "tofu", JSON % "1.11.0")
    assert refusal().startswith(
        f"terraform 1.10.5 ({path}/terraform) is too old: 1.11.0 is needed\n    install"
    )


def test_a_terraform_without_a_version_is_refused(path: Path) -> None:
    executable(path, "terraform", "echo '[]'")
    assert refusal().startswith(f"{path}/terraform does not say its version, it says '[]'")


def test_a_terraform_that_fails_is_refused_with_what_it_says(path: Path) -> None:
    executable(path, "terraform", "echo first; echo no disk >&2; exit 3")
    assert refusal().startswith(f"`{path}/terraform version -json` failed with exit code 3: no disk")
    executable(path, "terraform", "exit 3")
    assert refusal().startswith(f"`{path}/terraform version -json` failed with exit code 3: nothing")


def test_a_terraform_for_another_processor_is_refused(path: Path) -> None:
    executable(path, "terraform", "").write_bytes(b"\x7fELF no program")
    assert refusal().startswith(f"`{path}/terraform version -json` cannot be started: Exec format error")


def test_a_terraform_that_hangs_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PROBE_SECONDS", 0.1)
    executable(path, "terraform", "exec /bin/sleep 20")
    assert refusal().startswith(f"`{path}/terraform version -json` did not answer within 0 seconds")


def test_the_engine_is_asked_without_the_users_configuration(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere")
    executable(
        path, "terraform", f'{JSON % "1.11.4"}; test -z "$TF_CLI_CONFIG_FILE" -a "$CHECKPOINT_DISABLE" = 1'
    )
    assert binaries.find_engine().version == "1.11.4"


def test_node_is_found_with_its_version(path: Path) -> None:
    executable(path, "node", "echo v20.20.2")
    assert binaries.find_node().version == "20.20.2"


def test_no_node_is_one_message(path: Path) -> None:
    assert list(path.iterdir()) == []
    with pytest.raises(UserError, match=r"node is not on PATH; the synthesis \(cdktf, jsii\) runs on it"):
        binaries.find_node()


def test_a_node_that_is_too_old_is_refused(path: Path) -> None:
    executable(path, "node", "echo v18.19.0")
    with pytest.raises(UserError, match=r"node 18\.19\.0 .* is too old: 20\.0\.0 is needed"):
        binaries.find_node()
