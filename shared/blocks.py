"""The one way to make a resource: nested blocks are snake_case dictionaries, and no key gets lost.

The bindings take snake_case keys in a *single* nested block and camelCase keys in a *list* of
blocks, and drop every other key of a list without a word: `ingress=[{"from_port": 443}]`
synthesizes a rule with no port (docs/pitfalls.md). `resource` turns dictionaries at every depth
into the bindings' structs, which know their keys, and raises `BlockError` on a key that the
block does not have.
"""

from __future__ import annotations

import difflib
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from constructs import Construct

from shared.errors import BlockError

R = TypeVar("R")


def resource(kind: type[R], scope: Construct, id_: str, /, **arguments: Any) -> R:
    """Make the resource or data source `kind` with the id `id_` below `scope`.

    `arguments` are the provider's, in snake_case at every depth; nested blocks are dictionaries,
    repeated blocks lists of dictionaries. Raises BlockError, naming the key and the path to it,
    for a key that the resource or one of its blocks does not have, and for a block that is
    neither a dictionary nor a token.
    """
    make: Callable[..., R] = kind
    return make(scope, id_, **_converted(kind, arguments, f"{kind.__name__}({id_!r})"))


def _converted(kind: type, arguments: Mapping[str, Any], path: str) -> dict[str, Any]:
    allowed = _arguments_of(kind)
    converted = {}
    for key, value in arguments.items():
        if key not in allowed:
            near = difflib.get_close_matches(str(key), allowed, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BlockError(f"{path}: unknown key {key!r}{hint} (keys: {', '.join(sorted(allowed))})")
        block = _block_type(allowed[key])
        converted[key] = value if block is None else _convert(block, value, f"{path}.{key}")
    missing = [name for name in _required(kind) if name not in arguments]
    if missing:
        raise BlockError(f"{path}: missing {', '.join(map(repr, missing))}")
    return converted


def _convert(block: type, value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        make: Callable[..., Any] = block
        return make(**_converted(block, value, path))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_convert(block, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, str | int | float):
        raise BlockError(f"{path}: {value!r} is not a block; write a dictionary")
    return value  # None, or a token that stands for the block


@cache
def _arguments_of(kind: type) -> dict[str, Any]:
    """Return argument name -> type of a binding's class or struct, as its constructor declares them."""
    # jsii writes the annotations as strings that name the module's own imports
    hints = typing.get_type_hints(_constructor(kind))
    return {parameter.name: hints[parameter.name] for parameter in _keywords(kind)}


@cache
def _required(kind: type) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in _keywords(kind) if parameter.default is parameter.empty)


def _keywords(kind: type) -> list[inspect.Parameter]:
    parameters = inspect.signature(_constructor(kind)).parameters.values()
    return [parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def _constructor(kind: type) -> Callable[..., None]:
    # not `signature(kind)`: that would be the signature of jsii's metaclass
    constructor: Callable[..., None] = kind.__init__  # type: ignore[misc]
    return constructor


def _block_type(hint: Any) -> type | None:
    """Return the struct among the types that a hint allows; None when the argument is not a block."""
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        return hint if _is_struct(hint) else None
    if typing.get_origin(hint) in {Mapping, dict}:
        return None  # a map of plain values: tags, dimensions, variables
    for argument in typing.get_args(hint):
        found = _block_type(argument)
        if found is not None:
            return found
    return None


def _is_struct(kind: type) -> bool:
    # jsii marks a struct (passed by value) with the list of its bases; classes do not have it
    return hasattr(kind, "__jsii_struct_bases__")
