"""In a function's process: connections to names of AWS's are made as `lambda_network` answers.

Loaded by `lambda_runtime` from this file, so it has the standard library only. Other names and addresses
are connected to as ever.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import urllib.request
from typing import Any
from weakref import WeakSet

_create_connection = socket.create_connection
_wrap_socket = ssl.SSLContext.wrap_socket
_AWS = ".amazonaws.com"
_SECONDS = 10
_REQUEST_END = b"\r\n\r\n"

#: The connections that were made here.
_OURS: WeakSet[socket.socket] = WeakSet()


def install() -> None:
    """Replace the making of connections, and TLS over ours."""
    setattr(socket, "create_connection", create_connection)  # noqa: B010 - a function of the library's
    setattr(ssl.SSLContext, "wrap_socket", wrap_socket)  # noqa: B010


def create_connection(address: tuple[str, int], *arguments: Any, **named: Any) -> socket.socket:
    """Connect. TimeoutError for a name of AWS's where nothing answers."""
    host, port = address[0], address[1]
    if not host.endswith(_AWS):
        return _create_connection(address, *arguments, **named)
    status = _asked(host, port)
    if status is None:
        raise TimeoutError("timed out")
    ours, theirs = socket.socketpair()
    _OURS.add(ours)
    threading.Thread(target=_answer, args=(theirs, status), daemon=True).start()
    return ours


def wrap_socket(self: ssl.SSLContext, sock: socket.socket, *arguments: Any, **named: Any) -> socket.socket:
    """Wrap a connection; one of ours stays as it is."""
    return sock if sock in _OURS else _wrap_socket(self, sock, *arguments, **named)


def _asked(host: str, port: int) -> int | None:
    request = urllib.request.Request(  # noqa: S310 - the embedded AWS, on 127.0.0.1
        f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/regionshift/reach",
        method="POST",
        data=json.dumps({"host": host, "port": port}).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_SECONDS) as answer:
        status: int | None = json.load(answer)["status"]
    return status


def _answer(connection: socket.socket, status: int) -> None:
    """Answer one HTTP request with a status; without one, say nothing."""
    with connection:
        said = b""
        while _REQUEST_END not in said:
            received = connection.recv(4096)
            if not received:
                return
            said += received
        if status:
            connection.sendall(f"HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n".encode())
