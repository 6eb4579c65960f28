"""Calls that fail as AWS's sometimes do, for rehearsals: throttled, refused, or out of order.

moto 5.2.5 never fails a correct call, so no retry, no Catch and no rollback can be seen at work. The
fault is answered in the protocol and the version of it that the caller speaks (moto's serializer),
before the action does anything; with `done`, after it did everything: its answer got lost.

AWS: API references, "Common Errors" (ThrottlingException, InternalFailure, AccessDeniedException, ...).

    POST /moto-api/regionshift/faults
         {"service": "route53", "action": "ChangeResourceRecordSets", "code": "ThrottlingException",
          "region": null (every region), "message": "...", "status": 400, "count": 1, "after": 0,
          "done": false}
         count: how many matching calls fail, -1 all of them; after: how many go through before
    GET     {"faults": [{..., "left": 2, "hits": 1}]}, the used up ones too
    DELETE  forgets all of them, as `/moto-api/reset` does
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, fields
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.moto_api._internal.models import MotoAPIBackend

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.faults import Fault

_reset = MotoAPIBackend.reset

#: `count` of a fault that hits until it is cleared.
ALWAYS = -1


@dataclass(kw_only=True)
class Injected:
    """A fault that was asked for."""

    service: str
    """As boto3 calls it: `route53`, `rds-data`."""
    action: str
    code: str
    region: str | None = None
    message: str = "asked for by the rehearsal"
    status: int = 400
    """HTTP status; from 500, and with throttling codes, SDKs repeat the call."""
    count: int = 1
    after: int = 0
    done: bool = False
    """The action is done all the same: what fails is its answer."""
    hits: int = 0
    passed: int = 0

    def matches(self, service: str, action: str, region: str) -> bool:
        """Say whether it is about this call."""
        return (self.service, self.action) == (service, action) and self.region in (None, region)

    def strikes(self) -> bool:
        """Count a matching call; say whether it has to fail."""
        if self.passed < self.after:
            self.passed += 1
            return False
        if self.left == 0:
            return False
        self.hits += 1
        return True

    @property
    def left(self) -> int:
        """Return how many calls will still fail; -1 for all."""
        return ALWAYS if self.count == ALWAYS else self.count - self.hits


class Faults:
    """Those of this server; may be used by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Injected] = []

    def add(self, fault: Injected) -> None:
        """Take one more; the first that strikes wins."""
        with self._lock:
            self._all.append(fault)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._all.clear()

    def shown(self) -> list[dict[str, Any]]:
        """Return them as JSON values."""
        with self._lock:
            return [{**asdict(one), "left": one.left} for one in self._all]

    def strike(self, service: str, action: str, region: str) -> Injected | None:
        """Return the fault that this call meets."""
        with self._lock:
            matching = [one for one in self._all if one.matches(service, action, region)]
            return next((one for one in matching if one.strikes()), None)


FAULTS = Faults()

_KEYS = {field.name for field in fields(Injected)} - {"hits", "passed"}
_NEEDED = ("service", "action", "code")
_NUMBERS = ("status", "count", "after")


def install() -> None:
    """Look at every call before its action, serve the control, forget all with a reset."""
    before = BaseResponse.call_action  # `missing_actions` may have wrapped it

    def call_action(self: BaseResponse) -> Any:
        action = self._get_action()
        fault = FAULTS.strike(self.boto3_service_name, action, self.region) if action else None
        if fault is None:
            return before(self)
        if fault.done:
            before(self)
        return _refusal(self, fault)

    BaseResponse.call_action = call_action
    MotoAPIBackend.reset = reset
    controls.add("faults", control)


def _refusal(response: BaseResponse, fault: Injected) -> Any:
    _, headers, body = response.serialized(ActionResult(Fault(fault.code, fault.message)))
    return fault.status, {**headers, "status": fault.status}, body


def reset(self: MotoAPIBackend) -> None:
    """Empty the server, faults included."""
    FAULTS.clear()
    _reset(self)


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Add, show or clear. ValueError for a document that is none of a fault."""
    if method == "POST":
        unknown = sorted(set(document) - _KEYS)
        missing = [key for key in _NEEDED if not document.get(key)]
        if unknown or missing:
            raise ValueError(f"unknown: {unknown}; missing: {missing}; known: {sorted(_KEYS)}")
        if not all(isinstance(document.get(key, 0), int) for key in _NUMBERS):
            raise ValueError(f"{', '.join(_NUMBERS)} have to be whole numbers")
        if not isinstance(document.get("done", False), bool):
            raise ValueError("done has to be true or false")
        if document["service"] == "s3":
            raise ValueError("s3 has a way of its own through moto: its calls cannot be made to fail")
        FAULTS.add(Injected(**document))
    elif method == "DELETE":
        FAULTS.clear()
    return {"faults": FAULTS.shown()}
