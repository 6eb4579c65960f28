from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shared.deploy import log, progress, report, review
from shared.deploy.manifest import StackEntry
from shared.deploy.plans import Change, PlanSummary
from shared.deploy.progress import Progress
from shared.deploy.work import Work
from shared.errors import Problem

CHANGES = (
    Change(address="aws_vpc.a", kind="create", type="aws_vpc"),
    Change(address="aws_lb.b", kind="update", type="aws_lb", attributes=("tags",)),
    Change(address="aws_lb.c", kind="replace", type="aws_lb", attributes=("name",), forcing=("name",)),
    Change(address="aws_lb.d", kind="delete", type="aws_lb"),
    Change(address="aws_lb.e", kind="import", type="aws_lb"),
    Change(address="aws_lb.f", kind="forget", type="aws_lb"),
)


def work(address: str = "eu-west-1/service", **facts: Any) -> Work:
    entry = StackEntry(
        address=address,
        app="target",
        stage=2,
        directory="d",
        region="eu-west-1",
        state_bucket="b",
        state_region="eu-west-1",
        state_key="k",
    )
    made = Work(entry=entry, stage=2, log=Path("run/logs/x.log"))
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def drawn(*things: Any) -> str:
    console = Console(file=io.StringIO(), width=140)
    for thing in things:
        console.print(thing)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_review_has_a_row_a_stack_and_the_details_below() -> None:
    planned = work(status="planned", summary=PlanSummary(changes=CHANGES, outputs={"id": "update"}))
    waiting = work("global/traffic", status="deferred", reasons=("waits for eu-west-1/service",))
    text = drawn(review.review([planned, waiting]))
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[1].split() == ["Stack", "Add", "Change", "Replace", "Destroy"]
    assert lines[2].split() == ["eu-west-1/service", "1", "1", "1", "1", "forgets", "1"]
    assert lines[3].split(maxsplit=5)[-1] == "deferred, waits for eu-west-1/service"
    assert lines[5:] == [
        "eu-west-1/service",
        "  ~ aws_lb.b  (tags)",
        "  ± aws_lb.c  (replaced because of name)",
        "  - aws_lb.d",
        "  ← aws_lb.e",
        "  ∅ aws_lb.f",
        "  + aws_vpc.a",
        "  ~ output id",
        "",
    ]
    assert "aws_vpc.a" not in drawn(review.review([planned], details=False))


def test_the_review_as_json_has_names_and_numbers_only() -> None:
    planned = work(status="planned", summary=PlanSummary(changes=CHANGES[1:2], outputs={"id": "update"}))
    assert review.as_json([planned, work()]) == [
        {
            "stack": "eu-west-1/service",
            "status": "planned",
            "reasons": [],
            "counts": {
                "add": 0,
                "change": 1,
                "replace": 0,
                "destroy": 0,
                "import": 0,
                "forget": 0,
                "outputs": 1,
            },
            "changes": [{"address": "aws_lb.b", "action": "update", "attributes": ["tags"]}],
            "outputs": {"id": "update"},
        },
        {
            "stack": "eu-west-1/service",
            "status": "pending",
            "reasons": [],
            "counts": {},
            "changes": [],
            "outputs": {},
        },
    ]


def test_the_next_command_is_the_last_thing_said(tmp_path: Path) -> None:
    failed = work(status="failed", error="Error: no such subnet [eu]")
    refused = work("global/traffic", status="refused", problems=(Problem(what="a lock", remedy="unlock it"),))
    ended = report.RunReport(
        command="rollout",
        environment="tests",
        suffix="abc123",
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
        exit_code=report.exit_code([failed, refused], interrupted=False),
        folder=tmp_path,
        stacks=(report.stack_report(failed, "target"),),
        next_command="invoke rollout",
    )
    console = Console(file=io.StringIO(), width=140)
    review.closing(console, ended, [failed, refused])
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "eu-west-1/service failed:\nError: no such subnet [eu]\nlog: run/logs/x.log" in text
    assert "refused: a lock\n    unlock it" in text
    assert text.rstrip().splitlines()[-4:] == [
        *(f"report: {tmp_path}/report.{kind}" for kind in ("html", "json", "xml")),
        "next: invoke rollout",
    ]
    assert ended.as_json()["totals"] == {"add": 0, "change": 0, "replace": 0, "destroy": 0}


