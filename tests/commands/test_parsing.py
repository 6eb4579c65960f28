from __future__ import annotations

import pytest

from tests.commands.invoked import invoke


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["deploy-regio"], "there is no task deploy-regio. Did you mean deploy-region?"),
        (["xyzzy"], "there is no task xyzzy.\n    `invoke --list` shows"),
        (
            ["deploy-region", "eu-west-1", "--regon"],
            "deploy-region has no option --regon. Did you mean --region?",
        ),
        (["rollout", "--no-such=1"], "rollout has no option --no-such."),
        (["--nope"], "there is no option --nope.\n    `invoke --help` shows"),
        (["rollout", "--suffix"], "--suffix needs a value."),
        (["rollout", "--yes=1"], "there is no task 1."),
        (["outputs", "eu-west-1", "us-east-1"], "there is no task us-east-1."),
    ],
)
def test_a_mistake_on_the_command_line_is_one_message_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert invoke(*words) == 2

    shown = capsys.readouterr()
    assert f"Error: {message}" in shown.err
    assert shown.out == ""


def test_a_region_may_stand_before_and_after_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("plan-region", "--parallelism", "none", "mars") == 2
    first = capsys.readouterr().err
    assert invoke("plan-region", "mars", "--parallelism", "none") == 2

    assert capsys.readouterr().err == first
    assert "mars is not a region of region-migration" in first


def test_the_compiled_modules_are_cached_although_invoke_switches_it_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    from shared.commands.parsing import teach

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    teach()
    assert not sys.dont_write_bytecode

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    teach()
    assert sys.dont_write_bytecode
