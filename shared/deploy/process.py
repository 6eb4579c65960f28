"""Engine processes: started in a session of their own, followed through a file.

A process writes into a file rather than into a pipe. When this program is killed, the engine does
not die of a broken pipe in the middle of an apply: it goes on, writes its state and releases its
lock. It is in a session of its own, so a Ctrl-C on the terminal reaches this program only, which
decides whether to pass it on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: Seconds between two looks at a running process's output.
_POLL = 0.1


class Processes:
    """The engine processes that run now."""

    def __init__(self) -> None:
        # a signal's handler runs in the midst of the main thread, which may hold the lock
        self._lock = threading.RLock()
        self._interrupted = False
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def run(
        self,
        arguments: Sequence[str],
        *,
        directory: Path,
        environment: Mapping[str, str],
        output: Path,
        on_line: Callable[[str], None] = lambda _line: None,
        on_start: Callable[[int], None] = lambda _pid: None,
    ) -> int:
        """Run to the end, hand over each line of output as it comes, and return the exit code.

        Standard output and errors go to the file `output`, which only its owner may read.
        """
        descriptor = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as sink, output.open(encoding="utf-8", errors="replace") as source:
            source.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                list(arguments),
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            with self._registered(process):
                on_start(process.pid)
                follow(process, source, on_line)
        return process.returncode

    def capture(
        self, arguments: Sequence[str], *, directory: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command that changes nothing and return its output, which stays in memory."""
        return subprocess.run(
            list(arguments),
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    def interrupt(self) -> int:
        """Send SIGINT to every running process, which stops gracefully; return how many there are.

        From then on a process that starts gets it at once.
        """
        with self._lock:
            self._interrupted = True
            for process in self._running.values():
                process.send_signal(signal.SIGINT)
            return len(self._running)

    @contextlib.contextmanager
    def _registered(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._lock:
            self._running[process.pid] = process
            if self._interrupted:
                process.send_signal(signal.SIGINT)
        try:
            yield
        finally:
            with self._lock:
                del self._running[process.pid]


def follow(process: subprocess.Popen[bytes], source: IO[str], on_line: Callable[[str], None]) -> None:
    """Hand over the complete lines of a growing file until the process that writes it has ended."""
    rest = ""
    ended = False
    while not ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_POLL)
        # looked at before reading, so that what was written last is still read
        ended = process.returncode is not None
        *lines, rest = (rest + source.read()).split("\n")
        for line in lines:
            on_line(line)
    if rest:
        on_line(rest)


def started_at(pid: int) -> str | None:
    """Return the start time of a process on this host (clock ticks since boot), None if it is gone.

    Together with its id this names a process for good: ids are used again, start times are not.
    None also where there is no /proc (macOS); `alive` then goes by the id alone.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # proc(5): field 22; field 2 is the command's name in brackets and may contain spaces
    fields = stat.rpartition(")")[2].split()
    state, start = fields[0], fields[19]
    return None if state == "Z" else start


def alive(pid: int, start: str | None) -> bool:
    """Tell whether the process with this id and start time still runs on this host."""
    if start is not None:
        return started_at(pid) == start
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
