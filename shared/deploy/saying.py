"""How a sentence is printed: words stay whole, and what is piped is never wrapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console


def say(console: Console, text: str | Text, *, style: str = "") -> None:
    """Print a sentence: broken between words on a terminal, in one line anywhere else."""
    words = Text(text, style=style) if isinstance(text, str) else text
    if console.is_terminal:
        words = broken(words, console.width)
    console.print(words, soft_wrap=True)


def broken(words: Text, width: int) -> Text:
    """Return the text in lines of at most `width`, the later ones indented as the first.

    A word that is longer (a path, an ARN) stays in one piece, so that it can be copied; Rich would cut it.
    """
    lines: list[Text] = []
    for line in words.split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip())
        breaks, room_ends = [], width
        for word in list(re.finditer(r"\S+", line.plain))[1:]:
            if word.end() > room_ends:
                breaks.append(word.start())
                room_ends = word.start() + width - indent
        for number, part in enumerate(line.divide(breaks)):
            part.rstrip()
            lines.append(Text(" " * indent) + part if number else part)
    return Text("\n").join(lines)
