"""Ask a Lambda function URL of the embedded AWS: its name leads nowhere else, and it has no certificate.

fetch(server.endpoint, "https://ID.lambda-url.us-west-2.on.aws/") -> Fetched(status=200, body='{"ok": true}')
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An answer."""

    status: int
    body: str


def fetch(endpoint: str, url: str, *, method: str = "GET", body: str = "") -> Fetched:
    """Ask `url` at the embedded AWS `endpoint`. Raises OSError or HTTPException when nothing answers."""
    server, wanted = urlsplit(endpoint), urlsplit(url)
    connection = http.client.HTTPConnection(str(server.hostname), server.port, timeout=_SECONDS)
    path = f"{wanted.path or '/'}{'?' + wanted.query if wanted.query else ''}"
    try:
        connection.request(method, path, body.encode(), {"Host": wanted.netloc})
        answer = connection.getresponse()
        return Fetched(status=answer.status, body=answer.read().decode())
    finally:
        connection.close()
