"""What a stack that cannot be planned yet may do once it can: the part of a reviewed set that was deferred.

A stack that waits for an upstream has no plan, and gets none against invented values. What can be
said of it at the review is which resources its code has and its state has not. Creating those is what
is agreed to; a plan that does anything else is more than was deferred, and stops for approval.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.deploy.plans import PlanSummary
    from shared.deploy.run import Run
    from shared.deploy.work import Work

_INDEX = re.compile(r"\[[^\]]*\]\Z")
#: An import is of something that a killed run made for the same address.
_MADE = frozenset({"create", "import"})


def creations(run: Run, work: Work) -> list[str]:
    """Return the addresses, without an index, that the stack's code has and its state has not; sorted."""
    path = run.manifest.directory(work.entry) / "cdk.tf.json"
    blocks = json.loads(path.read_text(encoding="utf-8")).get("resource", {})
    state = run.states.get(work.address)
    standing = state.addresses if state else frozenset()
    return sorted({f"{type_}.{name}" for type_, named in blocks.items() for name in named} - standing)


def beyond(summary: PlanSummary, promised: Collection[str]) -> tuple[str, ...]:
    """Return, a few words each, what a plan does that is more than to create `promised`."""
    resources = (
        f"{change.kind} {change.address}"
        for change in summary.changes
        if change.kind not in _MADE or _INDEX.sub("", change.address) not in promised
    )
    outputs = (f"{action} output {name}" for name, action in summary.outputs.items() if action != "create")
    return (*resources, *outputs)
