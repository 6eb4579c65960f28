"""Starting, finding, emptying and stopping the embedded AWS."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import UserError
from shared.rehearsal import embedded
from tests.rehearsal.conftest import ACCOUNT, Aws


@pytest.fixture
def running(tmp_path: Path) -> Iterator[embedded.EmbeddedAws]:
    server = embedded.start(account_id=ACCOUNT, keep_log_in=tmp_path)
    yield server
    server.stop()


def test_a_server_is_found_again_emptied_and_stopped_by_another_command(
    running: embedded.EmbeddedAws, tmp_path: Path
) -> None:
    found = embedded.status(tmp_path)
    assert found == running
    aws = Aws(running)
    aws.client("sqs").create_queue(QueueName="q")
    embedded.reset(tmp_path)
    assert "QueueUrls" not in aws.client("sqs").list_queues()
    with pytest.raises(UserError, match=rf"running already at {running.endpoint} .pid {running.pid}"):
        embedded.start(account_id=ACCOUNT, keep_log_in=tmp_path)
    embedded.stop(tmp_path)
    assert embedded.status(tmp_path) is None
    assert not running.answers()
    with pytest.raises(UserError, match="no embedded AWS runs from"):
        embedded.stop(tmp_path)


def test_a_persons_server_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shared.rehearsal import embedded; "
        f"embedded.start(account_id='{ACCOUNT}', keep_log_in=Path(sys.argv[1]), outlive=True)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    found = embedded.status(tmp_path)
    assert found is not None
    embedded.stop(tmp_path)
    assert not found.answers()


def test_a_server_that_does_not_end_by_itself_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded.start(account_id=ACCOUNT, keep_log_in=tmp_path, outlive=True)
    monkeypatch.setattr(embedded, "_STOP_SECONDS", 0.1)
    os.kill(server.pid, signal.SIGSTOP)
    server.stop()
    assert server.process is not None
    assert server.process.returncode == -signal.SIGKILL


def test_a_server_of_another_command_that_does_not_end_is_said(
    running: embedded.EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_STOP_SECONDS", 0.1)
    monkeypatch.setattr(embedded.os, "kill", lambda _pid, _signal: None)
    with pytest.raises(UserError, match=rf"pid {running.pid}\) does not end") as error:
        embedded.stop(tmp_path)
    assert f"kill -9 {running.pid}" in str(error.value)


def test_a_port_that_is_taken_is_named_with_its_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UserError, match=rf"port {port} on 127.0.0.1 .* held by pid {os.getpid()} \("):
            embedded.start(port, account_id=ACCOUNT, keep_log_in=tmp_path)
    assert embedded.status(tmp_path) is None


def test_a_holder_that_cannot_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "holder", lambda _port: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UserError, match=rf"port {port} on 127.0.0.1 cannot be had \("):
            embedded.start(port, account_id=ACCOUNT, keep_log_in=tmp_path)


def test_a_server_that_dies_at_the_start_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"did not start: .*no such extension: nothing") as error:
        embedded.start(account_id=ACCOUNT, keep_log_in=tmp_path, options=("--without", "nothing"))
    assert str(tmp_path / embedded.LOG_FILE) in str(error.value)


def test_a_state_file_of_a_killed_process_is_cleared_away(
    running: embedded.EmbeddedAws, tmp_path: Path
) -> None:
    os.kill(running.pid, signal.SIGKILL)
    assert running.process is not None
    running.process.wait()
    assert embedded.status(tmp_path) is None
    assert not running.state_file.exists()


def test_a_state_file_that_cannot_be_read_is_cleared_away(tmp_path: Path) -> None:
    for broken in ("{", '{"endpoint": "http://127.0.0.1:1"}'):
        (tmp_path / embedded.STATE_FILE).write_text(broken)
        assert embedded.status(tmp_path) is None
        assert not (tmp_path / embedded.STATE_FILE).exists()


def test_another_server_on_the_same_port_is_not_taken_for_ours_and_not_stopped(
    running: embedded.EmbeddedAws, tmp_path: Path
) -> None:
    document = json.loads(running.state_file.read_text())
    other = tmp_path / "other"
    other.mkdir()
    stale = embedded.EmbeddedAws(**{**document, "identity": "another", "log": other / embedded.LOG_FILE})
    stale.stop()
    assert running.answers()


def test_a_port_that_speaks_no_http_is_not_taken_for_ours(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        deaf = embedded.EmbeddedAws(
            endpoint=f"http://127.0.0.1:{port}",
            port=port,
            pid=1,
            account_id=ACCOUNT,
            log=tmp_path / embedded.LOG_FILE,
            identity="x",
        )
        listener.close()
        assert not deaf.answers()
