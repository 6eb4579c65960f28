"""Processes that run functions, kept warm between invocations as Lambda keeps execution environments.

One process runs one invocation at a time. After it the process waits for the next invocation of the same
code with the same configuration; of those that wait only the newest are kept. They end with the embedded
AWS, whose end of their standard input is closed then, and with their region when it is lost.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from moto.awslambda.models import LambdaFunction

from shared.rehearsal.environment import environment

_RUNTIME = Path(__file__).with_name("lambda_runtime.py")

#: How long an import may take, in seconds: AWS gives it 10, but not on a busy laptop.
_IMPORT_SECONDS = 60
#: How many processes wait for work, of all functions together: each holds some 50 MB.
_IDLE = 8

_lock = threading.Lock()
_idle: list[Worker] = []
_at_work: set[Worker] = set()


@dataclass(kw_only=True, eq=False)
class Worker:
    """A process with a function's package, and the files that it writes."""

    key: str
    region: str
    root: str
    process: subprocess.Popen[bytes]
    answers: IO[bytes]
    log: IO[bytes]
    read: int = 0
    """How much of the log was returned, in bytes."""

    def invoke(self, asked: Mapping[str, Any], seconds: float) -> str:
        """Return the answer's line; nothing when the process ended without one, or had to be ended."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe, see `_start`
        try:
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            ready, _, _ = select.select([self.answers], [], [], _IMPORT_SECONDS + seconds)
        except BrokenPipeError:
            ready = [self.answers]
        if not ready:
            self.process.send_signal(signal.SIGALRM)
        answer = self.answers.readline().decode()
        if not answer:
            # it is ending: how, is its own affair, and `close` must not be before it
            self.process.wait()
        return answer

    def said(self) -> bytes:
        """Return what was printed since this was asked for last."""
        # without moving the file's position, which is the process's
        number = self.log.fileno()
        text = os.pread(number, os.fstat(number).st_size - self.read, self.read)
        self.read += len(text)
        return text

    def close(self) -> int:
        """End the process, leave nothing of it behind, and return how it ended."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe, see `_start`
        self.process.stdin.close()
        code = self.process.wait()
        with _lock:
            _at_work.discard(self)
        self.answers.close()
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)
        return code


def take(function: LambdaFunction) -> Worker:
    """Return a process for the function: one that waits, or a new one."""
    key = _key(function)
    with _lock:
        found = next((one for one in _idle if one.key == key and one.process.poll() is None), None)
        if found:
            _idle.remove(found)
            _at_work.add(found)
            return found
    started = _start(function, key)
    with _lock:
        _at_work.add(started)
    return started


def give_back(worker: Worker) -> None:
    """Let the process wait for the next invocation, and end the one that has waited longest."""
    with _lock:
        _at_work.discard(worker)
        _idle.append(worker)
        surplus = _idle[:-_IDLE]
        del _idle[:-_IDLE]
    for old in surplus:
        old.close()


def end_in(region: str) -> None:
    """End every process of a region: who waits for an answer of one gets none."""
    with _lock:
        gone = [worker for worker in _idle if worker.region == region]
        _idle[:] = [worker for worker in _idle if worker.region != region]
        for worker in (*gone, *(one for one in _at_work if one.region == region)):
            worker.process.kill()
    for worker in gone:
        worker.close()


def _key(function: LambdaFunction) -> str:
    what = [
        function.function_arn,
        hashlib.sha256(function.code_bytes).hexdigest(),
        function.handler,
        function.memory_size,
        function.environment_vars,
    ]
    return json.dumps(what, sort_keys=True, default=str)


def _start(function: LambdaFunction, key: str) -> Worker:
    root = tempfile.mkdtemp(prefix=f"lambda-{os.environ['MOTO_PORT']}-")
    zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(root)
    answers, writing = os.pipe()
    # A file without a name: a process that outlives us for a moment leaves nothing in the folder.
    log = tempfile.TemporaryFile()  # noqa: SIM115 - the worker closes it
    # -P: the folder of the runtime, ours, is no place to import from. -B: nothing is compiled into it.
    command = [sys.executable, "-P", "-B", str(_RUNTIME), str(writing), function.function_arn]
    process = subprocess.Popen(
        [*command, str(function.memory_size), function.logs_group_name],
        cwd=root,
        env=_variables(function, root),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        bufsize=0,
        pass_fds=[writing],
    )
    os.close(writing)
    return Worker(
        key=key,
        region=function.region,
        root=root,
        process=process,
        answers=os.fdopen(answers, "rb"),
        log=log,
    )


def _variables(function: LambdaFunction, root: str) -> dict[str, str]:
    return {
        **environment(f"http://127.0.0.1:{os.environ['MOTO_PORT']}"),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "TZ": ":UTC",
        **function.environment_vars,
        "LAMBDA_TASK_ROOT": root,
        "_HANDLER": function.handler,
    }
