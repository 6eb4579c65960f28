"""The question before anything is changed."""

from __future__ import annotations

import shlex
import sys
import time
from typing import TYPE_CHECKING

from shared.deploy.saying import say
from shared.deploy.work import Span
from shared.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from shared.deploy.options import Options
    from shared.deploy.run import Run
    from shared.deploy.work import Work

_YES = ("y", "yes")


def check(options: Options, *, can_ask: bool, staged: bool = True) -> None:
    """Raise UserError when the run would have to ask and nobody can answer.

    `staged`: it asks before each stage; otherwise once, for everything.
    """
    if options.yes:
        return
    if staged and options.region_concurrency == "parallel":
        raise UserError(
            "stages side by side cannot be confirmed one by one",
            remedy="add --yes, or leave --region-concurrency parallel out",
        )
    if not can_ask and not sys.stdin.isatty():
        raise UserError(
            "this command asks before it changes anything, and there is no terminal to answer on",
            remedy="look at the plan first, then run it with --yes",
        )


def names(works: Sequence[Work]) -> str:
    """Return the stacks' addresses as a part of a sentence."""
    addresses = [work.address for work in works]
    return " and ".join(filter(None, (", ".join(addresses[:-1]), *addresses[-1:])))


def number(count: int, word: str) -> str:
    """Return how many of something there are: `1 stack`, `2 stacks`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def confirm_plans(
    run: Run, planned: Sequence[Work], how: str, *, ask: Callable[[str], str] | None = None
) -> bool:
    """Return whether the saved plans of these stacks may be applied; the question names them."""
    if planned and not run.options.yes:
        _show_where(run, planned)
    return confirm(run, planned, f"Apply {names(planned)}, exactly as {how}? [y/N]", ask=ask)


def _show_where(run: Run, planned: Sequence[Work]) -> None:
    """Say how the saved plans are seen with every value while the question waits."""
    first = planned[0]
    assert first.plan is not None  # noqa: S101 - that is what planned means
    directory = shlex.quote(str(run.manifest.directory(first.entry).absolute()))
    command = f"{run.program.name} -chdir={directory} show {shlex.quote(str(first.plan.absolute()))}"
    say(run.console, f"In full, from another terminal while this waits: {command}")
    if len(planned) > 1:
        say(run.console, f"The other plans are beside it, each for its stack's folder beside {directory}.")


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
    asked = time.monotonic()
    with run.interrupts.asking():
        try:
            said = (ask or run.console.input)(f"{question} ".replace("[", r"\["))
        except EOFError:
            said = ""
            run.console.print()
    if run.interrupts.stopping.is_set():
        run.console.print()  # the answer's line has no end
    run.questions.append(Span(phase="question", begin=asked, end=time.monotonic()))
    agreed = said.strip().lower() in answers
    run.journal.write("answer", agreed=agreed)
    if not agreed and not run.interrupts.stopping.is_set():
        for work in planned:
            work.stop("declined", "not confirmed")
            run.settle(work)
    return agreed
