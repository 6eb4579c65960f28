"""What every runbook is: whole commands, which the real AWS CLI understands, with nothing to fill in."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from modules.cutover_runbook import cutover_runbook
from modules.failover_runbook import failover_runbook
from modules.migration_runbook import runbook
from regions import cutover_runbook_page, failover_runbook_page, runbook_page
from tests.runbook_blocks import Block, blocks, commands_of
from tests.systems import cutover_worlds, failover_worlds, migration_worlds
from tests.systems.runbook import Guide
from tests.tools import understood


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """One of them, filled in with the documented example's names."""

    page: ModuleType
    write: Callable[[Any], str]
    guide: Guide
    blocks: int
    """Blocks that it has at least."""
    commands: int
    """AWS commands that it has at least."""

    @property
    def inputs(self) -> Any:
        return self.page.example()

    @property
    def text(self) -> str:
        return self.write(self.inputs)


RUNBOOKS = {
    "migration": Runbook(
        page=runbook_page, write=runbook, guide=migration_worlds.GUIDE, blocks=50, commands=100
    ),
    "failover": Runbook(
        page=failover_runbook_page,
        write=failover_runbook,
        guide=failover_worlds.GUIDE,
        blocks=50,
        commands=80,
    ),
    "cutover": Runbook(
        page=cutover_runbook_page,
        write=cutover_runbook,
        guide=cutover_worlds.GUIDE,
        blocks=30,
        commands=45,
    ),
}
BLOCKS = {name: blocks(one.text) for name, one in RUNBOOKS.items()}
EVERY = [
    pytest.param(block, id=f"{name}: {block.title}") for name, found in BLOCKS.items() for block in found
]


@pytest.fixture(params=RUNBOOKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_page_in_the_documents_is_up_to_date(name: str) -> None:
    page = RUNBOOKS[name].page
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), f"python -m {page.__name__}"


def test_the_page_is_written_where_the_documents_are(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = RUNBOOKS[name].page
    monkeypatch.setattr(page, "PAGE", tmp_path / "runbooks" / "page.md")
    page.main()
    assert (tmp_path / "runbooks" / "page.md").read_text(encoding="utf-8") == page.page()


def test_each_block_has_a_heading_of_its_own(name: str) -> None:
    titles = [block.title for block in BLOCKS[name]]
    assert len(set(titles)) == len(titles)
    assert all(titles)
    assert len(titles) > RUNBOOKS[name].blocks


@pytest.mark.parametrize("block", EVERY)
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


def test_every_aws_command_is_one_that_the_aws_cli_would_send(name: str) -> None:
    lines = [line for block in BLOCKS[name] for line in commands_of("aws", block)]
    written = sum(len(re.findall(r"(?:^|[\s(])aws [a-z]", block.commands)) for block in BLOCKS[name])
    assert len(lines) == written > RUNBOOKS[name].commands
    problems = zip(lines, understood(lines), strict=True)
    assert [(line, problem) for line, problem in problems if problem] == []


def test_every_aws_command_names_its_region(name: str) -> None:
    lines = [(block.place, line) for block in BLOCKS[name] for line in commands_of("aws", block)]
    assert [place for place, line in lines if "--region" not in line] == []


def test_every_invoke_command_says_which_deployment_it_is_for(name: str) -> None:
    options = RUNBOOKS[name].inputs.env_options
    lines = [line for block in BLOCKS[name] for line in commands_of("invoke", block)]
    assert lines
    assert [line for line in lines if options not in " ".join(line)] == []


def test_it_has_nothing_that_terraform_takes_for_its_own_language(name: str) -> None:
    assert "${" not in RUNBOOKS[name].text
    assert "%{" not in RUNBOOKS[name].text


def test_terraform_fills_ids_in_and_leaves_everything_else_as_it_is(name: str, tmp_path: Path) -> None:
    one = RUNBOOKS[name]
    reference = replace(one.inputs, hosted_zone_id="${local.zone}")
    document = {
        "locals": {"zone": one.inputs.hosted_zone_id},
        "output": {"runbook": {"value": one.write(reference)}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(document))
    for arguments in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        subprocess.run(["terraform", *arguments], cwd=tmp_path, capture_output=True, check=True)
    shown = subprocess.run(
        ["terraform", "output", "-raw", "runbook"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout == one.text


def test_it_is_known_of_every_block_when_it_can_be_run_and_what_it_prints(name: str) -> None:
    guide = RUNBOOKS[name].guide
    used = {block.title: guide.use(block) for block in BLOCKS[name]}
    assert set(guide.uses) <= set(used), "no longer in the runbook"
    assert [title for title, when in used.items() if not set(when.leaves) <= when.needs] == []
    assert {block.title for block in BLOCKS[name] if block.expect is None} == set(guide.shows)
