"""Whole runs with the real Terraform."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shared.deploy import journal, states
from shared.errors import Refused, UserError
from tests.deploy.stacks import REGION, Stack, World, chain, ends, upstream

A, B, C, D = "us-east-1/a", "us-east-1/b", "us-east-1/c", "us-east-1/d"


def test_a_chain_is_applied_in_order_and_a_second_run_does_nothing(world: World) -> None:
    world.synthesize(*chain(A, B, C))
    first = world.deploy()
    assert first.exit_code == 0
    assert ends(first) == {A: "applied", B: "applied", C: "applied"}
    assert first.totals == {"add": 3, "change": 0, "replace": 0, "destroy": 0}
    assert first.next_command is None
    assert (
        world.state(C)["resources"][-1]["instances"][0]["attributes"]["input"]["value"]
        == world.outputs(B)["id"]
    )  # type: ignore[index]

    second = world.deploy()
    assert ends(second) == {A: "unchanged", B: "unchanged", C: "unchanged"}
    assert second.totals == {"add": 0, "change": 0, "replace": 0, "destroy": 0}
    # nothing but one plan a stack: no init, no show, no apply
    assert [set(stack.seconds) for stack in second.stacks] == [{"queued", "plan"}] * 3
    assert world.clients.checked == [REGION, REGION]


def test_a_plan_changes_nothing_and_says_what_is_deferred_and_why(world: World) -> None:
    world.synthesize(*chain(A, B))
    report = world.plan(command="plan-region us-east-1")
    assert report.exit_code == 0
    assert ends(report) == {A: "planned", B: "deferred"}
    assert report.stacks[1].reasons == (f"waits for {A} (not applied yet)",)
    assert f"deferred, waits for {A}" in world.screen
    assert world.state(A) is None
    assert report.next_command == "invoke deploy-region us-east-1"
    # a saved plan may hold secrets: none is left behind
    assert not list((report.folder / "plans").iterdir())


def test_a_consumer_is_deferred_while_a_value_that_it_reads_will_change(world: World) -> None:
    def stacks(version: str) -> list[Stack]:
        return [
            Stack(
                A,
                resources={"main": {"input": version}},
                outputs={"id": "${terraform_data.main.id}", "v": version},
            ),
            Stack(B, reads={A: ["v"]}, resources={"main": {"input": upstream(A, "v")}}),
            Stack(C, reads={A: ["id"]}, resources={"main": {"input": upstream(A, "id")}}),
            Stack(D, reads={B: ["id"]}, resources={"main": {"input": upstream(B, "id")}}),
        ]

    world.synthesize(*stacks("one"))
    world.deploy()
    world.synthesize(*stacks("two"))
    planned = world.plan()
    # D stands behind a deferred stack; C reads nothing that changes
    assert ends(planned) == {A: "planned", B: "deferred", C: "unchanged", D: "deferred"}
    assert planned.stacks[1].reasons == (f"waits for {A}: v will change",)
    deployed = world.deploy()
    assert ends(deployed) == {A: "applied", B: "applied", C: "unchanged", D: "unchanged"}
    assert ends(world.deploy()) == {A: "unchanged", B: "unchanged", C: "unchanged", D: "unchanged"}


def test_upstreams_that_were_never_applied_join_and_applied_ones_are_left_alone(world: World) -> None:
    world.synthesize(*chain(A, B, "eu-west-1/c"))
    with pytest.raises(Refused, match="is not applied in full") as refused:
        world.deploy("eu-west-1/c", upstream=False)
    assert [problem.where for problem in refused.value.problems] == [A, B]
    report = world.deploy("eu-west-1/c")
    assert ends(report) == {A: "applied", B: "applied", "eu-west-1/c": "applied"}
    assert "upstream, never applied" in world.screen
    assert ends(world.deploy("eu-west-1/c")) == {"eu-west-1/c": "unchanged"}


def failing(address: str, message: str = "the disk is full") -> Stack:
    """A stack whose apply fails after its first resource was made."""
    return Stack(
        address,
        reads={A: ["id"]},
        resources={
            "main": {"input": upstream(A, "id")},
            "bad": {
                "input": "${terraform_data.main.id}",
                "lifecycle": {
                    "postcondition": {"condition": '${self.output == "never"}', "error_message": message}
                },
            },
        },
    )


def test_a_failure_stops_what_depends_on_it_and_a_rerun_does_only_what_remains(world: World) -> None:
    a, _, c = chain(A, B, C)
    other = Stack(D, reads={A: ["id"]})
    world.synthesize(a, failing(B), c, other)
    report = world.deploy()
    assert report.exit_code == 1
    assert ends(report) == {A: "applied", B: "failed", C: "blocked", D: "applied"}
    failed = report.stacks[1]
    assert "the disk is full" in (failed.error or "")
    assert report.stacks[2].reasons == (f"{B} failed",)
    said = world.screen.rstrip().splitlines()
    assert said[-1] == "next: invoke deploy"
    assert any(line == f"log: {failed.log}" for line in said)
    assert "the disk is full" in Path(failed.log).read_text()

    world.synthesize(a, *chain(A, B, C)[1:], other)
    again = world.deploy()
    assert ends(again) == {A: "unchanged", B: "applied", C: "applied", D: "unchanged"}


def test_a_failure_of_a_stage_stops_the_later_stages(world: World) -> None:
    world.synthesize(Stack(A), failing(B), Stack("eu-west-1/x", stage=2))
    report = world.deploy()
    assert ends(report) == {A: "applied", B: "failed", "eu-west-1/x": "blocked"}
    assert report.stacks[2].reasons == (f"an earlier stage did not come to its end: {B}",)
    side_by_side = world.deploy(region_concurrency="parallel")
    assert ends(side_by_side) == {A: "unchanged", B: "failed", "eu-west-1/x": "applied"}


def test_a_plan_that_fails_blocks_its_consumers(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    broken, b = chain(A, B)
    broken.resources = {"main": {"input": "${nothing.at.all}"}}
    world.synthesize(broken, b)
    for parallelism in (2, 1):
        report = world.deploy(parallelism=parallelism)
        assert report.exit_code == 1
        assert ends(report) == {A: "failed", B: "blocked"}
    assert "Reference to undeclared resource" in (report.stacks[0].error or "")


def test_stages_run_one_after_the_other_and_what_an_earlier_one_needs_is_pulled_forward(world: World) -> None:
    world.synthesize(
        Stack("us-east-1/foundation"),
        Stack("eu-west-1/foundation", stage=2),
        Stack("eu-west-1/routing", stage=2, reads={"us-east-1/routing": ["id"]}),
        Stack("us-east-1/routing", reads={"us-east-1/foundation": ["id"], "eu-west-1/foundation": ["id"]}),
        Stack("global/traffic", stage=3),
    )
    report = world.deploy()
    assert {s.address: s.stage for s in report.stacks} == {
        "us-east-1/foundation": "source",
        "eu-west-1/foundation": "source",
        "us-east-1/routing": "source",
        "eu-west-1/routing": "target",
        "global/traffic": "global",
    }
    assert "pulled forward, needed by us-east-1/routing" in world.screen
    applied = [
        e["stack"] for e in journal.read(report.folder) if e["event"] == "process" and e["phase"] == "apply"
    ]
    assert applied[-2:] == ["eu-west-1/routing", "global/traffic"]
    assert report.stacks[2].waited_for in {"us-east-1/foundation", "eu-west-1/foundation"}


def test_a_rollout_can_end_with_a_stage(world: World) -> None:
    world.synthesize(Stack(A), Stack("eu-west-1/x", stage=2), Stack("global/y", stage=3))
    assert set(ends(world.deploy(to_stage="target"))) == {A, "eu-west-1/x"}
    with pytest.raises(UserError, match="source, target, global"):
        world.deploy(to_stage="europe")


def test_the_review_is_confirmed_stage_by_stage(world: World) -> None:
    world.synthesize(*chain(A, B), Stack("eu-west-1/x", stage=2))
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "y"

    report = world.deploy(ask=ask)
    assert report.exit_code == 0
    # B could only be planned after A was applied, so it is shown and confirmed by itself
    assert asked == [
        f"Apply {A}, exactly as shown, in stage source? \\[y/N] ",
        f"Apply {B}, exactly as shown, in stage source? \\[y/N] ",
        "Apply eu-west-1/x, exactly as shown, in stage target? \\[y/N] ",
    ]


def test_what_is_not_confirmed_is_not_applied(world: World) -> None:
    world.synthesize(*chain(A, B), Stack("eu-west-1/x", stage=2))
    report = world.deploy(ask=lambda _question: "n")
    assert report.exit_code == 2
    assert ends(report) == {A: "declined", B: "deferred", "eu-west-1/x": "blocked"}
    assert world.state(A) is None


def test_a_question_without_an_answer_is_a_no(world: World) -> None:
    def ask(_question: str) -> str:
        raise EOFError

    world.synthesize(Stack(A))
    assert ends(world.deploy(ask=ask)) == {A: "declined"}


def test_ctrl_c_at_the_question_ends_the_run(world: World) -> None:
    def ask(_question: str) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
        return "y"

    world.synthesize(Stack(A))
    report = world.deploy(ask=ask)
    assert report.exit_code == 130
    assert ends(report) == {A: "interrupted"}


def test_nobody_to_ask_is_said_before_anything_is_looked_at(world: World) -> None:
    world.synthesize(Stack(A))
    for options in ({}, {"region_concurrency": "parallel"}):
        engine = world.make(yes=False, **options)
        with pytest.raises(UserError, match="--yes"):
            engine.deploy([A])
    assert world.clients.checked == []


def test_a_missing_output_of_an_upstream_stops_before_planning(world: World) -> None:
    a, b = (
        Stack(A, outputs={"id": "x", "zone": ""}),
        Stack("eu-west-1/b", reads={A: ["id", "vpc_id", "zone"]}),
    )
    a.publishes = {"id": "string", "zone": "string"}
    world.synthesize(a)
    world.deploy()
    world.synthesize(a, b)
    report = world.deploy("eu-west-1/b")
    assert report.exit_code == 2
    assert ends(report) == {"eu-west-1/b": "refused"}
    place = f"state s3://tfstate-tests/{world.key(A)}"
    assert f"reads output 'vpc_id' of {A}, which is missing ({place})" in world.screen
    assert f"reads output 'zone' of {A}, which is empty ({place})" in world.screen
    assert "run `invoke deploy-region us-east-1`" in world.screen


def test_an_output_that_the_upstream_is_about_to_publish_is_waited_for(world: World) -> None:
    world.synthesize(Stack(A), Stack(B))
    world.deploy()
    both = {"id": "${terraform_data.main.id}", "more": "two"}
    world.synthesize(
        Stack(A, outputs=both, publishes={"id": "string", "more": "string"}),
        Stack(B, reads={A: ["more"]}, resources={"main": {"input": upstream(A, "more")}}),
    )
    report = world.deploy()
    assert ends(report) == {A: "applied", B: "applied"}


def test_dropping_an_output_that_others_read_fails_the_producer(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    _, b = chain(A, B)
    world.synthesize(Stack(A, outputs={"other": "x"}, publishes={}), b)
    report = world.deploy(A)
    assert report.exit_code == 2
    assert f"this plan removes output 'id', which {B} still reads" in world.screen
    assert "id" in world.outputs(A)


def test_a_refusal_before_anything_changed_stops_everything(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    _, b = chain(A, B)
    world.synthesize(Stack(A, outputs={"other": "x"}, publishes={}), b, Stack(C))
    report = world.deploy()
    assert ends(report) == {A: "refused", B: "blocked", C: "blocked"}
    assert world.state(C) is None
    # the same command would be refused again: the refusal says what to do
    assert report.next_command is None
    assert "next:" not in world.screen


def test_destroy_goes_backwards_and_leaves_no_state(world: World) -> None:
    world.synthesize(*chain(A, B, C), Stack("eu-west-1/x", stage=2))
    world.deploy()
    report = world.destroy()
    assert report.exit_code == 0
    assert set(ends(report).values()) == {"destroyed"}
    assert report.totals["destroy"] == 4
    order = [
        e["stack"] for e in journal.read(report.folder) if e["event"] == "process" and e["phase"] == "destroy"
    ]
    assert order == ["eu-west-1/x", C, B, A]
    assert [world.state(address) for address in world.addresses()] == [None] * 4
    again = world.destroy()
    assert again.exit_code == 0
    assert set(ends(again).values()) == {"absent"}


def test_destroy_asks_for_the_suffix(world: World) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    assert ends(world.destroy(ask=lambda _question: "yes")) == {A: "declined"}
    assert ends(world.destroy(ask=lambda _question: world.suffix)) == {A: "destroyed"}


def test_destroy_is_refused_while_a_stack_outside_still_stands_on_it(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    with pytest.raises(Refused, match=f"{A}: is still used by {B}"):
        world.destroy(A)
    assert ends(world.destroy(B)) == {B: "destroyed"}
    assert ends(world.destroy(A)) == {A: "destroyed"}


def test_a_destruction_that_fails_leaves_what_it_stands_on(world: World) -> None:
    a, b = chain(A, B)
    b.resources = {
        "main": {
            "input": upstream(A, "id"),
            "provisioner": [{"local-exec": {"when": "destroy", "command": "exit 3"}}],
        }
    }
    world.synthesize(a, b)
    world.deploy()
    report = world.destroy()
    assert ends(report) == {B: "failed", A: "blocked"}
    assert report.stacks[1].reasons == (f"{B} still stands",)
    b.resources = {"main": {"input": upstream(A, "id")}}
    world.synthesize(a, b)
    assert ends(world.destroy()) == {B: "destroyed", A: "destroyed"}


def test_an_upstream_that_turns_out_otherwise_makes_its_consumers_plans_void(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    a, b = chain(A, B)
    a.resources = {**a.resources, "more": {"input": "x"}}
    b.resources = {**b.resources, "more": {"input": "x"}}
    world.synthesize(a, b)
    # as when a provider computes another value than the one that it planned
    look = states.read
    monkeypatch.setattr(
        states, "read", lambda entry, clients: replace(look(entry, clients), outputs={"id": "another"})
    )
    report = world.deploy()
    assert ends(report) == {A: "applied", B: "applied"}
    assert f"{B}: deferred: an upstream changed what this stack reads: planned again" in world.screen
    plans = [e for e in journal.read(report.folder) if e["event"] == "process" and e["phase"] == "plan"]
    assert [e["stack"] for e in plans].count(B) == 2


def test_production_needs_leave_to_destroy_what_holds_data_only(world: World) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    assert ends(world.destroy(protection="production")) == {A: "destroyed"}


def test_no_more_stacks_run_at_once_than_asked_for(world: World) -> None:
    slow = {"main": {"input": "x", "provisioner": [{"local-exec": {"command": "sleep 0.4"}}]}}
    world.synthesize(*(Stack(f"us-east-1/s{number}", resources=slow) for number in range(4)))
    report = world.deploy(parallelism=2)
    running = most = 0
    for event in journal.read(report.folder):
        running += {"process": 1, "ended": -1}.get(event["event"], 0)
        most = max(most, running)
    assert most == 2
    report_json = json.loads((report.folder / "report.json").read_text())
    assert report_json["stacks"][3]["seconds"]["queued"] > 0
    assert report_json["totals"]["add"] == 4


def test_a_live_table_is_shown_on_a_terminal(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy(terminal=True)
    assert "Elapsed" in world.screen
    assert f"{A}: plan" not in world.screen
