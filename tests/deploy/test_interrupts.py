"""Signals and kills in the middle of an apply, with the real Terraform."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import journal, steps, unlock
from shared.deploy.interrupt import nothing_changed_yet
from shared.deploy.report import RunReport
from shared.deploy.run import Run
from shared.deploy.work import Work
from tests.deploy.stacks import BUCKET, REGION, Stack, World, chain, ends, upstream

A, B = "us-east-1/a", "us-east-1/b"
ROOT = Path(__file__).resolve().parents[2]


def slow(address: str, seconds: float, mark: Path) -> Stack:
    """A stack whose second resource takes its time and leaves a mark when it begins."""
    command = f"touch {mark}; sleep {seconds}"
    return Stack(
        address,
        resources={
            "main": {"input": "one"},
            "slow": {
                "input": "${terraform_data.main.output}",
                "provisioner": [{"local-exec": {"command": command}}],
            },
        },
    )


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


@contextlib.contextmanager
def meanwhile(action: Callable[[], None]) -> Iterator[None]:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            action()
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)

    thread = threading.Thread(target=guarded)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert not failures


def pids(world: World, phase: str) -> list[int]:
    """Engine processes that were started, as the journals say."""
    return [
        event["pid"]
        for folder in journal.folders(world.root)
        for event in journal.read(folder)
        if event["event"] == "process" and event["phase"] == phase
    ]


def driven(world: World) -> subprocess.Popen[bytes]:
    assert world.manifest is not None
    world.manifest.write()
    arguments = [sys.executable, "-m", "tests.deploy.driver", str(world.root), world.suffix]
    return subprocess.Popen(arguments, cwd=ROOT, start_new_session=True)


def lock(world: World, address: str, **facts: str) -> None:
    body = {"ID": "1-2", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere", "Version": "1.11.4"}
    body |= {"Created": "2026-01-02T03:04:05.123456789Z", **facts}
    client = world.clients.client("s3", REGION)
    client.put_object(Bucket=BUCKET, Key=world.key(address) + ".tflock", Body=json.dumps(body))


def test_one_ctrl_c_lets_terraform_finish_and_starts_nothing_new(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    world.synthesize(slow(A, 1, mark), Stack(B, reads={A: ["id"]}))

    def press() -> None:
        until(mark.exists)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with meanwhile(press):
        report = world.deploy()
    assert report.exit_code == 130
    assert ends(report) == {A: "applied", B: "interrupted"}
    assert len(world.state(A)["resources"]) == 2  # type: ignore[index]
    assert report.locks == {}
    assert "interrupted: nothing new starts" in world.screen
    assert world.screen.rstrip().endswith("next: invoke deploy")
    assert signal.getsignal(signal.SIGINT) == before
    assert ends(world.deploy()) == {A: "unchanged", B: "applied"}


def test_a_plan_that_was_under_way_is_not_applied(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.synthesize(*chain(A, B))
    plan = steps.plan

    def pressed(run: Run, work: Work, **options: bool) -> None:
        plan(run, work, **options)
        if work.address == B:
            os.kill(os.getpid(), signal.SIGINT)
            until(run.interrupts.stopping.is_set)

    monkeypatch.setattr(steps, "plan", pressed)
    report = world.deploy()
    assert report.exit_code == 130
    assert ends(report) == {A: "applied", B: "interrupted"}
    assert world.state(B) is None


def test_a_second_ctrl_c_stops_terraform_which_writes_its_state_and_a_third_does_no_more(
    world: World, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    world.synthesize(slow(A, 300, mark))

    def press() -> None:
        until(mark.exists)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

    begun = time.monotonic()
    with meanwhile(press):
        report = world.deploy()
    assert time.monotonic() - begun < 200
    assert report.exit_code == 130
    assert ends(report) == {A: "interrupted"}
    assert "us-east-1/a  interrupted, stopped in the middle: what it made by then is in" in world.screen
    assert "execution halted" not in world.screen
    assert report.next_command == "invoke deploy"
    assert "asked 1 running engine process to stop" in world.screen
    assert "still waiting for the engine" in world.screen
    assert report.locks == {}
    # what was made is in the state: the second resource as tainted
    found = {r["name"]: r["instances"][0].get("status") for r in world.state(A)["resources"]}  # type: ignore[index]
    assert found == {"main": None, "slow": "tainted"}


def test_locks_that_are_left_after_an_interrupt_are_named(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    world.synthesize(slow(A, 1, mark), Stack(B, reads={A: ["id"]}))

    def press() -> None:
        until(mark.exists)
        lock(world, B)
        os.kill(os.getpid(), signal.SIGINT)

    with meanwhile(press):
        report = world.deploy()
    assert list(report.locks) == [B]
    assert f"{B}: the state is still locked by somebody@elsewhere, OperationTypeApply" in world.screen


def killed_midway(world: World, stacks: list[Stack], mark: Path) -> RunReport:
    """Deploy, and kill -9 Terraform when the mark appears."""
    world.synthesize(*stacks)

    def kill() -> None:
        until(mark.exists)
        os.kill(pids(world, "apply")[-1], signal.SIGKILL)

    with meanwhile(kill):
        return world.deploy()


def test_after_kill_9_of_terraform_a_rerun_breaks_its_lock_and_finishes(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    report = killed_midway(world, [slow(A, 3, mark), Stack(B, reads={A: ["id"]})], mark)
    assert report.exit_code == 1
    assert ends(report) == {A: "failed", B: "blocked"}
    assert "killed by signal 9" in (report.stacks[0].error or "")
    assert unlock.holder(world.manifest.stack(A), world.clients)  # type: ignore[union-attr]
    # nothing was written down: Terraform writes a remote state every 20 seconds
    assert world.state(A) is None
    logged = (report.folder / "logs" / "us-east-1_a.apply.jsonl").read_text().splitlines()
    made = [json.loads(line)["hook"]["id_value"] for line in logged if '"apply_complete"' in line]

    again = world.deploy()
    assert again.exit_code == 0
    assert ends(again) == {A: "applied", B: "applied"}
    first, second = again.stacks[0].notes
    assert "broke the lock of process" in first
    # the finished one is taken over with its id, the unfinished one is made again
    assert second == "takes over what a killed run made and did not write down: terraform_data.main"
    assert world.outputs(A)["id"] == made[0]
    assert ends(world.deploy()) == {A: "unchanged", B: "unchanged"}


def test_a_destruction_after_a_kill_also_finds_what_no_state_knows(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    killed_midway(world, [slow(A, 3, mark)], mark)
    report = world.destroy()
    assert ends(report) == {A: "destroyed"}
    assert any("took over terraform_data.main" in note for note in report.stacks[0].notes)
    assert report.stacks[0].counts["destroy"] == 1
    assert world.state(A) is None


def test_after_kill_9_of_the_command_terraform_goes_on_and_the_rerun_waits_for_it(
    world: World, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    world.synthesize(
        slow(A, 3, mark), Stack(B, reads={A: ["id"]}, resources={"main": {"input": upstream(A, "id")}})
    )
    process = driven(world)
    until(mark.exists)
    process.kill()
    process.wait()
    folder = journal.folders(world.root)[0]
    assert list((folder / "plans").iterdir()), "the killed run could not delete its plan"

    report = world.deploy()
    assert ends(report) == {A: "unchanged", B: "applied"}
    assert "waits for apply of an earlier run, process" in report.stacks[0].notes[0]
    assert not list((folder / "plans").iterdir())


def test_a_lock_of_somebody_else_is_waited_for_and_then_named(world: World) -> None:
    world.synthesize(Stack(A))
    lock(world, A)
    report = world.deploy(lock_timeout=1)
    assert report.exit_code == 2
    assert ends(report) == {A: "refused"}
    assert (
        "the state is locked by somebody@elsewhere, OperationTypeApply, since 2026-01-02 03:04:05 UTC"
        in world.screen
    )
    assert "it was not started from here" in world.screen
    assert f"`invoke unlock {A}`" in world.screen
    # when the lock is gone, the same command works
    assert report.next_command == "invoke deploy"
    entry = world.manifest.stack(A)  # type: ignore[union-attr]
    unlock.break_lock(entry, world.clients, "1-2")
    assert ends(world.deploy()) == {A: "applied"}


def test_a_state_that_could_not_be_saved_is_written_first(world: World) -> None:
    manifest = world.synthesize(Stack(A))
    world.deploy()
    state: dict[str, Any] = world.state(A) or {}
    folder = manifest.directory(manifest.stack(A))
    (folder / "errored.tfstate").write_text(json.dumps({**state, "serial": state["serial"] + 1}))
    report = world.deploy()
    assert ends(report) == {A: "unchanged"}
    assert report.stacks[0].notes == ("wrote the state that an earlier run could not save (errored.tfstate)",)
    assert world.state(A)["serial"] > state["serial"]  # type: ignore[index]
    assert not (folder / "errored.tfstate").exists()


def test_a_state_that_cannot_be_pushed_is_a_failure(world: World) -> None:
    manifest = world.synthesize(Stack(A))
    world.deploy()
    (manifest.directory(manifest.stack(A)) / "errored.tfstate").write_text("{}")
    report = world.deploy()
    assert ends(report) == {A: "failed"}


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_outside_the_main_thread_signals_are_left_alone(world: World, number: int) -> None:
    world.synthesize(Stack(A))
    before = signal.getsignal(number)
    found: list[Any] = []

    def run() -> None:
        world.deploy()
        found.append(signal.getsignal(number))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [before]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_before_a_run_begins_a_signal_ends_the_command_with_the_one_that_begins_again(number: int) -> None:
    said: list[str] = []
    before = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]

    def waits() -> None:
        with nothing_changed_yet(said.append, "rollout --suffix pr7"):
            try:
                os.kill(os.getpid(), number)
                time.sleep(10)
            finally:
                # while it ends, another one does not cut it short
                os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        waits()
    assert said == [
        "interrupted before the run began: nothing was changed",
        "next: invoke rollout --suffix pr7",
    ]
    assert [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)] == before


def test_in_another_thread_no_signal_is_waited_for() -> None:
    found: list[Any] = []

    def run() -> None:
        with nothing_changed_yet(found.append, "plan"):
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]


def test_a_state_that_had_just_been_written_when_its_run_was_killed_is_not_written_again(
    world: World,
) -> None:
    manifest = world.synthesize(Stack(A))
    world.deploy()
    state: dict[str, Any] = world.state(A) or {}
    left = manifest.directory(manifest.stack(A)) / "errored.tfstate"
    # Terraform refuses an older serial, though nothing else differs
    left.write_text(json.dumps({**state, "serial": 0}))
    report = world.deploy()
    assert ends(report) == {A: "unchanged"}
    assert not left.exists()
    assert world.state(A) == state


@pytest.mark.parametrize("text", ["not a state", '{"version": 4, "lineage": "another"}'])
def test_a_state_that_is_another_one_stays_in_its_file(world: World, text: str) -> None:
    manifest = world.synthesize(Stack(A))
    world.deploy()
    left = manifest.directory(manifest.stack(A)) / "errored.tfstate"
    left.write_text(text)
    report = world.deploy()
    assert ends(report) == {A: "failed"}
    assert left.read_text() == text
