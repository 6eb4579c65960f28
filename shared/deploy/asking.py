"""The question before anything is changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from shared.deploy.options import Options
    from shared.deploy.run import Run
    from shared.deploy.work import Work

_YES = ("y", "yes")


def check(options: Options, *, can_ask: bool) -> None:
    """Raise UserError when the run would have to ask and nobody can answer."""
    if options.yes:
        return
    if options.region_concurrency == "parallel":
        raise UserError(
            "stages side by side cannot be confirmed one by one",
            remedy="add --yes, or leave --region-concurrency parallel out",
        )
    if not can_ask and not sys.stdin.isatty():
        raise UserError(
            "this command asks before it changes anything, and there is no terminal to answer on",
            remedy="look at the plan first, then run it with --yes",
        )


def confirm(
    run: Run,
    planned: Sequence[Work],
    question: str,
    *,
    ask: Callable[[str], str] | None = None,
    answers: Collection[str] = _YES,
) -> bool:
    """Return whether the planned stacks may be changed; False also when there are none.

    Anything but one of the `answers` declines them. Ctrl-C ends the question and the run.
    """
    if not planned or run.interrupts.stopping.is_set():
        return False
    if run.options.yes:
        return True
    said = ""
    with run.interrupts.asking():
        try:
            said = (ask or run.console.input)(f"{question} ".replace("[", r"\["))
        except EOFError:
            said = ""
    agreed = said.strip().lower() in answers
    run.journal.write("answer", agreed=agreed)
    if not agreed and not run.interrupts.stopping.is_set():
        for work in planned:
            work.stop("declined", "not confirmed")
            run.settle(work)
    return agreed
