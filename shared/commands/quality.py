"""`invoke check` and `invoke test`: the same commands on a laptop and in a pipeline."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from shared.commands.outcome import terminal
from shared.errors import UserError
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


#: One process for the system with the most tests, one for the two others, which begin at once and mostly
#: wait for Terraform, two for the rest; whoever is done helps them (`tests/conftest.py` says who gets what).
WORKERS = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")
#: What takes long is told, so that it is seen when it takes longer.
SLOWEST = ("--durations", "30", "--durations-min", "10")


def judge(*, policy: bool, env: str, suffix: str | None, plan: str, as_json: bool) -> int:
    """Check the code, or with `policy` what it synthesizes. Raises UserError for options of the other one."""
    if policy:
        from shared.commands import policy as policies

        return policies.check(env, suffix, plan=plan, as_json=as_json)
    if env or suffix or plan or as_json:
        raise UserError(
            "--env, --suffix, --plan and --json belong to --policy", remedy="invoke check --policy"
        )
    return check()


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


def test(*, select: str, system: str, every: bool) -> int:
    """Run the tests, the long ones only with `every` or by name. Returns pytest's exit code.

    All that are run without a selection are measured: the coverage is there without the long ones.
    """
    marks = {"only": ["system"], "none": ["not system"]}.get(system, [])
    # a part of the tests never covers everything, so it is not measured
    coverage = [] if select or marks else ["--cov", "--cov-report=term-missing:skip-covered"]
    # who names a test means it
    marks += [] if every or select else ["not long"]
    chosen = ["-k", select] if select else []
    chosen += ["-m", " and ".join(marks)] if marks else []
    return run("pytest", *WORKERS, *SLOWEST, *chosen, *coverage)


def run(module: str, *arguments: str) -> int:
    """Run a Python module in the repository and return its exit code.

    Python keeps what it compiles, also where it was told not to: the tests start thousands of processes, and
    one of the AWS CLI's takes twice its processor time without.
    """
    command = [sys.executable, "-m", module, *arguments]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=here().root, env=environment, check=False).returncode
