"""The process that runs one invocation."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.rehearsal.extensions import lambda_runtime

ARGUMENTS = ["30", "request-1", "arn:function", "128", "group", "stream"]


def start(folder: Path, code: str) -> subprocess.Popen[bytes]:
    (folder / "module.py").write_text(code)
    environment = {
        **os.environ,
        "LAMBDA_TASK_ROOT": str(folder),
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
            pass_fds=[number],
        )


def test_it_answers_in_a_file(tmp_path: Path) -> None:
    about = "{'id': c.aws_request_id, 'group': c.log_group_name, 'version': c.function_version, 'event': e}"
    with start(tmp_path, f"def handle(e, c): return {about}") as process:
        assert process.stdin is not None
        process.stdin.write(b'{"a": 1}\n')
        process.stdin.flush()
        assert process.wait(60) == 0
    assert json.loads((tmp_path / "answer").read_text()) == {
        "result": {"id": "request-1", "group": "group", "version": "1", "event": {"a": 1}}
    }


def test_it_ends_when_the_embedded_aws_is_gone(tmp_path: Path) -> None:
    with start(tmp_path, "import time\ndef handle(e, c): time.sleep(60)") as process:
        process.communicate(b"{}\n", timeout=60)
    assert process.returncode == 1
    assert (tmp_path / "answer").read_text() == ""


def test_the_end_of_the_parent_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    monkeypatch.setattr(os, "_exit", codes.append)
    lambda_runtime._end_with_parent()
    assert codes == [1]


def test_an_exception_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "failing_module.py").write_text("def handle(e, c):\n    raise LookupError('no such thing')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("_HANDLER", "failing_module.handle")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
    error = json.loads(lambda_runtime.run({}, 30, *ARGUMENTS[1:]))["error"]
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no such thing")
    assert error["requestId"] == "request-1"
    assert len(error["stackTrace"]) == 1
    assert "line 2, in handle" in error["stackTrace"][0]


def test_no_time_is_left_after_the_end() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
        patch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
        assert lambda_runtime.Context(-1, *ARGUMENTS[1:]).get_remaining_time_in_millis() == 0
