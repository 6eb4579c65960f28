from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from shared.deploy.saying import broken, say

SENTENCE = "Once more asks the engine to stop in the middle of arn:aws:rds:eu-west-1:123456789012:cluster:x"


def printed(text: str | Text, *, terminal: bool) -> list[str]:
    console = Console(file=io.StringIO(), width=30, force_terminal=terminal, color_system=None)
    say(console, text)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("text", [SENTENCE, Text(SENTENCE)])
def test_a_terminal_breaks_a_sentence_between_words_and_never_a_long_word(text: str | Text) -> None:
    assert printed(text, terminal=True) == [
        "Once more asks the engine to",
        "stop in the middle of",
        "arn:aws:rds:eu-west-1:123456789012:cluster:x",
    ]


def test_later_lines_are_indented_as_the_first_and_lines_of_their_own_stay() -> None:
    assert printed(f"refused: no\n    {SENTENCE}\n\nlog: x", terminal=True) == [
        "refused: no",
        "    Once more asks the engine",
        "    to stop in the middle of",
        "    arn:aws:rds:eu-west-1:123456789012:cluster:x",
        "",
        "log: x",
    ]


def test_the_style_goes_with_the_words() -> None:
    words = Text("  ").append("here", style="cyan").append(": what is wrong is said at length", style="red")
    cut = broken(words, 20)
    assert cut.plain == "  here: what is\n  wrong is said at\n  length"
    styled = {(cut.plain[span.start : span.end], str(span.style)) for span in cut.spans}
    assert ("here", "cyan") in styled
    assert ("wrong is said at", "red") in styled


def test_anywhere_else_a_sentence_is_one_line() -> None:
    assert printed(SENTENCE, terminal=False) == [SENTENCE]
