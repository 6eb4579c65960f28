"""Lambda: functions in Python are run.

moto 5.2.5 runs functions in Docker only; without it every invocation "succeeds" with its payload.
Here they run in processes of their own (`lambda_workers`) with this Python, the function's package and
environment, and credentials and endpoint of this very server. What they print goes to the function's
log group when that exists. Other runtimes are refused.

AWS: Lambda developer guide, "Lambda execution environment" (variables; the time-out is the
handler's, the import has its own), API reference of Invoke (`X-Amz-Function-Error`, invocation
types); Step Functions developer guide, "Handling errors": a time-out is `Sandbox.Timedout`, an
exception is known by its class.
Not emulated: memory limits, layers, concurrency limits, the retries of asynchronous
invocations, the exact version of Python.
"""

from __future__ import annotations

import base64
import json
import signal
import threading
import time
import uuid
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.utils import unix_time_millis, utcnow

from shared.rehearsal.extensions import lambda_workers
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.outages import OUTAGES

#: How much of its log an invocation returns when asked for it, in bytes.
_TAIL = 4096


def install() -> None:
    """Replace the invocation; a region that is lost takes its functions with it."""
    LambdaSimpleBackend.invoke = invoke
    OUTAGES.on_begin(lambda_workers.end_in)


def invoke(  # noqa: PLR0917 - moto's signature
    self: LambdaSimpleBackend,
    function_name: str,
    qualifier: str | None,
    body: Any,
    headers: Any,
    response_headers: dict[str, Any],
) -> bytes:
    """Run a function and return its answer; without waiting when it is an event."""
    function = self.get_function(function_name, qualifier)
    if not str(function.run_time).startswith("python"):
        raise Fault("UnsupportedOperation", f"the embedded AWS does not run {function.run_time} functions")
    event = _event(body)
    kind = headers.get("X-Amz-Invocation-Type") or "RequestResponse"
    if kind == "DryRun":
        return b""
    request = str(uuid.uuid4())
    if kind == "Event":
        threading.Thread(target=run, args=(function, event, request), daemon=True).start()
        return b""
    answer, log = run(function, event, request)
    response_headers["X-Amz-Executed-Version"] = str(function.version)
    response_headers["x-amz-log-result"] = base64.b64encode(log[-_TAIL:]).decode()
    if "error" in answer:
        response_headers["x-amz-function-error"] = "Unhandled"
    return json.dumps(answer["error"] if "error" in answer else answer["result"]).encode()


def _event(body: Any) -> Any:
    text = body.decode() if isinstance(body, bytes) else body
    try:
        return json.loads(text or "{}")
    except ValueError as error:
        raise Fault(
            "InvalidRequestContentException", f"Could not parse request body into json: {error}"
        ) from None


def run(function: LambdaFunction, event: Any, request: str) -> tuple[dict[str, Any], bytes]:
    """Run one invocation; return `{"result": ...}` or `{"error": ...}`, and what it printed."""
    stream = f"{utcnow():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
    seconds = int(function.timeout)
    asked = {"event": event, "seconds": seconds, "request": request, "stream": stream}
    began = time.monotonic()
    worker = lambda_workers.take(function)
    if OUTAGES.dead(function.region):
        worker.process.kill()
    answered = worker.invoke(asked, seconds)
    said = worker.said()
    if answered:
        document = json.loads(answered)
        lambda_workers.give_back(worker)
    else:
        document = _ended(worker.close(), function, request)
    report = f"REPORT RequestId: {request} Duration: {(time.monotonic() - began) * 1000:.0f} ms"
    _keep(function, function.logs_group_name, stream, f"{said.decode(errors='replace')}\n{report}")
    return document, said


def _ended(code: int, function: LambdaFunction, request: str) -> dict[str, Any]:
    """Return the error of a function that gave no answer."""
    if code == -signal.SIGALRM:
        kind, what = "Sandbox.Timedout", f"Task timed out after {int(function.timeout):.2f} seconds"
    elif code < 0:
        kind, what = "Runtime.ExitError", f"Runtime exited with error: signal: {signal.Signals(-code).name}"
    else:
        kind, what = "Runtime.ExitError", f"Runtime exited with error: exit status {code}"
    return {"error": {"errorType": kind, "errorMessage": f"RequestId: {request} Error: {what}"}}


def _keep(function: LambdaFunction, group: str, stream: str, text: str) -> None:
    logs = function.logs_backend
    if group in logs.groups:
        logs.create_log_stream(group, stream)
        now = int(unix_time_millis())
        logs.put_log_events(
            group, stream, [{"timestamp": now, "message": line} for line in text.splitlines() if line]
        )
