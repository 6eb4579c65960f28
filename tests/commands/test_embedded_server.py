from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import boto3
import pytest

from shared.deploy import plugins
from shared.rehearsal import embedded
from shared.rehearsal.environment import inside
from shared.workspace import Workspace
from tests.commands.invoked import invoke
from tests.workspaces import starting


@pytest.fixture
def none_running(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with starting(monkeypatch):
        yield workspace


def secrets(endpoint: str) -> list[str]:
    with inside(endpoint):
        found = boto3.client("secretsmanager", region_name="us-east-1").list_secrets()
    return [secret["Name"] for secret in found["SecretList"]]


def test_one_is_started_looked_at_emptied_and_stopped(
    none_running: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("embedded.start") == 0
    assert 'eval "$(invoke embedded.env)"' in capsys.readouterr().out
    running = embedded.status(none_running.working)
    assert running is not None

    assert invoke("embedded.status", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "running": True, "endpoint": running.endpoint, "pid": running.pid, "account": running.account_id,
    }  # fmt: skip
    assert invoke("embedded.status") == 0
    assert running.endpoint in capsys.readouterr().out

    before = secrets(running.endpoint)
    with inside(running.endpoint):
        boto3.client("secretsmanager", region_name="us-east-1").create_secret(Name="mine", SecretString="x")
    assert invoke("embedded.reset") == 0
    assert secrets(running.endpoint) == before != []
    capsys.readouterr()

    assert invoke("embedded.env") == 0
    script = capsys.readouterr().out + 'echo "$AWS_ENDPOINT_URL"'
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == running.endpoint

    assert invoke("embedded.stop") == 0
    assert f"Stopped (pid {running.pid})." in capsys.readouterr().out
    assert embedded.status(none_running.working) is None


@pytest.mark.usefixtures("none_running")
def test_without_one_each_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("embedded.status") == 1
    assert invoke("embedded.status", "--json") == 1
    assert invoke("embedded.stop") == 0
    assert capsys.readouterr().out.count("No embedded AWS is running.") == 2
    for command in ("reset", "env"):
        assert invoke(f"embedded.{command}") == 2
        assert "invoke embedded.start" in capsys.readouterr().err


@pytest.mark.usefixtures("none_running")
@pytest.mark.parametrize("port", ["http", "65536", "99999", "9" * 5000])
def test_what_is_no_port_number_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("embedded.start", "--port", port) == 2
    said = capsys.readouterr().err
    assert f"--port {port} is not a port number." in said
    assert "A number from 1 to 65535, or 0: a free one." in said


def test_terraform_by_hand_gets_the_plugin_from_where_the_runs_do(
    none_running: Workspace,
    server: embedded.EmbeddedAws,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mirror = plugins.PluginSource(kind="mirror", place="/opt/a mirror")
    monkeypatch.setattr(plugins, "find_source", lambda **_: mirror)
    monkeypatch.setattr(embedded, "status", lambda _: server)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)

    assert invoke("embedded.env") == 0

    script = capsys.readouterr().out + 'cat "$TF_CLI_CONFIG_FILE"'
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert '"/opt/a mirror"' in seen.stdout

    # a shell that has it already is not told again
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(none_running.working / "terraform.tfrc"))
    assert invoke("embedded.env") == 0
    assert "TF_CLI_CONFIG_FILE" not in capsys.readouterr().out


def test_without_a_mirror_nothing_is_said_of_it(
    none_running: Workspace,
    server: embedded.EmbeddedAws,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry = plugins.PluginSource(kind="registry", place="registry.terraform.io")
    monkeypatch.setattr(plugins, "find_source", lambda **_: registry)
    monkeypatch.setattr(embedded, "status", lambda _: server)
    assert none_running
    assert invoke("embedded.env") == 0
    assert "export TF_CLI_CONFIG_FILE" not in capsys.readouterr().out
