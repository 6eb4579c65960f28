"""How a command ends: what a person is told, and the exit code.

0: done. 1: Terraform or a check failed. 2: something a person has to mend, nothing was changed.
130: interrupted.
"""

from __future__ import annotations

import functools
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invoke.exceptions import Exit

from shared.errors import EXIT_USER_ERROR, Refused, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

EXIT_INTERRUPTED = 130


def command(body: Callable[..., int | None]) -> Callable[..., None]:
    """Return a task's body that ends with its returned exit code and prints what a person has to mend."""

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = body(*args, **kwargs)
        except UserError as error:
            tell(error)
            raise Exit(code=EXIT_USER_ERROR) from None
        except KeyboardInterrupt:
            _hear_no_more()
            raise Exit("Interrupted.", code=EXIT_INTERRUPTED) from None
        if code == EXIT_INTERRUPTED:
            _hear_no_more()
        if code:
            raise Exit(code=code)

    return run


def _hear_no_more() -> None:
    """Let one more Ctrl-C pass by: all is said, and it could only put a traceback below it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def tell(error: UserError) -> None:
    """Print every problem of `error` on stderr under a red heading."""
    # Rich takes a tenth of a second to import, which `invoke --list` does not have.
    from rich.text import Text

    from shared.deploy.saying import say

    console = terminal(stderr=True)
    heading = "Refused" if isinstance(error, Refused) else "Error"
    count = len(error.problems)
    say(console, heading if count == 1 else f"{heading}: {count} problems", style="bold red")
    for problem in error.problems:
        line = Text("  ")
        if problem.where:
            line.append(f"{problem.where}: ", style="cyan")
        say(console, line.append(problem.what))
        if problem.remedy:
            say(console, f"      {problem.remedy}", style="dim")


def terminal(*, stderr: bool = False) -> Console:
    """Return where a command writes for people; what is piped is never wrapped, whatever COLUMNS says."""
    from rich.console import Console

    from shared.commands.piped import Piped

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr) if stream.isatty() else Piped(stream)


def show_json(document: Any) -> None:
    """Print a document on stdout, and nothing else."""
    print(json.dumps(document, indent=2, default=str))  # noqa: T201 - a console would wrap it


def near(path: Path) -> str:
    """Return the path as a person would type it here."""
    absolute, here = path.resolve(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
