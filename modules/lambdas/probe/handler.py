"""The function `probe`: 200 or 503 for its URL, metrics for its schedule.

Whoever has the URL may call it: the answer says nothing but whether the region serves.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from . import configuration as configurations
from .reach import what_decides

_SCHEDULE = "Scheduled Event"


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a request, or put the metrics when EventBridge's schedule asks.

    A request never fails: whatever goes wrong is a 503 and lines in the log. Raises ProbeError for the
    schedule only.
    """
    if event.get("detail-type") == _SCHEDULE:
        # boto3 takes longer to import than a health checker waits for a function that starts cold
        from .deep import deep

        return deep(configurations.read(os.environ["CONFIG"]))
    try:
        ok = _serves()
    except Exception:  # noqa: BLE001 - a probe that fails must not look like one that was not asked
        sys.stdout.write(f"not probed: {traceback.format_exc()}\n")
        ok = False
    return {
        "statusCode": 200 if ok else 503,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps({"status": "ok" if ok else "unavailable"}),
    }


def _serves() -> bool:
    reached = what_decides(configurations.read(os.environ["CONFIG"]))
    for name, one in reached.items():
        if not one.ok:
            sys.stdout.write(f"not reached: {name} after {one.seconds:.2f} s: {one.why}\n")
    return all(one.ok for one in reached.values())
