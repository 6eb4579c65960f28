"""Lambda: functions in Python are run.

moto 5.2.5 runs functions in Docker only; without it every invocation "succeeds" with its payload.
Here each invocation is a process of its own with this Python, the function's package and
environment, and credentials and endpoint of this very server. What it prints goes to the function's
log group when that exists. Other runtimes are refused.

AWS: Lambda developer guide, "Lambda execution environment" (variables; the time-out is the
handler's, the import has its own), API reference of Invoke (`X-Amz-Function-Error`, invocation
types); Step Functions developer guide, "Handling errors": a time-out is `Sandbox.Timedout`, an
exception is known by its class.
Not emulated: warm starts, memory limits, layers, concurrency limits, the retries of asynchronous
invocations, the exact version of Python.
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from pathlib import Path
from typing import IO, Any

from moto.awslambda.models import LambdaFunction
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.utils import unix_time_millis, utcnow

from shared.rehearsal.environment import environment
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.outages import OUTAGES

_RUNTIME = Path(__file__).with_name("lambda_runtime.py")

#: How long an import may take, in seconds: AWS gives it 10, but not on a busy laptop.
_IMPORT_SECONDS = 60

#: How much of its log an invocation returns when asked for it, in bytes.
_TAIL = 4096

#: What runs now -> its region.
_RUNNING: dict[subprocess.Popen[bytes], str] = {}


def install() -> None:
    """Replace the invocation; a region that is lost takes its functions with it."""
    LambdaSimpleBackend.invoke = invoke
    OUTAGES.on_begin(end_in)


def end_in(region: str) -> None:
    """End every function that runs in a region."""
    for process, where in list(_RUNNING.items()):
        if where == region:
            process.kill()


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
    group = function.logs_group_name
    began = time.monotonic()
    arguments = [
        str(function.timeout),
        request,
        function.function_arn,
        str(function.memory_size),
        group,
        stream,
    ]
    prefix = f"lambda-{os.environ['MOTO_PORT']}-"
    # Files without a name: a process that outlives us for a moment leaves nothing in the folder.
    with (
        tempfile.TemporaryDirectory(prefix=prefix) as root,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as log,
    ):
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(root)
        with _process(function, root, arguments, answer, log) as process:
            _RUNNING[process] = function.region
            if OUTAGES.dead(function.region):
                process.kill()
            ended = _result_of(process, event, int(function.timeout))
            del _RUNNING[process]
        answered, said = _content(answer), _content(log)
    document = json.loads(answered) if answered else _ended(ended, function, request)
    report = f"REPORT RequestId: {request} Duration: {(time.monotonic() - began) * 1000:.0f} ms"
    _keep(function, group, stream, f"{said.decode(errors='replace')}\n{report}")
    return document, said


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _process(
    function: LambdaFunction, root: str, arguments: list[str], answer: IO[bytes], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    variables = {
        **environment(f"http://127.0.0.1:{os.environ['MOTO_PORT']}"),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "LAMBDA_TASK_ROOT": root,
        "TZ": ":UTC",
        **function.environment_vars,
        "_HANDLER": function.handler,
    }
    # -P: the folder of the runtime, ours, is no place to import from. -B: nothing is compiled into it.
    command = [sys.executable, "-P", "-B", str(_RUNTIME), str(answer.fileno()), *arguments]
    return subprocess.Popen(
        command,
        cwd=root,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        bufsize=0,
        pass_fds=[answer.fileno()],
    )


def _result_of(process: subprocess.Popen[bytes], event: Any, seconds: int) -> int:
    """Give the process its event and wait for it; its standard input stays open as long as we live."""
    assert process.stdin is not None  # noqa: S101 - it is a pipe, see above
    try:
        process.stdin.write(json.dumps(event).encode() + b"\n")
        return process.wait(_IMPORT_SECONDS + seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return -signal.SIGALRM
    except BrokenPipeError:
        return process.wait()


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
