"""`invoke check` and `invoke test`: the same commands on a laptop and in a pipeline."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from shared.commands.outcome import terminal
from shared.workspace import here

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is linted; `tests` is held to ruff's rules only.
SOURCES = ("tasks.py", "regions", "modules", "shared")
CHECKS: dict[str, Sequence[str]] = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "pylint": ("pylint", "--fail-under=9.5", *SOURCES),
}


#: One process for each of the two systems that are deployed, which begin at once and mostly wait for
#: Terraform, one for the rest; whoever is done helps it (`tests/conftest.py` says who gets what).
WORKERS = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
#: What takes long is told, so that it is seen when it takes longer.
SLOWEST = ("--durations", "30", "--durations-min", "10")


def check() -> int:
    """Run every check, all of them even if one fails. Returns 1 if any failed."""
    console = terminal()
    failed = []
    for name, command in CHECKS.items():
        console.print(f"[bold]{name}[/]")
        begun = time.monotonic()
        code = run(*command)
        console.print(
            f"{'[green]ok' if code == 0 else '[red]failed'}[/] ({time.monotonic() - begun:.1f} s)\n"
        )
        if code:
            failed.append(name)
    if failed:
        console.print(f"[bold red]Failed:[/] {', '.join(failed)}")
    return 1 if failed else 0


def test(*, select: str, system: str) -> int:
    """Run the tests; all of them with coverage, a selection without. Returns pytest's exit code."""
    chosen = ["-k", select] if select else []
    chosen += {"only": ["-m", "system"], "none": ["-m", "not system"]}.get(system, [])
    # a part of the tests never covers everything, so it is not measured
    coverage = [] if chosen else ["--cov", "--cov-report=term-missing:skip-covered"]
    return run("pytest", *WORKERS, *SLOWEST, *chosen, *coverage)


def run(module: str, *arguments: str) -> int:
    """Run a Python module in the repository and return its exit code."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=here().root, env=os.environ, check=False).returncode
