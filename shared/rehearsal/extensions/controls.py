"""Addresses by which a rehearsal steers the embedded AWS: `/moto-api/regionshift/...`, JSON both ways.

They stand beside moto's own (`/moto-api/reset`). No AWS has them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.moto_api._internal.urls import url_paths

Handler = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Takes the HTTP method and the request's document, returns the answer's; ValueError is a 400."""

PREFIX = "/moto-api/regionshift"


def add(name: str, handler: Handler) -> None:
    """Serve `/moto-api/regionshift/{name}`; before the first request, as extensions are installed."""

    def serve(request: Any, _full_url: str, _headers: Any) -> tuple[int, dict[str, str], str]:
        try:
            document = json.loads(request.data or "{}")
            if not isinstance(document, dict):
                raise ValueError("the document has to be a JSON object")  # noqa: TRY301, TRY004 - one answer
            status, answer = 200, handler(request.method, document)
        except ValueError as error:
            status, answer = 400, {"error": str(error)}
        return status, {"Content-Type": "application/json"}, json.dumps(answer)

    serve.__name__ = f"regionshift_{name}"
    url_paths[f"{{0}}{PREFIX}/{name}"] = serve
