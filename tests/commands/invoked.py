"""Runs a task in this process, the way the `invoke` program does."""

from __future__ import annotations

from pathlib import Path

import pytest
from invoke.program import Program

ROOT = Path(__file__).resolve().parents[2]


def invoke(*words: str) -> int:
    """Return the exit code of `invoke WORDS`."""
    program = Program(name="invoke", binary="invoke")
    with pytest.raises(SystemExit) as ended:
        program.run(["invoke", "--search-root", str(ROOT), *words])
        raise SystemExit(0)
    return int(ended.value.code or 0)
