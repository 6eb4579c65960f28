from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.deploy import process
from shared.deploy.process import Processes, alive, started_at


def test_lines_are_handed_over_as_they_come_and_stay_in_the_file(tmp_path: Path) -> None:
    lines: list[str] = []
    pids: list[int] = []
    script = (
        "import sys, time; print('one', flush=True); time.sleep(.3); "
        "sys.stderr.write('two\\nthree'); sys.exit(3)"
    )
    code = Processes().run(
        [sys.executable, "-c", script],
        directory=tmp_path,
        environment=os.environ,
        output=tmp_path / "out",
        on_line=lines.append,
        on_start=pids.append,
    )
    assert code == 3
    assert lines == ["one", "two", "three"]
    assert (tmp_path / "out").read_text() == "one\ntwo\nthree"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600
    assert len(pids) == 1
    assert not alive(pids[0], None)


@pytest.fixture
def _heeds_ctrl_c() -> Iterator[None]:
    """A shell's background job ignores SIGINT, and so do the processes that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heeds_ctrl_c")
def test_what_starts_after_the_second_ctrl_c_is_asked_to_stop_at_once(tmp_path: Path) -> None:
    processes = Processes()
    assert processes.interrupt() == 0
    code = processes.run(["sleep", "30"], directory=tmp_path, environment=os.environ, output=tmp_path / "out")
    assert code == -signal.SIGINT


def test_a_process_is_told_apart_from_a_later_one_with_its_id() -> None:
    me = os.getpid()
    start = started_at(me)
    assert start
    assert alive(me, start)
    assert not alive(me, "1")
    assert started_at(2**22 + 1) is None


def test_a_process_that_ended_and_was_not_waited_for_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    start = started_at(child.pid)
    assert child.stdout
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(child.pid, start)
    child.communicate()


def test_without_a_start_time_the_id_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert alive(os.getpid(), None)

    def forbidden(_pid: int, _number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(process.os, "kill", forbidden)
    assert alive(1, None), "a process of another user is a process"
