"""The runbook as a program reads it: its blocks, what each prints when all is well, its AWS commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_SECTION, _TITLE, _FENCE = "## ", "### ", "```"
#: A variable that a block sets itself; its value is known only when the block runs.
_VARIABLE = re.compile(r"\$([a-z]+)")
#: What such a variable may stand for, where the AWS CLI looks at the value.
_EXAMPLES = {
    "start": "1700000000", "end": "1700000600", "desired": "2", "parameters": "[]", "answer": "/dev/null",
}  # fmt: skip
_PUNCTUATION = "();<>|&\n"
_BEFORE_A_COMMAND = {"if", "!", "then", "else", "do", "while", "until"}


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of commands, which runs by itself."""

    section: str
    """Heading of level 2 above it."""
    title: str
    """Heading of level 3 above it: each has one block."""
    commands: str
    expect: str | None
    """What it prints when all is well, as far as that is one exact text; white space does not matter."""

    @property
    def place(self) -> str:
        return f"{self.section}: {self.title}"

    def prints_what_it_should(self, output: str) -> bool:
        """Say whether an output is the expected one. Only for a block with an exact text."""
        assert self.expect is not None, self.place
        return output.split() == self.expect.split()


def blocks(text: str) -> tuple[Block, ...]:
    """Every block of a runbook, in its order."""
    return tuple(_blocks(text.splitlines()))


def _blocks(lines: list[str]) -> Iterator[Block]:
    section = title = ""
    found: dict[str, str] = {}
    rest = iter([*lines, _SECTION])
    for line in rest:
        if line.startswith((_SECTION, _TITLE)):
            if "sh" in found:
                yield Block(section=section, title=title, commands=found["sh"], expect=found.get("text"))
            found = {}
            section, title = (section, line[4:]) if line.startswith(_TITLE) else (line[3:], "")
        elif line.startswith(_FENCE):
            kind = line.removeprefix(_FENCE)
            assert kind not in found, f"{section}: {title} has two blocks of {kind!r}"
            found[kind] = "".join(f"{inner}\n" for inner in iter(lambda: next(rest), _FENCE))


def one(text: str, title: str) -> Block:
    """The block with this title."""
    (only,) = (block for block in blocks(text) if block.title == title)
    return only


def commands_of(program: str, block: Block) -> list[list[str]]:
    """Every command line of `program` in a block, as the shell passes it on.

    The runbook assigns with x=$(...) without quotes around it, so that words can be told apart
    without running anything; variables stand for an example.
    """
    text = block.commands.replace("\\\n", " ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    lexer.commenters = ""
    found: list[list[str]] = []
    open_, first = False, True
    for token in lexer:
        if set(token) <= set(_PUNCTUATION):
            open_, first = False, True
        elif open_:
            found[-1].append(_VARIABLE.sub(lambda name: _EXAMPLES.get(name[1], "x" * 40), token))
        elif first and token == program:
            found.append([])
            open_ = True
        else:
            # `aws lambda invoke` is none of `invoke`'s
            first = first and token in _BEFORE_A_COMMAND
    return found
