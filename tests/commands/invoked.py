"""Runs a task in this process, the way the `invoke` program does."""

from __future__ import annotations

import signal
import threading

from invoke.program import Program

from tests.workspaces import ROOT


def invoke(*words: str) -> int:
    """Return the exit code of `invoke WORDS`."""
    program = Program(name="invoke", binary="invoke")
    before = signal.getsignal(signal.SIGINT)
    try:
        program.run(["invoke", "--search-root", str(ROOT), *words])
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        # a command that was interrupted hears no more; the tests go on
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)
    return 0
