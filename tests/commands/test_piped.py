from __future__ import annotations

import io

import pytest

from shared.commands.outcome import terminal
from shared.commands.piped import RULE_WIDTH, Piped


def test_a_line_that_is_drawn_ends_and_what_is_said_is_not_broken() -> None:
    stream = io.StringIO()
    console = Piped(stream)
    console.rule("Summary", align="left")
    console.print("x" * 500)
    console.print("no blanks at the end   \nnone   ")
    drawn, *said = stream.getvalue().splitlines()
    assert len(drawn) == RULE_WIDTH
    assert drawn.startswith("Summary ─")
    assert said == ["x" * 500, "no blanks at the end", "none"]


def test_a_terminal_is_as_wide_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal().width == 77
