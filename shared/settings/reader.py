"""Reads a .tfvars file: plain values only, with the line of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lark import Token, Tree

from shared.settings import syntax
from shared.settings.document import Document, Mistake, Place, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_WORDS = {"true": True, "false": False, "null": None}
_LITERALS: dict[str, Callable[[str], Any]] = {"literal_value": _WORDS.get, "int_lit": int, "float_lit": float}
_PLAIN = "write a plain value: a text in double quotes, a number, true, false, [ ... ] or { ... }"


class _UnreadableError(Exception):
    """The value is not a plain one; what is wrong with it was recorded."""


def read(text: str) -> Document:
    """Return the file's data, and everything that could not be read as mistakes in it."""
    document = Document()
    tree, faults = syntax.parse(text)
    for number, fault in enumerate(faults):
        place = (f"line {number}",)  # a place of its own: a broken line has no key
        document.lines[place] = fault.line
        document.mistakes.append(Mistake(places=(place,), what=fault.what, remedy=fault.remedy))
        document.whole = False
    if tree is not None:
        _Reader(document).body(tree.children[0], document.data, ())
    return document


class _Reader:
    """Walks the syntax tree of one file."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def body(self, tree: Tree[Token], data: dict[str, Any], place: Place) -> None:
        """Read `key = value` lines, and `key { ... }` blocks, which are mistakes with a clear meaning."""
        for child in _trees(tree):
            if child.data == "new_line_or_comment":
                continue
            key = _text(child.children[0])
            here = (*place, key)
            if child.data == "attribute":
                self._entry(data, here, child.children[-1], child.meta.line)
                continue
            content = child.children[-2]
            if not self._new(here, child.meta.line):
                continue
            self._mistake(
                here, f"{dotted(here)} is written as a block", f"write it with =: {key} = {{ ... }}"
            )
            self.body(content, data.setdefault(key, {}), here)

    def _entry(self, data: dict[str, Any], place: Place, value: Tree[Token], line: int) -> None:
        if self._new(place, line):
            try:
                data[str(place[-1])] = self._value(value, place)
            except _UnreadableError:
                self._document.unreadable.add(place)

    def _new(self, place: Place, line: int) -> bool:
        first = self._document.lines.get(place)
        if first is None:
            self._document.lines[place] = line
            return True
        second = (*place, f"again in line {line}")
        self._document.lines[second] = line
        self._mistake(second, f"{dotted(place)} is there twice", f"keep one; the first is in line {first}")
        return False

    def _value(self, tree: Any, place: Place) -> Any:
        if tree.data == "expr_term" and len(tree.children) == 1:
            return self._value(tree.children[0], place)
        if tree.data in _LITERALS:
            return _LITERALS[tree.data](_text(tree))
        readers = {
            "unary_op": self._negative,
            "string": self._string,
            "tuple": self._tuple,
            "object": self._object,
            "identifier": self._word,
        }
        return readers.get(tree.data, self._expression)(tree, place)

    def _expression(self, _tree: Any, place: Place) -> Any:
        return self._refuse(place, "is an expression", _PLAIN)

    def _word(self, tree: Any, place: Place) -> Any:
        return self._refuse(
            place, f"is the bare word {_text(tree)}", f'texts stand in quotes: "{_text(tree)}"'
        )

    def _negative(self, tree: Any, place: Place) -> Any:
        sign, operand = tree.children
        value = self._value(operand, place)
        if sign.type != "MINUS" or isinstance(value, bool) or not isinstance(value, int | float):
            return self._expression(tree, place)
        return -value

    def _string(self, tree: Tree[Token], place: Place) -> Any:
        text = ""
        for part in _trees(tree):
            piece = part.children[0]
            if not isinstance(piece, Token):
                return self._refuse(
                    place, "is a text with ${ } or %{ } in it", "write the text out; $${ gives ${"
                )
            text += _unescape(piece)
        return text

    def _tuple(self, tree: Tree[Token], place: Place) -> Any:
        values = []
        readable = True
        elements = [child for child in _trees(tree) if child.data != "new_line_or_comment"]
        for number, element in enumerate(elements):
            here = (*place, number)
            self._document.lines[here] = element.meta.line
            try:
                values.append(self._value(element, here))
            except _UnreadableError:
                readable = False
        if not readable:
            raise _UnreadableError
        return tuple(values)

    def _object(self, tree: Tree[Token], place: Place) -> Any:
        data: dict[str, Any] = {}
        for child in _trees(tree):
            if child.data == "object_elem":
                key = child.children[0].children[0]
                name = self._key(key, (*place, f"key in line {child.meta.line}"), child.meta.line)
                if name is not None:
                    self._entry(data, (*place, name), child.children[-1], child.meta.line)
        return data

    def _key(self, tree: Any, place: Place, line: int) -> str | None:
        term = tree.children[0] if tree.data == "expr_term" else tree
        if isinstance(term, Tree) and term.data in {"identifier", "keyword", "literal_value"}:
            return _text(term)
        self._document.lines[place] = line
        if isinstance(term, Tree) and term.data == "string":
            try:
                return str(self._string(term, place))
            except _UnreadableError:
                return None
        self._mistake(place, f"{dotted(place)} is an expression", "write the key as a word or in quotes")
        return None

    def _refuse(self, place: Place, what: str, remedy: str) -> Any:
        self._mistake(place, f"{dotted(place)} {what}", remedy)
        raise _UnreadableError

    def _mistake(self, place: Place, what: str, remedy: str) -> None:
        self._document.mistakes.append(Mistake(places=(place,), what=what, remedy=remedy))


def _trees(tree: Tree[Token]) -> list[Any]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _text(tree: Any) -> str:
    return str(tree.children[0])


def _unescape(piece: Token) -> str:
    if piece.type in {"ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"}:
        return str(piece)[1:]
    return _ESCAPE.sub(_character, str(piece))


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, found[0])
