"""What somebody asked for: the input of an execution, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

#: Action -> the stage of the checkpoint while it is done, and after.
ACTIONS = {
    "failover": ("failing-over", "failed-over"),
    "switchover": ("switching-over", "switched-over"),
    "failback": ("failing-back", "failed-back"),
}
#: Bytes: the checkpoint carries both, and a parameter takes 4 KB (Parameter Store, standard tier).
_LONGEST = {"reason": 500, "requested_by": 256}
_DEFAULTS: Mapping[str, Any] = {"accept_data_loss": False, "reason": "", "requested_by": ""}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One of the actions."""

    action: str
    accept_data_loss: bool
    reason: str
    requested_by: str

    @property
    def doing(self) -> str:
        """Return the checkpoint's stage while it is under way."""
        return ACTIONS[self.action][0]

    @property
    def done(self) -> str:
        """Return the checkpoint's stage after it, which is its outcome too."""
        return ACTIONS[self.action][1]


def document_of(event: Mapping[str, Any]) -> Any:
    """Return an execution's input; of somebody who only looks, what it would be."""
    if "input" in event:
        return event["input"]
    asked = {"action": event.get("about")}
    return asked | {key: event[key] for key in _DEFAULTS if key in event}


def parse(document: Any) -> tuple[Request | None, list[str]]:
    """Return the request, or None with every reason why the document is none."""
    if not isinstance(document, dict):
        return None, [f"the input is not an object: {document!r}"]
    known = ("action", *_DEFAULTS)
    problems = [
        f"{key}: there is no such key; the nearest one is `{get_close_matches(key, known, 1, 0)[0]}`"
        for key in document
        if key not in known
    ]
    values = {**_DEFAULTS, **{key: document[key] for key in known if key in document}}
    if values.get("action") not in tuple(ACTIONS):
        problems.append(f"action: {values.get('action')!r} is none of {', '.join(ACTIONS)}")
    if not isinstance(values["accept_data_loss"], bool):
        problems.append(f"accept_data_loss: {values['accept_data_loss']!r} is neither true nor false")
    problems += [wrong for key, most in _LONGEST.items() for wrong in _text(key, values[key], most)]
    return (None, problems) if problems else (Request(**values), [])


def _text(key: str, value: Any, most: int) -> list[str]:
    if not isinstance(value, str):
        return [f"{key}: {value!r} is not a text"]
    wrong = []
    if len(value.encode()) > most:
        wrong.append(f"{key}: it has {len(value.encode())} bytes, and {most} are allowed")
    if "{{" in value:  # Parameter Store API, PutParameter: Value
        wrong.append(f"{key}: two braces {{{{ cannot be written down: Parameter Store refuses them")
    return wrong
