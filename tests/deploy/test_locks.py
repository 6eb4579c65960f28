from __future__ import annotations

import json
import os
import pwd
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shared.deploy import journal, locks, unlock
from tests.deploy.stacks import BUCKET, REGION, LocalClients, Stack, World, ends

A = "us-east-1/a"
STARTED = json.dumps({"type": "apply_start", "@message": "starts"})


def take(world: World, *, who: str) -> None:
    """Lock the stack's state as Terraform does."""
    facts = {"ID": "1-2", "Operation": "OperationTypeApply", "Who": who}
    facts["Created"] = datetime.now(UTC).isoformat()
    client = world.clients.client("s3", REGION)
    client.put_object(Bucket=BUCKET, Key=world.key(A) + ".tflock", Body=json.dumps(facts))


def me(host: str = "") -> str:
    return f"{pwd.getpwuid(os.getuid()).pw_name}@{host or socket.gethostname()}"


def noted(folder: Path) -> list[dict[str, Any]]:
    return [event for event in journal.read(folder) if event["event"] == "lock"]


def test_the_journal_knows_the_lock_of_a_process_that_changes_something(world: World) -> None:
    command = [{"local-exec": {"command": "sleep 1"}}]
    world.synthesize(Stack(A, resources={"main": {"input": "one", "provisioner": command}}))
    report = world.deploy()
    (event,) = noted(report.folder)
    process = [p for p in journal.history(world.root).get(world.key(A), []) if p.phase == "apply"]
    assert event["stack"] == A
    assert len(event["id"]) == 36
    # an apply that came to its end needs no proof any more
    assert not process


@pytest.mark.parametrize(
    ("who", "phase", "known"), [("mine", "apply", 1), ("x@y", "apply", 0), ("mine", "plan", 0)]
)
def test_only_our_own_lock_is_noted_and_only_once(world: World, who: str, phase: str, known: int) -> None:
    entry = world.synthesize(Stack(A)).stacks[0]
    take(world, who=me() if who == "mine" else who)
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    witness = locks.Witness(book.folder, entry, world.clients, book)
    witness.started(phase, 7)
    witness.receive("a plain line")
    witness.receive(STARTED)
    witness.receive(STARTED)
    book.close()
    assert [event["pid"] for event in noted(book.folder)] == [7] * known


class Silent(LocalClients):
    """Clients of an S3 that does not answer."""

    def client(self, service: str, region: str) -> Any:
        raise EndpointConnectionError(endpoint_url=f"https://{service}.{region}")


def test_a_lock_that_cannot_be_looked_at_is_no_reason_to_stop(world: World) -> None:
    entry = world.synthesize(Stack(A)).stacks[0]
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    witness = locks.Witness(book.folder, entry, Silent(), book)
    witness.started("apply", 7)
    witness.receive(STARTED)
    book.close()
    assert noted(book.folder) == []


def test_a_living_process_is_not_waited_for_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = world.synthesize(Stack(A)).stacks[0]
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    book.started(A, entry.state_key, "apply", os.getpid())
    book.close()
    take(world, who=me())
    monkeypatch.setattr(locks, "LONGEST_WAIT_SECONDS", 0.1)
    report = world.deploy(lock_timeout=1)
    assert ends(report) == {A: "refused"}
    assert "still runs: let it finish" in world.screen


def test_the_lock_of_a_colleague_on_a_host_of_the_same_name_is_left_alone(world: World) -> None:
    entry = world.synthesize(Stack(A)).stacks[0]
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    # a process of ours that nobody saw end, long gone and silent since its start
    book.started(A, entry.state_key, "init", 2**22 + 1)
    book.close()
    take(world, who=me())
    assert ends(world.deploy(lock_timeout=1)) == {A: "refused"}
    assert "it was not started from here" in world.screen


def test_a_plan_without_a_lock_goes_by_and_leaves_the_locks_of_others(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A))
    take(world, who="x@y")
    assert ends(world.plan(lock_timeout=1)) == {A: "refused"}
    saved = tmp_path / "plans"
    assert ends(world.plan(lock=False, out=saved)) == {A: "planned"}
    # who applies the set waits for the lock all the same
    report = world.make("deploy", lock_timeout=1).deploy_saved(saved)
    assert ends(report) == {A: "refused"}
    assert world.state(A) is None


def test_a_plan_without_a_lock_does_not_break_that_of_a_dead_process(world: World) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    entry = world.manifest.stack(A)  # type: ignore[union-attr]
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    book.started(A, entry.state_key, "apply", 2**22 + 1)
    book.write("lock", A, pid=2**22 + 1, id="1-2")
    book.close()
    take(world, who=me())
    assert ends(world.plan(lock=False)) == {A: "unchanged"}
    assert unlock.holder(entry, world.clients)
    assert ends(world.plan()) == {A: "unchanged"}
    assert unlock.holder(entry, world.clients) is None
