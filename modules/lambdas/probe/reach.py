"""Reaching the service and the database over the network, each with its own end of patience."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from .configuration import TCP, Configuration, Database, Service

#: One connection, and each read from it, in seconds.
STEP_SECONDS = 0.8
#: Everything together. A health checker waits 2 s for the answer once it is connected (Route 53 developer
#: guide, "How Amazon Route 53 determines whether a health check is healthy"), the way there included.
TOTAL_SECONDS = 1.2

_OK = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How one of them answered."""

    ok: bool
    seconds: float
    why: str = ""
    """What was wrong, for the log; never for the caller of the URL."""


def what_decides(configuration: Configuration) -> dict[str, Reached]:
    """Reach for what the answer to a health checker depends on."""
    if configuration.database_decides:
        return everything(configuration.service, configuration.database)
    return together({"service": lambda: reach_service(configuration.service)})


def everything(service: Service, database: Database) -> dict[str, Reached]:
    """Reach for both at once; what has not come back by TOTAL_SECONDS is not reached.

    Resolving a name has no time-out of its own, so each has a thread that nobody waits for.
    """
    return together({"service": lambda: reach_service(service), "database": lambda: reach_database(database)})


def together(actions: Mapping[str, Callable[[], None]]) -> dict[str, Reached]:
    """Do all at once; one is reached when it raises nothing in time."""
    done: queue.SimpleQueue[tuple[str, Reached]] = queue.SimpleQueue()
    began = monotonic()

    def attempt(name: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it was, it was not reached
            done.put((name, Reached(ok=False, seconds=monotonic() - began, why=repr(error))))
        else:
            done.put((name, Reached(ok=True, seconds=monotonic() - began)))

    for name, action in actions.items():
        threading.Thread(target=attempt, args=(name, action), daemon=True).start()
    found: dict[str, Reached] = {}
    while len(found) < len(actions):
        try:
            name, reached = done.get(timeout=max(TOTAL_SECONDS - (monotonic() - began), 0.001))
        except queue.Empty:
            break
        found[name] = reached
    late = Reached(ok=False, seconds=TOTAL_SECONDS, why=f"no answer within {TOTAL_SECONDS} s")
    return {name: found.get(name, late) for name in actions}


def reach_database(database: Database) -> None:
    """Connect to the cluster. OSError when that cannot be done."""
    socket.create_connection((database.host, database.port), timeout=STEP_SECONDS).close()


def reach_service(service: Service) -> None:
    """Ask the health path, or only connect. OSError or HTTPException when that cannot be done."""
    plain = socket.create_connection((service.host, service.port), timeout=STEP_SECONDS)
    with plain:
        if service.protocol == TCP:
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=service.server_name) as secure:
            _ask(secure, service)


def _ask(connected: socket.socket, service: Service) -> None:
    connection = http.client.HTTPConnection(service.server_name, service.port)
    connection.sock = connected
    connection.request(
        "GET", service.path, headers={"User-Agent": "regionshift-probe", "Connection": "close"}
    )
    status = connection.getresponse().status
    if status not in _OK:
        raise http.client.HTTPException(f"{service.path} answers {status}")
