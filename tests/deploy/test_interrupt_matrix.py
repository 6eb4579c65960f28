"""Every phase of a deployment meets everything that can end it; the command that is printed then goes on.

Real processes, real signals, real Terraform: the real program deploys one small stack. What is found here is
the table in docs/deployment.md.
"""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.deploy.interrupted import Case, next_command, prepared, strike, until
from tests.selection import few_of
from tests.workspaces import ROOT

SIGNALS = {
    "Ctrl-C": (signal.SIGINT,),
    "Ctrl-C twice": (signal.SIGINT, signal.SIGINT),
    "SIGTERM": (signal.SIGTERM,),
    "kill -9": (signal.SIGKILL,),
    "network lost": (),
    "credentials expired": (),
}


class Outcome(NamedTuple):
    """How the command ends."""

    code: int
    locked: bool = False
    """Whether the state is locked when the command has ended."""
    again: bool = True
    """Whether the same command, with every option, is printed as the next one."""

    def __str__(self) -> str:
        code = "killed" if self.code < 0 else str(self.code)
        return f"{code}, {'lock held' if self.locked else 'no lock'}, {'next' if self.again else '-'}"


STOPPED, DONE = Outcome(130), Outcome(130, again=False)
KILLED, KILLED_LOCKED = Outcome(-9, again=False), Outcome(-9, locked=True, again=False)
FAILED, FAILED_LOCKED = Outcome(1), Outcome(1, locked=True)
REFUSED = Outcome(2, again=False)
#: Phase -> outcome for each of `SIGNALS`, in their order.
OUTCOMES = {
    "synth": (STOPPED, STOPPED, STOPPED, KILLED, REFUSED, REFUSED),
    "init": (STOPPED, STOPPED, STOPPED, KILLED, FAILED, FAILED),
    "plan": (STOPPED, STOPPED, STOPPED, KILLED_LOCKED, FAILED_LOCKED, FAILED_LOCKED),
    "approval": (STOPPED, STOPPED, STOPPED, KILLED, FAILED, FAILED),
    "apply": (DONE, STOPPED, DONE, KILLED_LOCKED, FAILED_LOCKED, FAILED_LOCKED),
    "output reading": (DONE, DONE, DONE, KILLED, FAILED, FAILED),
    "state push": (STOPPED, STOPPED, STOPPED, KILLED_LOCKED, FAILED_LOCKED, FAILED_LOCKED),
}
#: Phases of which every cell is always run; the others' are long tests.
USUAL = ("plan", "apply")
CELLS = [
    (phase, what, outcome)
    for phase, outcomes in OUTCOMES.items()
    for what, outcome in zip(SIGNALS, outcomes, strict=True)
]


@pytest.fixture
def case(aws: str, tmp_path: Path) -> Iterator[Case]:
    with prepared(tmp_path, f"m{uuid.uuid4().hex[:5]}", aws) as made:
        yield made


def stopped(case: Case, phase: str, what: str, words: list[str]) -> int:
    """Run the command, hold it in the phase, and let it happen; returns how the process ended."""
    case.hold(phase)
    process = case.run(*words)
    until(lambda: case.held() or not process.is_alive())
    assert process.is_alive(), case.screen
    case.broken = what
    strike(case, process, *SIGNALS[what])
    if phase == "approval" and not SIGNALS[what]:
        case.say("y")
    if what == "kill -9" or (what == "Ctrl-C twice" and phase == "apply"):
        process.join(90)
    if what != "kill -9":
        case.release()
    return ended(process)


def ended(process: Any) -> int:
    process.join(90)
    assert process.exitcode is not None
    return int(process.exitcode)


@pytest.mark.parametrize(
    ("phase", "what", "outcome"),
    few_of(CELLS, usual=[cell for cell in CELLS if cell[0] in USUAL]),
    ids=[f"{phase}: {what}" for phase, what, _ in CELLS],
)
def test_however_it_ends_the_next_command_goes_on_and_nothing_is_lost_or_made_twice(
    case: Case, phase: str, what: str, outcome: Outcome
) -> None:
    words = ["rollout", "--suffix", case.suffix, *([] if phase == "approval" else ["--yes"])]
    code = stopped(case, phase, what, words)
    said = next_command(case.screen)
    assert Outcome(code, case.locked(), again=bool(said)) == outcome, case.screen
    assert said in {"", " ".join(words)}
    # what was printed as the next command, or the same one again where nothing could be printed
    case.broken = ""
    case.release()
    again = case.run(*words)
    until(lambda: "[y/N]" in case.screen or not again.is_alive())
    if again.is_alive():
        case.say("y")
    assert ended(again) == 0, case.screen
    state = case.object(case.key) or {}
    assert {r["name"]: len(r["instances"]) for r in state["resources"] if r["mode"] == "managed"} == {
        "main": 1,
        "slow": 1,
    }
    assert state["outputs"]["id"]["value"]
    assert not case.locked()
    # Terraform makes anew what it was asked to stop in the middle of
    times = 2 if (phase, what) == ("apply", "Ctrl-C twice") else 1
    assert (case.control / "made").read_text().splitlines() == ["made"] * times


def table() -> str:
    """The outcomes as the documents show them."""
    heading = ["phase", *SIGNALS]
    rows = [[phase, *map(str, outcomes)] for phase, outcomes in OUTCOMES.items()]
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_the_documents_show_these_outcomes() -> None:
    assert table() in (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
