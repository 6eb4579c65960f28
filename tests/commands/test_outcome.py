from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from shared.commands.outcome import command, near, show_json
from shared.errors import Problem, Refused, UserError


@pytest.fixture(autouse=True)
def hearing() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def end_of(outcome: int | BaseException) -> Exit | None:
    @command
    def body() -> int:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    try:
        body()
    except Exit as end:
        return end
    return None


def test_success_ends_quietly() -> None:
    assert end_of(0) is None


@pytest.mark.parametrize("code", [1, 2, 130])
def test_an_exit_code_is_passed_on_without_a_word(code: int) -> None:
    end = end_of(code)

    assert end is not None
    assert (end.code, end.message) == (code, None)


def test_ctrl_c_is_130() -> None:
    end = end_of(KeyboardInterrupt())

    assert end is not None
    assert (end.code, end.message) == (130, "Interrupted.")


@pytest.mark.parametrize("outcome", [KeyboardInterrupt(), 130])
def test_once_more_puts_no_traceback_below_what_was_said(outcome: int | BaseException) -> None:
    end_of(outcome)

    signal.raise_signal(signal.SIGINT)


def test_a_command_in_a_thread_has_no_ctrl_c_to_care_for() -> None:
    ends: list[Exit | None] = []
    thread = threading.Thread(target=lambda: ends.append(end_of(KeyboardInterrupt())))
    thread.start()
    thread.join()

    assert [end.code for end in ends if end] == [130]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_every_problem_of_a_users_error_is_shown_and_the_code_is_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    end = end_of(
        UserError(
            [
                Problem(where="a.tfvars:3", what="the zone is [bold]wrong[/]", remedy="use eu-west-1a"),
                Problem(what="no bucket"),
            ]
        )
    )

    assert end is not None
    assert end.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "Error: 2 problems",
        "  a.tfvars:3: the zone is [bold]wrong[/]",
        "      use eu-west-1a",
        "  no bucket",
    ]


def test_a_refusal_says_that_it_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    end_of(Refused("it would destroy the database"))

    assert capsys.readouterr().err.splitlines() == ["Refused", "  it would destroy the database"]


def test_json_is_the_only_thing_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"path": Path("a"), "long": "x" * 300})

    assert json.loads(capsys.readouterr().out) == {"path": "a", "long": "x" * 300}


def test_paths_are_shown_as_a_person_would_type_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert near(tmp_path / "a" / "b") == "a/b"
    assert near(Path("/elsewhere")) == "/elsewhere"
