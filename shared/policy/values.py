"""Reads arguments of synthesized blocks, whose shapes differ between writers.

The bindings write a nested block as a dictionary or a list, and a boolean or number of a launch template as a
text; people who edit JSON by hand write what Terraform takes. Nothing here raises on a strange shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Block = Mapping[str, Any]

NOTES = "//"
_EXPRESSION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
#: An expression that stands where JSON wants a value: `{"ips": ${jsonencode(...)}}`.
_BARE = re.compile(r"(?<=[:\[,])\s*\$\{(?:[^{}]|\{[^{}]*\})*\}\s*(?=[,\]}])")


def plain(value: Any) -> Any:
    """Return a value as Terraform sees it: without cdktf's notes and without nulls."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items() if inner is not None and key != NOTES}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def blocks(values: Any, *path: str) -> list[Block]:
    """Return the nested blocks at a path of names, whether each is a dictionary or a list of them."""
    found: list[Any] = [values]
    for name in path:
        inner = [each.get(name) for each in found if isinstance(each, Mapping)]
        found = [block for each in inner for block in (each if isinstance(each, list) else [each])]
    return [each for each in found if isinstance(each, Mapping)]


def first(values: Any, *path: str) -> Block:
    """Return the first nested block at a path, or an empty one."""
    return next(iter(blocks(values, *path)), {})


def items(value: Any) -> list[Any]:
    """Return the elements of a list, a value alone as the only one, and nothing for None."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def texts(value: Any) -> list[str]:
    """Return the texts of a list, or the text alone."""
    return [each for each in items(value) if isinstance(each, str)]


def mapping(value: Any) -> Block:
    """Return a dictionary, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def on(value: Any) -> bool:
    """Return whether a flag is set: `true`, also as a text."""
    return value is True or value == "true"


def number(value: Any) -> float | None:
    """Return a number, also from a text; None for an expression, a flag or nothing."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def is_expression(value: Any) -> bool:
    """Return whether a value is decided by Terraform."""
    return isinstance(value, str) and "${" in value


def expressions(value: Any) -> Iterator[str]:
    """Yield each `${...}` of a text, or of every text in a value."""
    if isinstance(value, str):
        yield from _EXPRESSION.findall(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value in nested blocks with the names that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def document(value: Any) -> Any:
    """Return what a JSON text holds, or None when it is none; a bare expression in it becomes a text."""
    if not isinstance(value, str):
        return None
    try:
        return json.loads(_BARE.sub(lambda found: json.dumps(found.group().strip()), value))
    except ValueError:
        return None


def statements(value: Any) -> list[Block]:
    """Return the statements of a policy document that is a JSON text; none when it cannot be read."""
    return blocks(document(value), "Statement")
