"""The runbook's text: complete, understood by the shell and the AWS CLI, up to date in the documents."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pytest

from modules.migration_runbook import RunbookInputs, RunbookSide, runbook
from regions import runbook_page
from tests.runbook_blocks import Block, blocks, commands_of, one
from tests.systems.runbook import BY_HAND, USES, World, use
from tests.tools import understood

INPUTS = runbook_page.example()
TEXT = runbook(INPUTS)
BLOCKS = blocks(TEXT)
INVOKE = ["start", "status", "approve", "abort", "rollback", "switchover", "finalize"]


def test_the_page_in_the_documents_is_up_to_date() -> None:
    assert runbook_page.PAGE.read_text(encoding="utf-8") == runbook_page.page(), (
        "python -m regions.runbook_page"
    )


def test_the_page_is_written_where_the_documents_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runbook_page, "PAGE", tmp_path / "runbooks" / "page.md")
    runbook_page.main()
    assert (tmp_path / "runbooks" / "page.md").read_text(encoding="utf-8") == runbook_page.page()


# What is in it ------------------------------------------------------------------------------------


def test_every_id_of_both_regions_is_in_it() -> None:
    texts = {f.name: getattr(INPUTS, f.name) for f in fields(RunbookInputs)}
    for side in (INPUTS.source, INPUTS.target):
        texts |= {f"{side.region}/{f.name}": getattr(side, f.name) for f in fields(RunbookSide)}
    missing = [name for name, value in texts.items() if isinstance(value, str) and value not in TEXT]
    assert missing == []


def test_the_commands_name_the_region_always_and_both_of_them() -> None:
    lines = [(block, line) for block in BLOCKS for line in commands_of("aws", block)]
    assert [block.place for block, line in lines if "--region" not in line] == []
    assert {line[line.index("--region") + 1] for _, line in lines} == {"us-east-1", "eu-west-1"}


@pytest.mark.parametrize("phases", [(25, 50, 75, 100), (10, 100)])
def test_every_phase_has_a_shift_of_both_records_at_once_and_a_way_back(phases: tuple[int, ...]) -> None:
    text = runbook(replace(INPUTS, phases=phases))
    assert [b.title for b in blocks(text) if b.title.startswith("Phase")] == [
        f"Phase {p}: shift" for p in phases
    ]
    for phase in phases:
        assert weights_in(one(text, f"Phase {phase}: shift")) == [100 - phase, phase]
        assert f'| traffic at {phase} % | stop and go back | go back | "Traffic back, by hand" |' in text
    assert weights_in(one(text, "Traffic back, by hand")) == [100, 0]
    started = json.loads(option(one(text, "Start, by the AWS CLI"), "--input"))
    assert started["phases"] == list(phases)


def option(block: Block, name: str) -> str:
    """The value of an option that one command of a block has."""
    (line,) = (line for line in commands_of("aws", block) if name in line)
    return line[line.index(name) + 1]


def weights_in(block: Block) -> list[int]:
    """The weights of the one change in a block: first the source's, then the target's."""
    changes = json.loads(option(block, "--change-batch"))["Changes"]
    records = [change["ResourceRecordSet"] for change in changes]
    assert [record["SetIdentifier"] for record in records] == [
        INPUTS.source.set_identifier,
        INPUTS.target.set_identifier,
    ]
    assert [record["AliasTarget"]["DNSName"] for record in records] == [
        INPUTS.source.alb_dns_name,
        INPUTS.target.alb_dns_name,
    ]
    return [record["Weight"] for record in records]


def test_every_operation_of_a_migration_is_in_it_by_invoke() -> None:
    lines = [line for block in BLOCKS for line in commands_of("invoke", block)]
    assert {line[0] for line in lines} == {"doctor", "plan", *(f"migrate.{name}" for name in INVOKE)}
    environment = INPUTS.env_options.split()
    assert all(line[1 : 1 + len(environment)] == environment for line in lines)


def test_the_writer_is_moved_from_the_region_that_it_leaves() -> None:
    for title, region, cluster in (
        ("Move the writer", "us-east-1", INPUTS.target.cluster_arn),
        ("Move the writer back", "eu-west-1", INPUTS.source.cluster_arn),
    ):
        (line,) = (c for c in commands_of("aws", one(TEXT, title)) if c[1] == "switchover-global-cluster")
        assert line[line.index("--region") + 1] == region
        assert line[line.index("--target-db-cluster-identifier") + 1] == cluster


def test_only_the_failover_accepts_a_loss_and_it_says_so_first() -> None:
    assert [block.title for block in BLOCKS if "--allow-data-loss" in block.commands] == [
        "Fail over, and lose what was not replicated"
    ]
    section = TEXT.split("## Failover")[1].split("## Finalize")[0]
    assert section.index("is lost") < section.index("--allow-data-loss")


def test_an_image_is_looked_for_by_its_tag_or_by_its_digest() -> None:
    digest = f"sha256:{'4b' * 32}"
    for image, wanted in (("1.0.0", "imageTag=1.0.0"), (digest, f"imageDigest={digest}")):
        block = one(runbook(replace(INPUTS, image=image)), "The image is in both registries")
        assert [c[c.index("--image-ids") + 1] for c in commands_of("aws", block)] == [wanted, wanted]


def test_each_block_has_a_heading_of_its_own() -> None:
    titles = [block.title for block in BLOCKS]
    assert len(set(titles)) == len(titles)
    assert all(titles)
    assert len(BLOCKS) > 50


# Whether it can be run ----------------------------------------------------------------------------


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.title)
def test_a_block_is_understood_by_the_shell_stops_at_an_error_and_has_nothing_to_fill_in(
    block: Block,
) -> None:
    checked = subprocess.run(
        ["bash", "-n"], input=block.commands, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert block.commands.startswith("(set -eu; ")
    assert block.commands.endswith("\n)\n")
    # a person's shell may take a comment for a command, and a name in angle brackets for a file
    assert not re.search(r"(^|\s)#", block.commands)
    assert not re.search(r"<\w+>", block.commands)
    used = set(re.findall(r"\$([a-z]+)", block.commands))
    assert used <= assigned(block)


def assigned(block: Block) -> set[str]:
    """The variables that a block sets."""
    return set(re.findall(r"(?:^|[\s;])([a-z]+)=", block.commands)) | set(
        re.findall(r"\bfor ([a-z]+) in", block.commands)
    )


def test_every_aws_command_is_one_that_the_aws_cli_would_send() -> None:
    lines = [line for block in BLOCKS for line in commands_of("aws", block)]
    written = sum(len(re.findall(r"(?:^|[\s(])aws [a-z]", block.commands)) for block in BLOCKS)
    assert len(lines) == written > 100
    problems = zip(lines, understood(lines), strict=True)
    assert [(line, problem) for line, problem in problems if problem] == []


def test_it_has_nothing_that_terraform_takes_for_its_own_language() -> None:
    assert "${" not in TEXT
    assert "%{" not in TEXT


def test_terraform_fills_ids_in_and_leaves_everything_else_as_it_is(tmp_path: Path) -> None:
    reference = replace(INPUTS, hosted_zone_id="${local.zone}")
    document = {
        "locals": {"zone": INPUTS.hosted_zone_id},
        "output": {"runbook": {"value": runbook(reference)}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(document))
    for arguments in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        subprocess.run(["terraform", *arguments], cwd=tmp_path, capture_output=True, check=True)
    shown = subprocess.run(
        ["terraform", "output", "-raw", "runbook"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout == TEXT


def test_it_is_known_of_every_block_when_it_can_be_run() -> None:
    used = {block.title: use(block) for block in BLOCKS}
    assert set(USES) <= set(used), "no longer in the runbook"
    assert [title for title, when in used.items() if not set(when.leaves) <= when.needs] == []


def test_by_hand_each_block_finds_the_world_that_the_one_before_it_left() -> None:
    world = World.DEPLOYED
    for title in BY_HAND:
        when = use(one(TEXT, title))
        assert world in when.needs, f"{title}: {world}"
        world = when.leaves.get(world, world)
    assert world == World.FINAL
    changing = {b.title for b in BLOCKS if use(b).leaves and "invoke" not in b.commands}
    # these are the machine's, which by hand is not used
    machine = {t for t in changing if t.endswith("by the AWS CLI") and not t.startswith("Finalize")}
    assert changing - machine == changing & set(BY_HAND)
