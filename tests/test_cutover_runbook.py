"""The cutover's runbook: complete, true to the steps, and careful with passwords and open databases."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields, replace

import pytest

from modules.cutover_runbook import CutoverRunbookInputs, cutover_runbook
from regions import cutover_runbook_page
from shared.operations.cutover import stages
from shared.operations.cutover.sequence import WAYS
from tests.runbook_blocks import blocks, commands_of, one
from tests.systems.cutover_worlds import FINISHED_BY_HAND, GUIDE, TAKEN_BACK, UNDONE, World

INPUTS = cutover_runbook_page.example()
TEXT = cutover_runbook(INPUTS)
BLOCKS = blocks(TEXT)
SECTIONS = (
    *("Roles and timing", "Before", "Load", "Cutover", "While it runs", "Rollback", "Without this program"),
    *("Afterwards", "The point of no return"),
)
PSQL = [block for block in BLOCKS if "psql" in block.commands]


def test_it_has_the_sections_in_their_order() -> None:
    assert tuple(re.findall(r"^## (.*)$", TEXT, re.MULTILINE)) == SECTIONS


def test_every_id_is_in_it() -> None:
    texts = {field.name: getattr(INPUTS, field.name) for field in fields(CutoverRunbookInputs)}
    missing = [name for name, value in texts.items() if isinstance(value, str) and value not in TEXT]
    assert missing == []


def test_numbers_come_from_the_settings() -> None:
    text = cutover_runbook(
        replace(
            INPUTS,
            ttl=17,
            drain_seconds=123,
            drained_minutes=29,
            lag_limit_seconds=7,
            lag_window_minutes=11,
            backup_retention_days=33,
        )
    )
    for words in (
        "| resolvers | 17 s",
        "After 123 s without",
        "counts for 29 minutes",
        "latency at most 7 s | DMS | 11 minutes",
        "start=$((end - 11 * 60))",
        "recovery of 33 days",
    ):
        assert words in text


def test_a_private_zone_is_delegated_by_nobody() -> None:
    private = cutover_runbook(replace(INPUTS, private_zone=True))
    assert {block.title for block in BLOCKS} - {block.title for block in blocks(private)} == {
        "The zone is delegated"
    }


def test_every_step_is_in_its_table_as_the_command_has_it() -> None:
    for way in WAYS:
        rows = [f"| `{s.name}` | `{s.stage}` | {s.does} | {s.undone_by} |" for s in way.steps]
        table = "\n".join(rows)
        assert f"{table}\n\nThen the state is `{way.ends}`." in TEXT, way.name


def test_it_says_of_every_stage_what_to_do_without_the_program() -> None:
    section = TEXT.split("## Without this program")[1].split("\n### ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| ")]
    said = {word for row in rows for word in re.findall(r"`([a-z-]+)`", row[1])}
    assert set(stages.ALL) - said == set()


@pytest.mark.parametrize("way", [TAKEN_BACK, UNDONE, FINISHED_BY_HAND])
def test_each_way_by_hand_leads_through_worlds_that_its_blocks_are_for(way: tuple[str, ...]) -> None:
    uses = [GUIDE.use(one(TEXT, title)) for title in way]
    (first,) = uses[0].needs
    world: World = first  # type: ignore[assignment]
    for title, use in zip(way, uses, strict=True):
        assert world in use.needs, title
        world = use.leaves.get(world, world)  # type: ignore[assignment]
    assert world is not first


def test_there_are_three_blocks_for_psql_as_it_says() -> None:
    assert len(PSQL) == 3
    assert "three of them `psql`, too" in TEXT.replace("\n", " ")


@pytest.mark.parametrize("block", PSQL, ids=lambda block: block.title)
def test_a_password_is_in_no_argument_and_its_file_goes(block) -> None:
    (arguments,) = commands_of("psql", replace(block, commands=_bare(block.commands)))
    assert not any("password" in word.lower() for word in arguments)
    assert "sslmode=require" in " ".join(arguments)
    assert "passwords=$(mktemp)\ntrap 'rm -f \"$passwords\"' EXIT\n" in block.commands


def _bare(commands: str) -> str:
    """Return the commands without the variables before psql, and without its script."""
    text = re.sub(r"<<'SQL'\n.*\nSQL\n", "\n", commands, flags=re.DOTALL)
    return re.sub(r'^PGPASSFILE="\$passwords" PGOPTIONS="[^"]*" ', "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("password", "line"),
    [
        ("plain", "*:*:*:*:plain"),
        ("with:colon and blank", "*:*:*:*:with\\:colon and blank"),
        # psql asks for it then
        ('a\\"quoted', ""),
        ("back\\\\slash", ""),
    ],
)
def test_the_file_has_the_password_as_libpq_reads_it(password: str, line: str) -> None:
    (found,) = {
        line for block in PSQL for line in block.commands.splitlines() if line.endswith('>"$passwords"')
    }
    script = found.removesuffix(' >"$passwords"')
    document = f'{{"host": "h", "port": 5432, "username": "dms", "password": "{password}"}}'
    done = subprocess.run(
        ["sh", "-c", f"secret=$1; {script}", "sh", document], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == line


def test_neither_database_is_opened_where_the_write_name_does_not_lead() -> None:
    opened = {block.title: block for block in PSQL if "ALTER DATABASE" in block.commands}
    assert len(opened) == 2
    for title, record in (
        ("Before the name was moved: open the data centre", INPUTS.on_premises_set_identifier),
        ("Before the name was moved back: open Aurora", INPUTS.aurora_set_identifier),
    ):
        commands = opened[title].commands
        guard = commands.index('if [ "$weight" != 100 ]; then')
        assert f"SetIdentifier=='{record}'" in commands[:guard]
        assert guard < commands.index("psql -X")


def test_a_note_keeps_what_was_noted_before() -> None:
    block = one(TEXT, "Before the name was moved back: record it")
    lines = [line for line in block.commands.splitlines() if "sed" in line]
    before = (
        '{"connect_on_premises":[["PUBLIC",false]],"attempt":"x","stage":"draining-back",'
        '"step":"stop-reverse","at":"a","by":"b"}'
    )
    script = f'at=now; state=$1; {lines[0]}\n printf "%s\\n" "$state"; {lines[1]}'
    done = subprocess.run(["sh", "-c", script, "sh", before], capture_output=True, text=True, check=True)
    document, stage = done.stdout.split("\n", 1)
    assert stage.strip() == "cut-over"
    assert document == (
        '{"connect_on_premises":[["PUBLIC",false]],"attempt":"x","stage": "cut-over","step": "",'
        '"at": "now","by": "by hand"}'
    )


def test_the_state_stays_encrypted_with_the_systems_key() -> None:
    lines = [line for block in BLOCKS for line in commands_of("aws", block) if "put-parameter" in line]
    assert len(lines) == 3
    for line in lines:
        assert line[line.index("--key-id") + 1] == INPUTS.kms_key_arn
        assert line[line.index("--type") + 1] == "SecureString"
