"""The process in which `lambda_python` runs a function: one invocation after the other, as in AWS.

    python -P lambda_runtime.py ANSWERS ARN MEMORY LOG_GROUP

For each line of standard input (`{"event": ..., "seconds": ..., "request": ..., "stream": ...}`) it writes
a line `{"result": ...}` or `{"error": ...}` into the open file with the number ANSWERS. It is ended by
SIGALRM when a call of the handler takes longer than its seconds, which do not count the import, and ends
when its standard input does: the embedded AWS is gone, or needs it no more. Standard library only: the
function's package comes first.

AWS: Lambda developer guide, "Lambda execution environment" (what a module keeps is there in the next
invocation), "Using the Lambda context object to retrieve Python function information", "Handling errors in
Python" (`errorType` is the exception's class).
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import runpy
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Refusal(Exception):
    """What the runtime itself has against a function: `Refusal(errorType, errorMessage)`."""


class Context:
    """What a handler gets as its second argument."""

    identity = None
    client_context = None

    def __init__(self, seconds: float, *about: str) -> None:
        self._until = time.monotonic() + seconds
        self.aws_request_id, self.invoked_function_arn, self.memory_limit_in_mb = about[:3]
        self.log_group_name, self.log_stream_name = about[3:]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the handler may go on."""
        return max(int((self._until - time.monotonic()) * 1000), 0)


def handler(name: str) -> Callable[[Any, Context], Any]:
    """Import the module `package.module` of `package.module.function` and return the function."""
    module_name, _, function = name.rpartition(".")
    if not module_name:
        raise Refusal("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Refusal(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    except SyntaxError as error:
        raise Refusal(
            "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}"
        ) from error
    if not hasattr(module, function):
        raise Refusal("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'")
    found: Callable[[Any, Context], Any] = getattr(module, function)
    return found


def run(event: Any, seconds: float, *about: str) -> str:
    """Run the handler and return the document for the answer."""
    try:
        function = handler(os.environ["_HANDLER"])
        signal.setitimer(signal.ITIMER_REAL, seconds)
        result = function(event, Context(seconds, *about))
        signal.setitimer(signal.ITIMER_REAL, 0)
        return _marshal(result)
    except Exception as error:  # noqa: BLE001 - whatever the function raises is its answer
        traceback.print_exc()
        return json.dumps({"error": _described(error, about[0])})


def _marshal(result: Any) -> str:
    try:
        return json.dumps({"result": result})
    except (TypeError, ValueError) as error:
        raise Refusal("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _described(error: Exception, request_id: str) -> dict[str, Any]:
    refused = isinstance(error, Refusal)
    kind, message = error.args if refused else (type(error).__name__, str(error))
    # The first frame is this module's.
    trace = [] if refused else traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _read(lines: queue.SimpleQueue[str], answering: threading.Lock) -> None:
    """Pass the invocations on; end, whatever is run just now, when there will be no further one."""
    for line in sys.stdin:
        lines.put(line)
    # for good: an invocation that loses its package must not answer that it has none
    answering.acquire()
    shutil.rmtree(os.environ["LAMBDA_TASK_ROOT"], ignore_errors=True)
    os._exit(0)


def main() -> None:
    """Run invocations until standard input ends."""
    answers, arn, memory, group = sys.argv[1:]
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    runpy.run_path(str(Path(__file__).with_name("lambda_sockets.py")))["install"]()
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    answering = threading.Lock()
    threading.Thread(target=_read, args=(lines, answering), daemon=True).start()
    with os.fdopen(int(answers), "w", encoding="utf-8", buffering=1) as file:
        while True:
            asked = json.loads(lines.get())
            document = run(
                asked["event"], float(asked["seconds"]), asked["request"], arn, memory, group, asked["stream"]
            )
            sys.stdout.flush()
            sys.stderr.flush()
            with answering:
                file.write(f"{document}\n")


if __name__ == "__main__":
    main()
