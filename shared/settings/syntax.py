"""Broken HCL in plain words: which line, what was expected there.

A line whose brackets are balanced is left out after it was reported, and the rest is read, so that
one missing quote does not hide the other mistakes of a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import hcl2
from lark import Token, UnexpectedInput

_SKIPPED = r"#[^\n]*|//[^\n]*|/\*.*?\*/"
_QUOTED = r'"(?:\\.|[^"\\\n])*"'
_PIECES = re.compile(
    rf'(?P<quoted>{_QUOTED})|(?P<skipped>{_SKIPPED})|(?P<open>")|(?P<bracket>[][{{}}])', re.DOTALL
)
_CLOSERS = {"{": "}", "[": "]"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A place where the file stops being HCL."""

    line: int
    what: str
    remedy: str
    contained: bool
    """The line can be left out without unbalancing the brackets of the rest."""


def parse(text: str) -> tuple[Any | None, list[Fault]]:
    """Return the syntax tree, and the faults; no tree when the rest cannot be read without a guess."""
    faults: list[Fault] = []
    while True:
        try:
            return hcl2.parses_to_tree(text), faults
        except UnexpectedInput as error:
            fault = _explain(text, error)
        if faults and fault.line <= faults[-1].line:
            return None, faults
        faults.append(fault)
        if not fault.contained:
            return None, faults
        lines = text.split("\n")
        lines[fault.line - 1] = ""
        text = "\n".join(lines)


def _explain(text: str, error: UnexpectedInput) -> Fault:
    # the end of the file is reported as a line after the last
    line = min(error.line, text.count("\n") + 1)
    structural = _unbalanced(text)
    if structural is not None and structural.line <= line:
        return structural
    token = getattr(error, "token", None)
    expected = set(getattr(error, "expected", ()) or ())
    what, remedy = _words(token, expected)
    return Fault(line=line, what=what, remedy=remedy, contained=_contained(text, line))


def _words(token: Token | None, expected: set[str]) -> tuple[str, str]:
    # lexer's own states differ from the parser's: a value is expected where a string may begin
    found = str(token).strip().partition("\n")[0].strip() if token is not None else ""
    here = f"{found!r} is not expected here" if found else "the line ends too early"
    if found.startswith("'"):
        return f"{found} stands in single quotes", 'texts stand in double quotes: key = "value"'
    if "EQ" in expected:
        return here, 'a key is followed by "=" and its value: key = "value"'
    if {"COMMA", "RSQB"} <= expected:
        return here, "values in [ ] have a comma between them"
    if "DBLQUOTE" in expected and "IN" not in expected:
        return here, "a value is expected: a text in double quotes, a number, true, false, [ ... ] or { ... }"
    return here, "every line is: key = value"


def _contained(text: str, line: int) -> bool:
    depth = 0
    for piece in _PIECES.finditer(text.split("\n")[line - 1]):
        if piece["bracket"]:
            depth += 1 if piece["bracket"] in _CLOSERS else -1
        if depth < 0:
            return False
    return depth == 0


def _unbalanced(text: str) -> Fault | None:
    """Return the first quote that does not end on its line, or bracket without a partner."""
    opened: list[tuple[str, int]] = []
    for piece in _PIECES.finditer(text):
        line = text.count("\n", 0, piece.start()) + 1
        bracket = piece["bracket"]
        if piece["open"]:
            return Fault(
                line=line,
                what="the text that begins here has no closing quote on its line",
                remedy='texts begin and end with a double quote: key = "value"',
                contained=_contained(text, line),
            )
        if bracket in _CLOSERS:
            opened.append((bracket, line))
        elif bracket:
            if not opened or _CLOSERS[opened[-1][0]] != bracket:
                partner = f"; the {opened[-1][0]} of line {opened[-1][1]} is still open" if opened else ""
                return Fault(
                    line=line,
                    what=f"this {bracket} closes nothing{partner}",
                    remedy="give every bracket its partner",
                    contained=False,
                )
            opened.pop()
    if not opened:
        return None
    bracket, line = opened[-1]
    return Fault(
        line=line,
        what=f"the {bracket} that begins here is never closed",
        remedy=f"close it with {_CLOSERS[bracket]}",
        contained=False,
    )
