"""Runs a task in this process, the way the `invoke` program does."""

from __future__ import annotations

from invoke.program import Program

from tests.workspaces import ROOT


def invoke(*words: str) -> int:
    """Return the exit code of `invoke WORDS`."""
    program = Program(name="invoke", binary="invoke")
    try:
        program.run(["invoke", "--search-root", str(ROOT), *words])
    except SystemExit as end:
        return int(end.code or 0)
    return 0
