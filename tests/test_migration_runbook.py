"""The runbook's text: complete, understood by the shell and the AWS CLI, up to date in the documents."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from modules.migration_runbook import RunbookInputs, RunbookSide, runbook
from regions import runbook_page
from tests.runbook_blocks import Block, blocks, commands_of, one
from tests.systems.migration_worlds import BY_HAND, GUIDE, World

INPUTS = runbook_page.example()
TEXT = runbook(INPUTS)
BLOCKS = blocks(TEXT)
INVOKE = ["start", "status", "approve", "abort", "rollback", "switchover", "finalize"]


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


def test_by_hand_each_block_finds_the_world_that_the_one_before_it_left() -> None:
    world = World.DEPLOYED
    for title in BY_HAND:
        when = GUIDE.use(one(TEXT, title))
        assert world in when.needs, f"{title}: {world}"
        world = when.leaves.get(world, world)
    assert world == World.FINAL
    changing = {b.title for b in BLOCKS if GUIDE.use(b).leaves and "invoke" not in b.commands}
    # these are the machine's, which by hand is not used
    machine = {t for t in changing if t.endswith("by the AWS CLI") and not t.startswith("Finalize")}
    assert changing - machine == changing & set(BY_HAND)
