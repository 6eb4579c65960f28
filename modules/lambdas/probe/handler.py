"""The function `probe`: asked by anybody, it says 200 or 503, and nothing else; why goes to its log."""

from __future__ import annotations

import json
import os
from typing import Any

from . import configuration as configurations
from .looks import look

WELL, UNWELL = 200, 503


def handle(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the answer of the region's function URL."""
    configuration = configurations.read(os.environ["CONFIG"])
    reasons = look(configuration)
    if reasons:
        print(json.dumps({"side": configuration.side, "unwell": reasons}))  # noqa: T201 - Lambda's log
    return {
        "statusCode": UNWELL if reasons else WELL,
        "headers": {"cache-control": "no-store", "content-type": "text/plain"},
        "body": "unwell" if reasons else "well",
    }
