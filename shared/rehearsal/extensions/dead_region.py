"""A region that is lost: none of its endpoints answers, and nothing runs in it until it is back.

moto 5.2.5 has all regions in one process, which are there or not together. Here a request belongs to the
region for which it is signed (to the bucket's, for S3; to the one in its host name without a signature).
A call to a lost region is counted, and its connection closed without an answer, or held until the region
is back or the caller gives up. Functions of the region are ended and not run, executions of state
machines stand still, alarms keep their state, no event is delivered there.

AWS: SigV4 ("credential scope" `DATE/REGION/SERVICE/aws4_request`); what is lost with us-east-1 besides is
in `outages`. Different from AWS: the connection is accepted before it is closed, because all regions
share one port; an SDK sees `ConnectionClosedError` instead of `EndpointConnectionError`.

    POST /moto-api/regionshift/regions {"region": "us-east-1", "mode": "refuse", "control_planes": true}
    GET     {"regions": [{..., "over": false, "count": 3, "asked": {"rds": 3}, "calls": [...]}]}
    PUT     {"region": "us-east-1"} brings back what is lost with it in other regions: the control planes
    DELETE  {"region": "us-east-1"} brings it back, without a region all of them; what was counted stays
"""

from __future__ import annotations

import io
import re
import socket
import struct
import time
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.moto_api._internal.models import MotoAPIBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import s3_backends
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.environment import Environment

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.outages import HANG, MODES, OUTAGES, REFUSE, Outage

_eval_body = CommonStateField._eval_body

#: How often a held connection and a standing execution are looked at, in seconds.
_LOOK_SECONDS = 0.1
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
#: `ID.lambda-url.REGION.on.aws`
_URL_HOST = re.compile(r"^[^.]+\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws$")
_KEYS = {"region", "mode", "control_planes"}
#: Both sides of the connection see it closed at once: SO_LINGER on, without a pause.
_AT_ONCE = struct.pack("ii", 1, 0)


def install() -> None:
    """Look at every request before moto does, stop what runs by itself, serve the control."""
    # `function_urls` wraps it too
    answer = DomainDispatcherApplication.__call__
    before = MotoAPIBackend.reset  # `fault_injection` wrapped it

    def call(self: DomainDispatcherApplication, environ: dict[str, Any], start_response: Any) -> Any:
        meet(environ)
        return answer(self, environ, start_response)

    def reset(self: MotoAPIBackend) -> None:
        OUTAGES.forget()
        before(self)

    DomainDispatcherApplication.__call__ = call
    MotoAPIBackend.reset = reset
    CommonStateField._eval_body = eval_body
    controls.add("regions", control)


def meet(environ: dict[str, Any]) -> None:
    """Let a request through whose region is there. ConnectionResetError closes one whose is not."""
    if str(environ.get("PATH_INFO", "")).startswith("/moto-api"):
        return
    place = place_of(environ)
    outage = OUTAGES.meets(*place) if place else None
    if place is None or outage is None:
        return
    agent = str(environ.get("HTTP_USER_AGENT", ""))
    OUTAGES.count(outage, place[0], _action(environ), agent)
    if outage.mode == HANG and _held(environ, outage):
        return
    _close(environ["werkzeug.socket"])
    raise ConnectionResetError(f"{outage.region} is lost")


def place_of(environ: dict[str, Any]) -> tuple[str, str] | None:
    """Return the service and the region that a request is for; None when it does not say."""
    signature = str(environ.get("HTTP_AUTHORIZATION", ""))
    if not signature:
        signed = parse_qs(str(environ.get("QUERY_STRING", ""))).get("X-Amz-Credential", [""])[0]
        signature = f"Credential={signed}"
    scope = _SCOPE.search(signature)
    path = unquote(str(environ.get("PATH_INFO", "")))
    if scope is None:
        host = _URL_HOST.match(str(environ.get("HTTP_HOST", "")).partition(":")[0])
        if host:
            return "lambda-url", host["region"]
        region = _bucket_region(path)
        return ("s3", region) if region else None
    if scope["service"] == "s3":
        return "s3", _bucket_region(path) or scope["region"]
    return scope["service"], scope["region"]


def _bucket_region(path: str) -> str | None:
    name = path.lstrip("/").partition("/")[0]
    for account in list(s3_backends.values()):
        for backend in list(account.values()):
            if name in backend.buckets:
                return str(backend.buckets[name].region_name)
    return None


def _action(environ: dict[str, Any]) -> str:
    target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    return target or f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"


def _held(environ: dict[str, Any], outage: Outage) -> bool:
    """Hold a request until its region is back; return whether the caller is still there."""
    # read to its end: what comes after it on the connection is the caller's going
    length = int(environ.get("CONTENT_LENGTH") or 0)
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
    while not outage.ended.wait(_LOOK_SECONDS):
        if _is_gone(environ["werkzeug.socket"]):
            return False
    return not _is_gone(environ["werkzeug.socket"])


def _close(connection: socket.socket) -> None:
    """Close without an answer; the server would wait for the connection's next request otherwise."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the caller was faster
        return


def _is_gone(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def eval_body(self: CommonStateField, env: Environment) -> None:
    """Begin no state while the execution's region is lost."""
    while OUTAGES.dead(env.aws_execution_details.region):
        time.sleep(_LOOK_SECONDS)
    _eval_body(self, env)


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Lose a region, show what was lost, bring back. ValueError for a document that says none of it."""
    if set(document) - _KEYS:
        raise ValueError(f"unknown: {sorted(set(document) - _KEYS)}; known: {sorted(_KEYS)}")
    if method == "POST":
        _lose(document)
    elif method == "PUT":
        OUTAGES.bring_control_planes_back(str(document.get("region", "")))
    elif method == "DELETE":
        OUTAGES.end(document.get("region"))
    return {"regions": OUTAGES.shown()}


def _lose(document: dict[str, Any]) -> None:
    region, mode = document.get("region"), document.get("mode", REFUSE)
    with_control_planes = document.get("control_planes", True)
    if not isinstance(region, str) or not region:
        raise ValueError("region has to be the name of a region")
    if mode not in MODES:
        raise ValueError(f"mode has to be one of {', '.join(MODES)}, not {mode!r}")
    if not isinstance(with_control_planes, bool):
        raise ValueError("control_planes has to be true or false")  # noqa: TRY004 - one kind of refusal
    OUTAGES.begin(Outage(region=region, mode=mode, control_planes=with_control_planes))
