"""The process that runs one invocation."""

import json
import os
import signal
import subprocess
import sys
import time
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


def test_an_exception_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "failing_module.py").write_text("def handle(e, c):\n    raise LookupError('no such thing')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("_HANDLER", "failing_module.handle")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
    error = json.loads(lambda_runtime.run({}, 30, *ABOUT))["error"]
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no such thing")
    assert error["requestId"] == "request-1"
    assert len(error["stackTrace"]) == 1
    assert "line 2, in handle" in error["stackTrace"][0]


def test_no_time_is_left_after_the_end() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_LAMBDA_FUNCTION_NAME", "name")
        patch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "1")
        assert lambda_runtime.Context(-1, *ABOUT).get_remaining_time_in_millis() == 0
