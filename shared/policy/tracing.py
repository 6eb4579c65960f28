"""Follows an argument to what it stands for, through the outputs of other stacks.

`${data.terraform_remote_state.us-east-1-foundation.outputs.kms_key_arn}` leads to the key in the other stack,
so that a check can ask for its region. What leads nowhere is said, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.policy.model import Platform, Resource, Stack
from shared.policy.values import expressions, is_expression, items, mapping

_REMOTE = "terraform_remote_state"
_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
#: `aws_lb.x.arn`, `data.aws_vpc.y.id`, `data.terraform_remote_state.z.outputs.f["key"]`.
_REFERENCE = re.compile(
    rf"(?<![\w.\"-])((?:data\.|ephemeral\.)?{_NAME}\.{_NAME})((?:\.{_NAME}|\.\d+|\[[^\]]*\])*)"
)
_STEP = re.compile(rf"\.({_NAME}|\d+)|\[\"?([^\]\"]*)\"?\]")
_ELEMENT = re.compile(r"^\$\{element\((?P<list>.+), (?P<index>\d+)\)\}$")
_DEPTH = 12


@dataclass(frozen=True, kw_only=True)
class Target:
    """What an argument, or a part of it, stands for."""

    resource: Resource | None = None
    """The block that it refers to."""
    attribute: str = ""
    """Which attribute of it: `arn`."""
    literal: Any = None
    """The value itself, when no block is behind it."""
    lost: str = ""
    """The expression, when it refers to nothing that is there."""


def targets(platform: Platform, stack: Stack, value: Any) -> list[Target]:
    """Return what a value of a stack stands for: each element of a list, each expression in a text."""
    return list(_follow(platform, stack, value, _DEPTH))


def resources(platform: Platform, stack: Stack, value: Any) -> list[Resource]:
    """Return the blocks that a value refers to."""
    return [each.resource for each in targets(platform, stack, value) if each.resource is not None]


def of(platform: Platform, owner: Resource, name: str) -> list[Resource]:
    """Return the blocks that an argument of a resource refers to."""
    return resources(platform, owner.stack, owner.get(name))


def _follow(platform: Platform, stack: Stack, value: Any, depth: int) -> Iterator[Target]:
    for each in items(value):
        if not is_expression(each):
            yield Target(literal=each)
        elif depth:
            yield from _references(platform, stack, each, depth)
        else:
            yield Target(lost=each)


def _references(platform: Platform, stack: Stack, text: str, depth: int) -> Iterator[Target]:
    index = _ELEMENT.match(text)
    found = False
    for expression in expressions(text):
        for address, rest in _REFERENCE.findall(expression):
            block = stack.named(address)
            if block is None:
                if not _looks_like_ours(address):
                    continue  # a function, a word in a text
                yield Target(lost=f"${{{address}{rest}}}")
            elif block.kind == _REMOTE:
                steps = _steps(rest)[1:] + ([index["index"]] if index else [])
                yield from _published(platform, block, steps, depth)
            else:
                yield Target(resource=block, attribute=rest.lstrip("."))
            found = True
    if not found:
        yield Target(lost=text)


def _looks_like_ours(address: str) -> bool:
    return address.startswith(("aws_", "data.", "ephemeral.", "terraform_data."))


def _steps(rest: str) -> list[str]:
    return [name or key for name, key in _STEP.findall(rest)]


def _published(platform: Platform, read: Resource, steps: list[str], depth: int) -> Iterator[Target]:
    """Yield what an output of another stack stands for; `steps` are its name and what is picked from it."""
    other = publisher(platform, read)
    lost = f"${{data.{_REMOTE}.{read.name}.outputs.{'.'.join(steps)}}}"
    if other is None or not steps or steps[0] not in other.outputs:
        yield Target(lost=lost)
        return
    value = other.outputs[steps[0]]
    for step in steps[1:]:
        value = _picked(value, step)
    if value is None:
        yield Target(lost=lost)
    else:
        yield from _follow(platform, other, value, depth - 1)


def _picked(value: Any, step: str) -> Any:
    if isinstance(value, list) and step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    if isinstance(value, dict):
        return value.get(step)
    return value


def publisher(platform: Platform, read: Resource) -> Stack | None:
    """Return the stack whose state a `terraform_remote_state` reads."""
    key = mapping(read.get("config")).get("key")
    return next((stack for stack in platform.stacks if stack.state_key == key), None)
