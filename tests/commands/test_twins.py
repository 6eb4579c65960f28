from __future__ import annotations

from pathlib import Path

import pytest

from shared.settings import loader
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke


@pytest.mark.parametrize(
    "command",
    [
        ["plan"],
        ["plan-region", "eu-west-1"],
        ["deploy-region", "eu-west-1", "--yes"],
        ["deploy", "--plan", "kept", "--yes"],
        ["destroy-region", "eu-west-1", "--yes"],
        ["rollout", "--yes"],
        ["teardown", "--yes"],
        ["bootstrap"],
    ],
)
@pytest.mark.usefixtures("workspace")
def test_a_copied_environment_does_not_deploy_into_the_originals_states(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (loader.FOLDER / f"{ENVIRONMENT}.tfvars").read_text()
    monkeypatch.setattr(loader, "FOLDER", tmp_path)
    for name in (ENVIRONMENT, "chg"):
        (tmp_path / f"{name}.tfvars").write_text(text)

    assert invoke(*command, "--env", "chg") == 2

    said = capsys.readouterr().err
    assert f"{tmp_path / 'chg.tfvars'}: it has the same states as" in said
    assert str(tmp_path / f"{ENVIRONMENT}.tfvars") in said
