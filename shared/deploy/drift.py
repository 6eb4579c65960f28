"""What stands and is not as the state says: read from a refresh-only plan's JSON.

Such a plan compares the state with AWS, and also what is under `ignore_changes`; `shared.deploy.owners` knows
which operation moves that. What AWS and a stack's other resources fill in after an apply is left out
(`shared.deploy.settled`). What the code says and nobody applied is no drift: `invoke plan` shows it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.deploy import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.deploy.owners import Owners
    from shared.deploy.settled import Standing

SENSITIVE = "(sensitive)"
#: A value is shown up to so many letters.
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value that is not what the state says."""

    attribute: str
    """With its place in blocks, lists and JSON documents: `weighted_routing_policy[0].weight`."""
    before: str
    """As the state has it, cut; a sensitive one is never shown."""
    after: str
    """As it stands."""
    owner: str = ""
    """The operation that moves it; empty when nobody does."""
    reason: str = ""
    """Why it is the owner's."""


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """One resource that is not as the state says."""

    address: str
    type: str
    gone: bool = False
    """It is not there any more."""
    differences: tuple[Difference, ...] = ()

    @property
    def intended(self) -> bool:
        """Whether operations own everything about it that differs."""
        return not self.gone and all(difference.owner for difference in self.differences)

    def __str__(self) -> str:
        """Return it as text: the resource, and a line for each difference."""
        lines = [f"{self.address} {'is gone' if self.gone else 'differs'}"]
        for one in self.differences:
            owner = f"  ({one.owner})" if one.owner else ""
            lines.append(f"    {one.attribute}: {one.before} -> {one.after}{owner}")
        return "\n".join(lines)


def read(document: Mapping[str, Any], owners: Owners) -> tuple[Drifted, ...]:
    """Return what `terraform show -json` of a refresh-only plan of a stack says drifted."""
    stands = settled.standing(document)
    found = []
    for resource in document.get("resource_drift", ()):
        change = resource["change"]
        gone = change["actions"] == ["delete"]
        differences = () if gone else tuple(_of(resource, owners, stands))
        if gone or differences:
            found.append(
                Drifted(
                    address=resource["address"], type=resource["type"], gone=gone, differences=differences
                )
            )
    return tuple(sorted(found, key=lambda one: one.address))


def _of(resource: Mapping[str, Any], owners: Owners, stands: Standing) -> Iterator[Difference]:
    change, kind = resource["change"], resource["type"]
    before, after = change["before"] or {}, change["after"] or {}
    masks = change.get("before_sensitive") or {}, change.get("after_sensitive") or {}
    for name in sorted({*before, *after}):
        left = settled.beyond(kind, name, (before, after), stands)
        if left is None:
            continue
        hidden = _both(masks, name)
        if left != (before.get(name), after.get(name)) and any(map(_any, hidden)):
            hidden = True, True  # the masks of lists are by place, and some of it was left out
        owner = owners.of(resource["address"], kind, name, (before, after))
        for place, old, new in _leaves(name, left, hidden):
            yield Difference(
                attribute=place,
                before=old,
                after=new,
                owner=owner.operation if owner else "",
                reason=owner.reason if owner else "",
            )


Pair = tuple[Any, Any]


def _leaves(place: str, values: Pair, masks: Pair) -> Iterator[tuple[str, str, str]]:
    """Yield place, old and new text of each value that differs."""
    before, after = values
    if settled.same(before, after):
        return
    if True in masks:
        yield place, SENSITIVE, SENSITIVE
        return
    hidden = _any(masks[0]) or _any(masks[1])
    before, after = _parsed(before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _leaves(f"{place}.{key}", (before.get(key), after.get(key)), _both(masks, key))
        return
    if isinstance(before, list) and isinstance(after, list):
        old = [index for index, item in enumerate(before) if item not in after]
        new = [index for index, item in enumerate(after) if item not in before]
        if len(old) == len(new) == 1:
            i, j = old[0], new[0]
            yield from _leaves(f"{place}[{j}]", (before[i], after[j]), (_at(masks[0], i), _at(masks[1], j)))
            return
        if old or new:  # otherwise only their order differs
            before, after = [before[i] for i in old], [after[j] for j in new]
    yield place, *((SENSITIVE, SENSITIVE) if hidden else (_text(before), _text(after)))


def _parsed(before: Any, after: Any) -> Pair:
    """Return two JSON documents in texts (policies) as what they hold, and anything else as it is."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return before, after
    try:
        inside = json.loads(before), json.loads(after)
    except ValueError:
        return before, after
    return inside if all(isinstance(one, dict | list) for one in inside) else (before, after)


def _both(masks: Pair, key: str) -> Pair:
    before, after = (mask.get(key, False) if isinstance(mask, dict) else False for mask in masks)
    return before, after


def _at(mask: Any, index: int) -> Any:
    return mask[index] if isinstance(mask, list) and index < len(mask) else False


def _any(mask: Any) -> bool:
    """Tell whether anything in a mask of sensitive values is sensitive."""
    if isinstance(mask, dict):
        return any(map(_any, mask.values()))
    if isinstance(mask, list):
        return any(map(_any, mask))
    return mask is True


def _text(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
