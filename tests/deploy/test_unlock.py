from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.deploy import journal, unlock
from shared.deploy.journal import EngineProcess
from shared.deploy.process import started_at
from shared.deploy.unlock import Holder
from shared.errors import Refused
from tests.deploy.stacks import BUCKET, REGION, Stack, World

HERE = socket.gethostname()
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def dead_pid() -> tuple[int, str]:
    """The id and start time of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = started_at(process.pid)
    process.communicate(b"\n")
    assert start
    return process.pid, start


def process(seconds: float = 0, **facts: object) -> EngineProcess:
    pid, start = dead_pid() if "pid" not in facts else (0, "")
    known: dict[str, object] = {
        "folder": Path("run"),
        "address": "r/a",
        "phase": "apply",
        "pid": pid,
        "start": start,
        "host": HERE,
        "at": MOMENT + timedelta(seconds=seconds),
        "ended": None,
        "code": None,
    }
    return EngineProcess(**{**known, **facts})  # type: ignore[arg-type]


def held(host: str = HERE) -> Holder:
    return Holder(
        id="1-2", who=f"me@{host}", operation="OperationTypeApply", created=MOMENT, version="1.11.4"
    )


def test_a_lock_names_its_holder() -> None:
    body = (
        b'{"ID":"1-2","Operation":"OperationTypeApply","Who":"me@host","Version":"1.11.4",'
        b'"Created":"2026-01-02T03:04:05.123456789Z"}'
    )
    found = unlock.parse(body)
    assert found.created == MOMENT.replace(microsecond=123456)
    assert found.host == "host"
    assert str(found) == "me@host, OperationTypeApply, since 2026-01-02 03:04:05 UTC (lock 1-2)"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Created": "yesterday"}'])
def test_a_lock_that_cannot_be_read_still_has_a_holder(body: bytes) -> None:
    assert str(unlock.parse(body)).startswith("unknown, unknown operation, since 1970-01-01")


def test_a_lock_with_an_offset_is_read() -> None:
    assert unlock.parse(b'{"Created": "2026-01-02T05:04:05+02:00"}').created == MOMENT


def test_the_holder_is_the_last_process_before_the_lock() -> None:
    early, late = process(-60), process(-1)
    assert unlock.process_of(held(), [early, late]) == late
    assert unlock.provably_dead(held(), [early, late])


def test_what_cannot_be_proved_is_not_dead() -> None:
    assert not unlock.provably_dead(held(), [])
    # started after the lock, or seen to end before it, or on another host
    assert unlock.process_of(held(), [process(60)]) is None
    assert unlock.process_of(held(), [process(-60, ended=MOMENT - timedelta(seconds=1), code=0)]) is None
    assert unlock.process_of(held("elsewhere"), [process(-1)]) is None
    assert not unlock.provably_dead(held("elsewhere"), [process(-1, host="elsewhere")])
    mine = process(-1, pid=os.getpid(), start=started_at(os.getpid()))
    assert unlock.process_of(held(), [mine]) == mine
    assert not unlock.provably_dead(held(), [mine])


def test_a_held_lock_is_described_with_what_is_known_of_its_holder(world: World) -> None:
    entry = world.synthesize(Stack("r/a")).stacks[0]
    assert "it was not started from here" in unlock.describe(entry, held(), []).what
    assert "on this host is gone" in unlock.describe(entry, held(), [process(-1)]).what
    mine = process(-1, pid=os.getpid(), start=started_at(os.getpid()))
    problem = unlock.describe(entry, held(), [mine])
    assert "still runs: let it finish" in problem.what
    assert problem.remedy == "when nothing of it runs any more: `invoke unlock r/a`"


def test_only_the_lock_that_was_shown_is_broken(world: World) -> None:
    entry = world.synthesize(Stack("r/a")).stacks[0]
    client = world.clients.client("s3", REGION)
    assert unlock.holder(entry, world.clients) is None
    unlock.break_lock(entry, world.clients, "1-2")
    client.put_object(
        Bucket=BUCKET, Key=entry.state_key + ".tflock", Body=b'{"ID": "3-4", "Who": "other@host"}'
    )
    with pytest.raises(Refused, match="the lock 1-2 is gone; it is now held by other@host"):
        unlock.break_lock(entry, world.clients, "1-2")
    unlock.break_lock(entry, world.clients, "3-4")
    assert unlock.holder(entry, world.clients) is None


def test_the_journal_knows_which_processes_ran_and_how_they_ended(tmp_path: Path) -> None:
    book = journal.Journal(journal.new_folder(tmp_path, "deploy-region eu-west-1"))
    book.started("r/a", "key", "plan", 11)
    book.ended("r/a", "key", 11, 0)
    book.started("r/a", "key", "apply", 12)
    book.started("r/b", "other", "apply", 13)
    book.ended("r/b", "other", 13, 1)
    book.close()
    with (book.folder / journal.FILE_NAME).open("a") as file:
        file.write('{"event": "proc')
    found = journal.history(tmp_path)
    assert [(p.phase, p.pid, p.code) for p in found["key"]] == [("plan", 11, 0), ("apply", 12, None)]
    assert journal.cut_off(found["key"]) == found["key"][1]
    assert journal.cut_off(found["other"]) is None
    assert journal.cut_off([]) is None
    assert book.folder.name.endswith("-deploy-region-eu-west-1")
    assert book.folder.stat().st_mode & 0o777 == 0o700


def test_two_runs_in_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    made = {journal.new_folder(tmp_path, "rollout") for _ in range(3)}
    assert len(made) == 3
    (made.pop() / "plans").rmdir()
    assert list(journal.read(tmp_path)) == []


def test_plans_of_killed_runs_are_deleted_and_those_of_living_ones_kept(tmp_path: Path) -> None:
    book = journal.Journal(journal.new_folder(tmp_path, "rollout"))
    book.begun("rollout", "tests")
    plan = book.folder / "plans" / "r_a.tfplan"
    plan.write_bytes(b"secret")
    journal.sweep(tmp_path)
    assert plan.exists()
    pid, start = dead_pid()
    path = book.folder / journal.FILE_NAME
    book.close()
    path.write_text(f'{{"event": "run", "pid": {pid}, "start": "{start}", "host": "{HERE}"}}\n')
    journal.sweep(tmp_path)
    assert not plan.exists()
