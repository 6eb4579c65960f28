from __future__ import annotations

import json

import pytest

from shared.clients import Clients
from shared.deploy.synthesis import synthesize
from shared.workspace import Workspace
from tests.commands.conftest import ENVIRONMENT
from tests.commands.invoked import invoke
from tests.commands.states import apply, lock


def test_synth_lists_the_stacks_with_what_each_reads(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("synth") == 0

    shown = capsys.readouterr().out
    assert "eu-west-1/database" in shown
    assert "Synthesized into cdktf.out/region-migration-abc123" in shown
    assert (workspace.root / "cdktf.out" / "region-migration-abc123" / "regionshift.json").exists()


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("command", ["synth", "graph"])
def test_the_stacks_are_also_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(command, "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert found["stages"] == ["source", "target", "global"]
    assert {"eu-west-1/foundation", "us-east-1/foundation"} <= set(found["waves"][0])


def test_the_drawing_is_written_where_it_is_wanted(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("graph") == 0
    assert invoke("graph", "--out", "drawn/stacks.svg") == 0

    assert "Drawn: drawn/stacks.svg" in capsys.readouterr().out
    drawn = (workspace.root / "drawn" / "stacks.svg").read_bytes()
    assert drawn.startswith(b"<svg")
    assert drawn == workspace.graph(ENVIRONMENT).read_bytes()


def test_a_stack_is_drawn_from_within(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("graph", "--resources", "global/domain") == 0

    drawn = workspace.graph(ENVIRONMENT, "global-domain-resources")
    assert f"Drawn: .regionshift/{drawn.name}" in capsys.readouterr().out
    assert "Resources of global/domain" in drawn.read_text(encoding="utf-8")
    assert "eu-west-1/database" not in drawn.read_text(encoding="utf-8")

    assert invoke("graph", "--resources", "all", "--out", "drawn/all.svg") == 0
    whole = (workspace.root / "drawn" / "all.svg").read_text(encoding="utf-8")
    assert f"Resources of {ENVIRONMENT}" in whole
    manifest = synthesize(ENVIRONMENT, None, workspace)
    assert all(f">{entry.address}<" in whole for entry in manifest.stacks)


@pytest.mark.usefixtures("workspace")
def test_the_resources_are_also_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("graph", "--resources", "global/traffic", "--json") == 0

    (found,) = json.loads(capsys.readouterr().out)
    assert found["stack"] == "global/traffic"
    records = [node for node in found["nodes"] if node["type"] == "aws_route53_record"]
    assert len(records) == 2
    assert all(node["refers_to"] for node in records)


@pytest.mark.usefixtures("workspace")
def test_a_stack_that_there_is_not_cannot_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke("graph", "--resources", "global/domian") == 2
    assert "global/domain" in capsys.readouterr().err


@pytest.mark.usefixtures("workspace", "aws")
@pytest.mark.parametrize("command", ["status", "outputs"])
def test_before_bootstrap_it_is_bootstrap_that_is_missing(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(command) == 2
    assert "invoke bootstrap" in capsys.readouterr().err


@pytest.mark.usefixtures("bootstrapped")
def test_before_a_rollout_everything_is_absent(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks = [entry.address for entry in synthesize(ENVIRONMENT, None, workspace).stacks]
    assert invoke("status", "--json") == 0
    assert {row["standing"] for row in json.loads(capsys.readouterr().out)} == {"absent"}

    assert invoke("outputs", "eu-west-1") == 0
    target = ", ".join(address for address in stacks if address.startswith("eu-west-1/"))
    assert target.startswith("eu-west-1/foundation, eu-west-1/routing")
    assert f"Nothing is applied of: {target}." in capsys.readouterr().out


def test_the_status_shows_what_stands_and_who_holds_a_lock(
    workspace: Workspace, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = synthesize(ENVIRONMENT, None, workspace)
    apply(manifest, bootstrapped, "eu-west-1/foundation")
    lock(manifest, bootstrapped, "eu-west-1/routing", who="ops@bastion")

    assert invoke("status") == 0

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert " applied " in lines["eu-west-1/foundation"]
    assert "locked by ops@bastion" in lines["eu-west-1/routing"]


def test_outputs_are_a_table_or_json_of_one_region_or_all(
    workspace: Workspace, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = synthesize(ENVIRONMENT, None, workspace)
    apply(manifest, bootstrapped, "eu-west-1/foundation", vpc_id="vpc-eu")
    apply(manifest, bootstrapped, "us-east-1/foundation", vpc_id="vpc-us")

    assert invoke("outputs", "eu-west-1") == 0
    shown = capsys.readouterr().out
    assert "vpc-eu" in shown
    assert "vpc-us" not in shown

    assert invoke("outputs", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["us-east-1/foundation"]["vpc_id"] == "vpc-us"


def test_the_flat_outputs_are_written_for_other_programs(
    workspace: Workspace, bootstrapped: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = synthesize(ENVIRONMENT, None, workspace)
    assert invoke("outputs", "--flat") == 2
    assert "vpc_id has no value: eu-west-1/foundation was not applied" in capsys.readouterr().err
    assert not workspace.flat_outputs.exists()

    for entry in manifest.stacks:
        apply(manifest, bootstrapped, entry.address)
    assert invoke("outputs", "--flat") == 0
    shown = capsys.readouterr()
    said = " outputs of eu-west-1 (and global) written to "
    assert (shown.out, shown.err.split(said)[1]) == ("", "cfn-outputs/flat-outputs.json\n")
    assert invoke("outputs", "eu-west-1", "--flat") == 0
    assert said in capsys.readouterr().err

    assert invoke("outputs", "--flat", "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(workspace.flat_outputs.read_text())


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("region", ["us-east-1", "global"])
def test_the_flat_outputs_are_the_target_regions_only(
    region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("outputs", region, "--flat") == 2
    said = capsys.readouterr().err
    assert f"the outputs of the target region, eu-west-1, and {region} is not it" in said
    assert f"`invoke outputs {region}` shows its outputs" in said


@pytest.mark.usefixtures("bootstrapped")
def test_what_is_piped_is_not_wrapped_whatever_the_terminal_was(
    workspace: Workspace,
    bootstrapped: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arn = f"arn:aws:kms:eu-west-1:123456789012:key/{'0' * 200}"
    apply(synthesize(ENVIRONMENT, None, workspace), bootstrapped, "eu-west-1/foundation", kms_key_arn=arn)
    monkeypatch.setenv("COLUMNS", "80")

    assert invoke("outputs", "eu-west-1") == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith(arn) for line in lines)
    # the other cells are not padded to the longest
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.usefixtures("workspace", "aws")
def test_the_wrong_account_is_told_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shared.commands.deployment.Clients", lambda _: Clients("999999999999"))

    assert invoke("status") == 2
    assert "account_id is 999999999999" in capsys.readouterr().err
