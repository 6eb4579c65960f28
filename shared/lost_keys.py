"""Refuses synthesized Terraform in which a nested block has lost what was written into it.

In a list of blocks the bindings drop every key that they do not know, without a word. Code that goes
through `shared.blocks.resource` cannot run into that; this looks at the JSON itself, so it also
finds code that does not, and blocks that were written incompletely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.errors import Problem

_SECTIONS = ("provider", "ephemeral", "data", "resource")
_COMMENT = "//"
#: Blocks that say something by being there: what a web ACL does with a request.
_MEANINGFUL_WHEN_EMPTY = {"allow", "block", "captcha", "challenge", "count", "none"}
_ROUTES = {"aws_route_table", "aws_default_route_table"}
_FIREWALLS = {"aws_security_group", "aws_default_security_group"}
_DESTINATIONS = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")
_SOURCES = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "self")
_REMEDY = "make it with shared.blocks.resource, with every key in snake_case"


def check(document: Mapping[str, Any], where: str) -> list[Problem]:
    """Return what is missing from the blocks of a `cdk.tf.json`.

    `where` is the stack's address. A problem is a block without any value, a route without a
    destination or a target, and a security group's rule without protocol, ports, or a peer.
    """
    return [
        Problem(where=where, what=f"{path} {complaint}", remedy=_REMEDY)
        for kind, name, block in _blocks(document)
        for path, complaint in (*_voids(block, f"{kind}.{name}"), *_incomplete(kind, name, block))
    ]


def _blocks(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for section in _SECTIONS:
        for kind, blocks in document.get(section, {}).items():
            # providers are a list, everything else is named
            named = blocks.items() if isinstance(blocks, Mapping) else enumerate(blocks)
            for name, block in named:
                yield kind, str(name), block


def _voids(block: Mapping[str, Any], path: str, *, listed: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the blocks below `block` that hold nothing; `listed` says whether a list is above them.

    Only a list loses keys, so an empty block outside of lists is meant (`tags = {}`).
    """
    for key, value in block.items():
        if key != _COMMENT and not _means_something(key, value):
            yield from _void(value, f"{path}.{key}", listed=listed)


def _void(value: Any, path: str, *, listed: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if _is_void(value) and (value or listed):
            yield path, "holds no value"
        else:
            yield from _voids(value, path, listed=listed)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _void(inner, f"{path}[{index}]", listed=True)


def _is_void(value: Any) -> bool:
    """Return whether there is nothing in it at any depth: no key, or nulls only."""
    if isinstance(value, Mapping):
        return all(_is_void(inner) and not _means_something(key, inner) for key, inner in value.items())
    return value is None or value == []


def _means_something(key: str, value: Any) -> bool:
    return value == {} and key in _MEANINGFUL_WHEN_EMPTY


def _incomplete(kind: str, name: str, block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the routes and rules that lack a part without which they mean something else."""
    if kind in _ROUTES:
        for path, route in _elements(block, "route"):
            targets = route.keys() - set(_DESTINATIONS)
            yield from _lacking(route, f"{kind}.{name}.{path}", destination=_DESTINATIONS, target=targets)
    if kind in _FIREWALLS:
        for direction in ("ingress", "egress"):
            for path, rule in _elements(block, direction):
                yield from _lacking(
                    rule,
                    f"{kind}.{name}.{path}",
                    protocol=("protocol",),
                    from_port=("from_port",),
                    to_port=("to_port",),
                    peer=_SOURCES,
                )


def _elements(block: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the blocks of a list; a token that stands for the list, or for a block, cannot be judged."""
    listed = block.get(key)
    for index, element in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(element, Mapping) and not _is_void(element):
            yield f"{key}[{index}]", element


def _lacking(block: Mapping[str, Any], path: str, **parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for part, keys in parts.items():
        if not any(_is_given(block.get(key)) for key in keys):
            yield path, f"has no {part}"


def _is_given(value: Any) -> bool:
    # a port may be 0, which Python takes for equal to False
    return value is not None and value is not False and value not in ([], "")
