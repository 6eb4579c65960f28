from __future__ import annotations

import json
import os
import pwd
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.deploy import journal, unlock
from shared.deploy.journal import EngineProcess
from shared.deploy.process import started_at
from shared.deploy.unlock import Holder
from shared.errors import Refused
from tests.deploy.stacks import BUCKET, REGION, LocalClients, Stack, World

HERE = socket.gethostname()
ME = pwd.getpwuid(os.getuid()).pw_name
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
        id="1-2", who=f"{ME}@{host}", operation="OperationTypeApply", created=MOMENT, version="1.11.4"
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


def wrote(folder: Path, seconds: float) -> Path:
    """The folder of a run whose process wrote its last line that long after the lock was made."""
    log = folder / "logs" / "r_a.apply.jsonl"
    log.parent.mkdir(parents=True)
    log.touch()
    moment = (MOMENT + timedelta(seconds=seconds)).timestamp()
    os.utime(log, (moment, moment))
    return folder


def test_the_holder_is_the_last_process_before_the_lock(tmp_path: Path) -> None:
    early, late = process(-60), process(-1, folder=wrote(tmp_path, 5))
    assert unlock.process_of(held(), [early, late]) == late
    assert unlock.provably_dead(held(), [early, late])


def test_a_lock_that_was_made_after_our_process_fell_silent_is_somebody_elses(tmp_path: Path) -> None:
    yesterday = process(-86400, folder=wrote(tmp_path, -86000))
    assert unlock.process_of(held(), [yesterday]) is None
    assert not unlock.provably_dead(held(), [yesterday])
    assert not unlock.provably_dead(held(), [process(-1, folder=tmp_path / "without a log")])


def noted(folder: Path, lock: str) -> Path:
    """The folder of a run that saw its process 7 hold a lock."""
    folder.mkdir()
    book = journal.Journal(folder)
    book.write("lock", "r/a", pid=7, id=lock)
    book.close()
    return folder


def test_a_lock_that_the_journal_knows_needs_no_other_proof(tmp_path: Path) -> None:
    ours = process(-86400, folder=noted(tmp_path / "one", "1-2"), pid=7, start="1")
    later = process(-1, folder=wrote(tmp_path / "two", 5))
    assert unlock.process_of(held(), [ours, later]) == ours
    assert unlock.provably_dead(held(), [ours, later])


def test_a_process_that_held_another_lock_does_not_hold_this_one(tmp_path: Path) -> None:
    other = process(-1, folder=wrote(noted(tmp_path / "one", "3-4"), 5), pid=7, start="1")
    assert unlock.process_of(held(), [other]) is None


@pytest.mark.parametrize(
    ("seconds", "facts"),
    [(-1, {"phase": "init"}), (-600, {}), (-1, {"host": "elsewhere"})],
    ids=["a phase that takes no lock", "longer ago than it would wait", "another host"],
)
def test_what_cannot_have_taken_the_lock_did_not(
    tmp_path: Path, seconds: float, facts: dict[str, object]
) -> None:
    folder = wrote(tmp_path, 5)
    (folder / "logs" / "r_a.init.jsonl").touch()
    assert unlock.process_of(held(), [process(seconds, folder=folder, **facts)]) is None


def test_the_lock_of_another_user_of_this_host_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = process(-1, folder=wrote(tmp_path, 5))
    foreign = unlock.parse(
        json.dumps({"ID": "1-2", "Who": f"somebody@{HERE}", "Created": MOMENT.isoformat()}).encode()
    )
    assert unlock.process_of(foreign, [mine]) is None
    # Go falls back to this variable for a user without an entry, as in many containers
    monkeypatch.setattr(unlock.os, "getuid", lambda: 987654)
    monkeypatch.setenv("USER", "somebody")
    assert foreign.ours


class Racing(LocalClients):
    """Clients of an S3 in which something happens just before a deletion."""

    def __init__(self, happens: Callable[[Any], None]) -> None:
        super().__init__()
        self._happens = happens

    def client(self, service: str, region: str) -> Any:
        made, other = super().client(service, region), super().client(service, region)
        made.meta.events.register("before-call.s3.DeleteObject", lambda **_: self._meanwhile(other))
        return made

    def _meanwhile(self, client: Any) -> None:
        # a handler that returns something would answer the call
        self._happens(client)


def test_a_lock_that_changes_hands_while_it_is_broken_stays(world: World) -> None:
    entry = world.synthesize(Stack("r/a")).stacks[0]
    place = {"Bucket": BUCKET, "Key": entry.state_key + ".tflock"}

    def lock(client: Any, id_: str) -> None:
        client.put_object(**place, Body=json.dumps({"ID": id_, "Who": "other@host"}))

    lock(world.clients.client("s3", REGION), "1-2")
    with pytest.raises(Refused, match="the lock 1-2 is gone; it is now held by other@host"):
        unlock.break_lock(entry, Racing(lambda client: lock(client, "3-4")), "1-2")
    found = unlock.holder(entry, world.clients)
    assert found
    assert found.id == "3-4"
    # released by its holder in that moment: nothing is left to break
    unlock.break_lock(entry, Racing(lambda client: client.delete_object(**place)), "3-4")
    assert unlock.holder(entry, world.clients) is None


def test_a_deletion_that_is_refused_is_no_change_of_hands(world: World) -> None:
    entry = world.synthesize(Stack("r/a")).stacks[0]
    world.clients.client("s3", REGION).put_object(
        Bucket=BUCKET, Key=entry.state_key + ".tflock", Body=b'{"ID": "1-2"}'
    )

    def denied(_client: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteObject")

    with pytest.raises(ClientError, match="AccessDenied"):
        unlock.break_lock(entry, Racing(denied), "1-2")


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


def test_a_held_lock_is_described_with_what_is_known_of_its_holder(world: World, tmp_path: Path) -> None:
    entry = world.synthesize(Stack("r/a")).stacks[0]
    assert "it was not started from here" in unlock.describe(entry, held(), []).what
    assert (
        "on this host is gone"
        in unlock.describe(entry, held(), [process(-1, folder=wrote(tmp_path, 5))]).what
    )
    mine = process(-1, pid=os.getpid(), start=started_at(os.getpid()))
    problem = unlock.describe(entry, held(), [mine])
    assert "still runs: let it finish" in problem.what
    assert problem.remedy == "when nothing of it runs any more: `invoke unlock r/a`"
    # a record that came here from the machine of the run
    elsewhere = process(-1, host="runner")
    theirs = replace(held(), who=f"{ME}@runner")
    assert unlock.process_of(theirs, [elsewhere]) == elsewhere
    assert "it was not started from here" in unlock.describe(entry, theirs, [elsewhere]).what


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
