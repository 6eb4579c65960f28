from __future__ import annotations

import json
import os
import pwd
import socket
from collections.abc import Iterator

import pytest

from shared.clients import Clients
from shared.deploy.journal import Journal, new_folder
from shared.deploy.manifest import Manifest
from shared.deploy.synthesis import synthesize
from shared.workspace import Workspace
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke
from tests.commands.states import lock

STACK = "eu-west-1/foundation"


@pytest.fixture
def manifest(workspace: Workspace) -> Manifest:
    return synthesize(ENVIRONMENT, None, workspace)


@pytest.fixture
def journal(workspace: Workspace) -> Iterator[Journal]:
    journal = Journal(new_folder(workspace.root, "rollout"))
    yield journal
    journal.close()
    (journal.folder / "journal.jsonl").unlink()


def locked(manifest: Manifest, clients: Clients) -> bool:
    entry = manifest.stack(STACK)
    found = clients.client("s3", entry.state_region).list_objects_v2(Bucket=entry.state_bucket)
    return f"{entry.state_key}.tflock" in [item["Key"] for item in found.get("Contents", ())]


@pytest.mark.usefixtures("aws")
def test_bootstrap_says_what_it_did_and_does_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("bootstrap") == 0
    shown = capsys.readouterr().out
    assert "done " in shown
    assert "The state bucket payments-terraform-state-abc123 in eu-west-1 is as it has to be.\n" in shown

    assert invoke("bootstrap") == 0
    assert "is as it has to be, as it was before.\n" in capsys.readouterr().out


@pytest.mark.usefixtures("aws")
def test_bootstrap_is_also_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("bootstrap", "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["bucket"], found["region"]) == ("payments-terraform-state-abc123", "eu-west-1")
    assert found["done"]


@pytest.mark.usefixtures("aws")
def test_the_doctor_finds_an_empty_account_not_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("doctor") == 1
    shown = capsys.readouterr().out
    assert "fail" in shown
    assert "invoke bootstrap" in shown

    assert invoke("doctor", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] is False
    assert {"name", "verdict", "seen", "remedy"} == set(found["checks"][0])


def test_a_stack_that_is_not_locked_needs_no_unlocking(
    manifest: Manifest, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not locked(manifest, bootstrapped)
    assert invoke("unlock", STACK) == 0
    assert f"{STACK} is not locked." in capsys.readouterr().out


@pytest.mark.usefixtures("bootstrapped", "workspace")
def test_an_unknown_stack_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("unlock", "eu-west-1/foundatoin") == 2
    assert "Did you mean eu-west-1/foundation?" in capsys.readouterr().err

    assert invoke("unlock") == 2
    assert "The stacks: us-east-1/foundation" in capsys.readouterr().err


def test_a_foreign_lock_is_shown_and_broken_when_it_is_confirmed(
    manifest: Manifest, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    lock(manifest, bootstrapped, STACK, who="ops@bastion")

    assert invoke("unlock", STACK, "--yes") == 0

    shown = capsys.readouterr().out
    assert "locked by ops@bastion" in shown
    assert "not started from here" in shown
    assert not locked(manifest, bootstrapped)


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("y", 1), ("", 1)])
def test_a_lock_is_broken_on_the_whole_word_only(
    manifest: Manifest, bootstrapped: Clients, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    lock(manifest, bootstrapped, STACK, who="ops@bastion")
    monkeypatch.setattr("builtins.input", lambda: answer)

    assert invoke("unlock", STACK) == code
    assert locked(manifest, bootstrapped) == bool(code)


def test_nobody_who_could_answer_means_no(
    manifest: Manifest,
    bootstrapped: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def nobody() -> str:
        raise EOFError

    lock(manifest, bootstrapped, STACK, who="ops@bastion")
    monkeypatch.setattr("builtins.input", nobody)

    assert invoke("unlock", STACK) == 1
    assert "--yes confirms" in capsys.readouterr().out
    assert locked(manifest, bootstrapped)


def test_the_lock_of_a_process_that_runs_here_is_never_broken(
    manifest: Manifest, bootstrapped: Clients, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = manifest.stack(STACK)
    journal.started(STACK, entry.state_key, "apply", os.getpid())
    user = pwd.getpwuid(os.getuid()).pw_name
    lock(manifest, bootstrapped, STACK, who=f"{user}@{socket.gethostname()}")

    assert invoke("unlock", STACK, "--yes") == 2
    assert "still runs: let it finish" in capsys.readouterr().err
    assert locked(manifest, bootstrapped)
