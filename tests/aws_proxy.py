"""An AWS that misbehaves: a proxy before the embedded one, with answers of its own for some requests."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Answer(NamedTuple):
    """What the proxy says instead of AWS."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def refusal(code: str, message: str = "refused by the test", status: int = 403) -> Answer:
    """Return an error that S3 and the query protocol (STS) both understand."""
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status, inner)


@contextmanager
def misbehaving(endpoint: str | None, answer: Callable[[str, str], Answer | None]) -> Iterator[str]:
    """Serve on a free port; `answer` gets method and path, and None passes the request on."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(self.command, self.path)
            if said is None:
                said = self._pass_on(body)
            self.send_response(said.status)
            for key, value in said.headers:
                self.send_header(key, value)
            data = said.body.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def _pass_on(self, body: bytes) -> Answer:
            assert endpoint is not None
            target = urlsplit(endpoint)
            connection = http.client.HTTPConnection(str(target.hostname), target.port)
            connection.request(self.command, self.path, body, dict(self.headers))
            answered = connection.getresponse()
            kept = tuple(
                (key, value)
                for key, value in answered.getheaders()
                if key.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}
            )
            result = Answer(answered.status, answered.read().decode(), kept)
            connection.close()
            return result

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _do  # noqa: N815 - names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