def test_exit_codes_add_up() -> None:
    assert report.exit_code([], interrupted=False) == 0
    assert report.exit_code([work(status="unchanged"), work(status="deferred")], interrupted=False) == 0
    assert report.exit_code([work(status="refused")], interrupted=False) == 2
    assert report.exit_code([work(status="refused"), work(status="failed")], interrupted=False) == 1
    assert report.exit_code([work(status="failed")], interrupted=True) == 130


def test_numbers_in_words() -> None:
    assert report.numbers(work()) == ""
    assert (
        report.numbers(work(summary=PlanSummary(changes=CHANGES[:1], outputs={"a": "create"})))
        == "1 add, 1 output"
    )
    assert report.numbers(work(summary=PlanSummary(outputs={"a": "create", "b": "create"}))) == "2 outputs"


@pytest.fixture
def plain() -> tuple[Progress, io.StringIO]:
    file = io.StringIO()
    return Progress(Console(file=file, width=140), ["r/a"]), file


def test_without_a_terminal_each_event_is_a_line_with_its_stack(
    plain: tuple[Progress, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, file = plain
    with shown.live():
        shown.phase("r/a", "init")
        shown.phase("r/a", "plan", "again")
        shown.advance("r/a", 0, 4)
        monkeypatch.setattr(progress, "_SILENCE_SECONDS", -1.0)
        shown.advance("r/a", 1, 4)
        shown.end("r/a", "applied", "4 add")
    assert file.getvalue().splitlines() == [
        "r/a: init",
        "r/a: plan: again",
        "r/a: plan: 1 of 4 resources, 0:00",
        "r/a: applied: 4 add",
    ]


def test_on_a_terminal_a_table_shows_phase_resources_and_time() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    shown = Progress(console, ["r/a", "r/b"])
    with shown.live():
        shown.phase("r/a", "apply")
        shown.advance("r/a", 3, 7)
        text = drawn(shown._table())
    rows = [line.split() for line in text.splitlines()]
    assert rows[1:] == [["r/a", "apply", "3/7", "0:00"], ["r/b", "queued"]]


def test_a_log_has_what_the_engine_said_and_no_values(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    book = log.StackLog(tmp_path, "eu-west-1/database")
    book.raw("plan")
    book.receive('{"type": "outputs", "@message": "Outputs: 1", "outputs": {"id": {"value": "v-1"}}}')
    book.receive('{"type": "apply_start", "@message": "aws_vpc.a: Creating..."}')
    book.receive("{half a line")
    assert book.errors() == "{half a line"
    warning = {"severity": "warning", "summary": "Deprecated", "range": {"filename": "cdk.tf.json"}}
    error = {"severity": "error", "summary": "No subnet", "detail": "None was found.", "address": "aws_lb.a"}
    for diagnostic in (warning, error, {}):
        book.receive('{"type": "diagnostic", "diagnostic": %s}' % str(diagnostic).replace("'", '"'))  # noqa: UP031
    assert book.errors() == "Error: No subnet\n  at aws_lb.a\nNone was found."
    text = book.path.read_text()
    assert "aws_vpc.a: Creating..." in text
    assert "Warning: Deprecated\n  at cdk.tf.json" in text
    assert "v-1" not in text
    assert book.path.name == "eu-west-1_database.log"
    book.raw("init")
    book.receive("Initializing...")
    book.receive("Error: Failed to get existing workspaces")
    assert book.errors() == "Error: Failed to get existing workspaces"
