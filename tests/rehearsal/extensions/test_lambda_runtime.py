"""The process that runs one invocation."""

import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.rehearsal.extensions import lambda_runtime

ARGUMENTS = ["arn:function", "128", "group"]
ABOUT = ["request-1", *ARGUMENTS, "stream"]


def asked(event: str, request: str = "request-1") -> bytes:
    return f'{{"event": {event}, "seconds": 30, "request": "{request}", "stream": "stream"}}\n'.encode()


def start(folder: Path, code: str) -> subprocess.Popen[bytes]:
    root = folder / "root"
    root.mkdir()
    (root / "module.py").write_text(code)
    environment = {
        **os.environ,
        "LAMBDA_TASK_ROOT": str(root),
        "_HANDLER": "module.handle",
        "AWS_LAMBDA_FUNCTION_NAME": "name",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
    }
    with (folder / "answer").open("w") as answer:
        number = answer.fileno()
        return subprocess.Popen(
            [sys.executable, "-P", lambda_runtime.__file__, str(number), *ARGUMENTS],
            env=environment,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=[number],
        )


def answers(folder: Path, count: int) -> list[dict[str, Any]]:
    """Wait until there are so many answers."""
    limit = time.monotonic() + 60
    while (folder / "answer").read_text().count("\n") < count:
        assert time.monotonic() < limit
        time.sleep(0.02)
    return [json.loads(line) for line in (folder / "answer").read_text().splitlines()]


def test_it_answers_one_invocation_after_the_other_and_keeps_what_the_module_keeps(tmp_path: Path) -> None:
    code = (
        "seen = []\n"
        "def handle(e, c):\n"
        "    seen.append(e)\n"
        "    return [c.aws_request_id, c.log_group_name, c.log_stream_name, c.function_version, seen]\n"
    )
    with start(tmp_path, code) as process:
        assert process.stdin is not None
        process.stdin.write(asked('{"a": 1}') + asked("2", "request-2"))
        assert answers(tmp_path, 2) == [
            {"result": ["request-1", "group", "stream", "1", [{"a": 1}]]},
            {"result": ["request-2", "group", "stream", "1", [{"a": 1}, 2]]},
        ]
        process.stdin.close()
        assert process.wait(60) == 0
    assert not (tmp_path / "root").exists()


def test_it_ends_when_the_embedded_aws_is_gone(tmp_path: Path) -> None:
    with start(tmp_path, "import time\ndef handle(e, c): time.sleep(60)") as process:
        process.communicate(asked("{}"), timeout=60)
    assert process.returncode == 0
    assert (tmp_path / "answer").read_text() == ""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Make a module whose functions this very process runs."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
    name = f"module_{secrets.token_hex(4)}"

    def make(code: str, handler: str = "{}.handle") -> None:
        (tmp_path / f"{name}.py").write_text(code)
        monkeypatch.setenv("_HANDLER", handler.format(name))

    yield make
    signal.setitimer(signal.ITIMER_REAL, 0)
    sys.modules.pop(name, None)


def run(event: Any) -> dict[str, Any]:
    return dict(json.loads(lambda_runtime.run(event, 30, *ABOUT)))


def test_what_a_function_returns_is_its_answer(module: Callable[..., None]) -> None:
    module("def handle(e, c): return {'n': e + 1}")
    assert run(1) == {"result": {"n": 2}}
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


HANDLES = "def handle(e, c): return {1}"


@pytest.mark.parametrize(
    ("code", "handler", "kind"),
    [
        (HANDLES, "handle", "Runtime.MalformedHandlerName"),
        (HANDLES, "no_such_module.handle", "Runtime.ImportModuleError"),
        (HANDLES, "{}.other", "Runtime.HandlerNotFound"),
        (HANDLES, "{}.handle", "Runtime.MarshalError"),
        ("def", "{}.handle", "Runtime.UserCodeSyntaxError"),
    ],
)
def test_what_aws_refuses_has_its_name(
    module: Callable[..., None], code: str, handler: str, kind: str
) -> None:
    module(code, handler)
    error = run(1)["error"]
    assert (error["errorType"], error["stackTrace"]) == (kind, [])


def test_a_function_that_exits_ends_its_process(
    module: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module("import sys\ndef handle(e, c): return sys.exit(3) if e == 2 else e")
    # what `lambda_sockets` puts in their places stays in a function's process
    monkeypatch.setattr(socket, "create_connection", socket.create_connection)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", ssl.SSLContext.wrap_socket)
    ended = threading.Event()
    monkeypatch.setattr(os, "_exit", lambda _: ended.set())
    answered = threading.Event()

    def invocations() -> Iterator[str]:
        yield asked("1").decode()
        yield asked("2").decode()
        # who closes its standard input earlier wants no answer any more
        assert answered.wait(60)

    monkeypatch.setattr(sys, "stdin", invocations())
    with (tmp_path / "answer").open("w") as file:
        monkeypatch.setattr(sys, "argv", ["lambda_runtime", str(os.dup(file.fileno())), *ARGUMENTS])
        monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path / "root"))
        with pytest.raises(SystemExit) as exited:
            lambda_runtime.main()
    answered.set()
    assert exited.value.code == 3
    assert (tmp_path / "answer").read_text() == '{"result": 1}\n'
    assert ended.wait(60), "when there is no further invocation, the process ends"


def test_an_exception_is_told_with_its_place(module: Callable[..., None]) -> None:
    module("def handle(e, c):\n    raise LookupError('no such thing')\n")
    error = run({})["error"]
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no such thing")
    assert error["requestId"] == "request-1"
    assert len(error["stackTrace"]) == 1
    assert "line 2, in handle" in error["stackTrace"][0]


def test_no_time_is_left_after_the_end() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
        patch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
        assert lambda_runtime.Context(-1, *ABOUT).get_remaining_time_in_millis() == 0
