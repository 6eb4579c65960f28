"""What invoke's command line parser is taught: arguments by position, and mistakes that exit with code 2.

invoke 3.0.3 has no optional positional argument (`invoke outputs [REGION]`), answers a mistyped
option with "No idea what it is" and exit code 1, and shows a traceback when a number is expected
and a word is given. `teach` replaces the two methods of its parser that decide this; invoke's version
is pinned exactly.
"""

from __future__ import annotations

import difflib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from invoke.exceptions import Exit
from invoke.parser.parser import ParseMachine

from shared.errors import EXIT_USER_ERROR

if TYPE_CHECKING:
    from invoke.parser.argument import Argument

#: Arguments that may be given as a word of their own wherever a task has them.
BY_POSITION = ("region", "stack")


_handle = ParseMachine.handle


def handle(self: ParseMachine, token: str) -> None:
    """Take one word of the command line: invoke's own way, after arguments by position."""
    self.token = token
    argument = _by_position(self, token)
    if argument is None:
        _handle(self, token)
    else:
        argument.value = token


def error(self: ParseMachine, msg: str) -> NoReturn:
    """End the program with exit code 2 and a message; `msg` is invoke's own.

    It is about an option without its value, or about a word that nobody knows: no task has a
    required position, and `--option=value` of an option without one leaves the value as a word.
    """
    if self.flag is not None and "needed value" in msg:
        raise Exit(f"Error: --{self.flag.names[0]} needs a value.", code=EXIT_USER_ERROR)
    raise Exit(_unknown(self), code=EXIT_USER_ERROR)


def teach() -> None:
    """Make invoke's parser use the two functions above.

    They are put into its class, not into a subclass: its states are bound to the class itself.
    """
    # invoke switches the cache of compiled modules off, and every command would compile boto3 anew.
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ
    ParseMachine.handle = handle  # type: ignore[method-assign]
    ParseMachine.error = error  # type: ignore[method-assign]


def _by_position(machine: ParseMachine, token: str) -> Argument | None:
    """Return the argument that `token` is the value of, though no option stands before it."""
    context = machine.context
    if (
        context is None
        or machine.waiting_for_flag_value
        or token.startswith("-")
        or token in machine.contexts
    ):
        return None
    found = [context.args[name] for name in BY_POSITION if name in context.args]
    return next((argument for argument in found if not argument.got_value), None)


def _unknown(machine: ParseMachine) -> str:
    token = machine.token.partition("=")[0]
    task = machine.context.name
    if token.startswith("-") and task:
        known = sorted({*machine.context.flags, *machine.context.inverse_flags})
        what, remedy = f"{task} has no option {token}", f"invoke --help {task}"
    elif token.startswith("-"):
        known, what, remedy = [], f"there is no option {token}", "invoke --help"
    else:
        known, what, remedy = sorted(machine.contexts), f"there is no task {token}", "invoke --list"
    nearest = difflib.get_close_matches(token, known, n=1)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"Error: {what}.{hint}\n    `{remedy}` shows what there is."
