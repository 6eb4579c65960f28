"""Runs blocks of a runbook, and says in which state of the world each of them makes sense."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.rehearsal.environment import environment
from tests.runbook_blocks import Block
from tests.tools import ROOT, Result, search_path

_LONGEST_SECONDS = 1200
#: What a person types to go on.
YES = "yes\n"


@dataclass(frozen=True, kw_only=True)
class Use:
    """When a block can be run; worlds are those of the runbook's system."""

    needs: frozenset[StrEnum]
    """The worlds in which it ends well, printing what it should."""
    leaves: Mapping[StrEnum, StrEnum] = field(default_factory=dict)
    """The world before -> the world afterwards, where it changes."""
    answers: str = ""
    """What a person types, a line each; the name that is typed to finalize is not known here."""


def within(*needs: StrEnum) -> Use:
    """A block that only looks, or leaves the world as it is."""
    return Use(needs=frozenset(needs))


def to(after: StrEnum, *needs: StrEnum, answers: str = "") -> Use:
    """A block after which the world is another one."""
    return Use(needs=frozenset(needs), leaves=dict.fromkeys(needs, after), answers=answers)


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What is known of a runbook's blocks."""

    uses: Mapping[str, Use]
    """Title -> when it can be run."""
    shows: Mapping[str, str]
    """Title -> a pattern for its output with single blanks, for blocks that do not always print the same."""
    going: frozenset[StrEnum]
    """Worlds in which an execution runs: they end by themselves."""
    passing: Mapping[StrEnum, StrEnum]
    """Worlds that end by themselves soon -> what comes then."""
    families: Mapping[str, Callable[[re.Match[str]], Use]] = field(default_factory=dict)
    """Pattern of titles that differ by a number -> when such a block can be run."""

    def use(self, block: Block) -> Use:
        """When a block can be run. KeyError for one that nobody thought about."""
        for pattern, used in self.families.items():
            found = re.fullmatch(pattern, block.title)
            if found:
                return used(found)
        return self.uses[block.title]

    def prints_what_it_should(self, block: Block, output: str) -> bool:
        """Say whether an output is the one that the runbook announces, or has what `shows` says."""
        if block.expect is not None:
            return block.prints_what_it_should(output)
        return re.search(self.shows[block.title], " ".join(output.split())) is not None


def run_block(block: Block, endpoint: str, answers: str = "") -> Result:
    """Run a block as a person does, in the repository, against an embedded AWS.

    With `answers` there is a terminal on which they are typed; without, nobody is there to ask.
    """
    variables = environment(endpoint) | {"PATH": search_path()}
    if not answers:
        return _run(block, variables, subprocess.DEVNULL)
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, answers.encode())
        return _run(block, variables, terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)


def _run(block: Block, variables: Mapping[str, str], stdin: int) -> Result:
    done = subprocess.run(
        ["sh", "-c", block.commands],
        env=dict(variables),
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=_LONGEST_SECONDS,
    )
    return Result(done.returncode, done.stdout, done.stderr)
