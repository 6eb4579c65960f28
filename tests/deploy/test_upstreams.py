from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.deploy import upstreams
from shared.deploy.plans import PlanSummary
from shared.deploy.states import StateSummary
from tests.deploy.stacks import Stack, World

A, B = "us-east-1/a", "eu-west-1/b"


@pytest.mark.parametrize(
    ("value", "type_", "fits"),
    [
        ("x", "string", True),
        (1, "string", False),
        (1, "number", True),
        (1.5, "number", True),
        (True, "number", False),
        (True, "bool", True),
        ("true", "bool", False),
        (["a", "b"], "list(string)", True),
        (["a", 1], "list(string)", False),
        ("a", "list(string)", False),
        (["a"], "set(string)", True),
        ({"k": "v"}, "map(string)", True),
        ({"k": ["v"]}, "map(list(string))", True),
        ({"k": 1}, "map(string)", False),
        (["v"], "map(string)", False),
        ({"anything": 1}, "object({})", True),
        ("x", "any", True),
    ],
)
def test_a_value_is_of_the_published_type(value: Any, type_: str, fits: bool) -> None:
    assert upstreams.conforms(value, type_) is fits


def state(**outputs: Any) -> StateSummary:
    return StateSummary(serial=1, lineage="l", resources=1, outputs=outputs)


@pytest.mark.parametrize(
    ("states", "fault"),
    [
        (
            {},
            "was never applied (state s3://tfstate-tests/tests/abc/us-east-1/a.tfstate is missing or empty)",
        ),
        ({A: state()}, "reads output 'ids' of us-east-1/a, which is missing"),
        ({A: state(ids=None)}, "which is empty"),
        ({A: state(ids=[])}, "which is empty"),
        ({A: state(ids="x")}, "which is not of type list(string)"),
        (
            {A: replace(state(ids=["x"]), tainted=("aws_lb.a", "aws_lb.b[0]"))},
            "reads us-east-1/a, which was applied in part only: aws_lb.a, aws_lb.b[0] is tainted (state s3:",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_the_command_that_mends_it(
    world: World, states: dict[str, StateSummary], fault: str
) -> None:
    world.suffix = "abc"
    manifest = world.synthesize(Stack(A, publishes={"ids": "list(string)"}), Stack(B, reads={A: ["ids"]}))
    problem, *others = upstreams.check(manifest, manifest.stack(B), states)
    assert not others
    assert problem.where == B
    assert fault in problem.what
    assert problem.remedy == "run `invoke deploy-region us-east-1`"
    assert not upstreams.check(manifest, manifest.stack(B), {A: state(ids=["x"])})


def test_a_stack_is_finished_with_all_its_outputs_nothing_tainted_and_its_last_run_seen_to_end(
    world: World,
) -> None:
    manifest = world.synthesize(Stack(A, publishes={"x": "string", "y": "string"}))
    whole = state(x=1, y=2)
    tainted = replace(whole, tainted=("aws_lb.a",))
    assert upstreams.finished(manifest, {A: whole}) == {A}
    assert upstreams.finished(manifest, {A: whole}, {A}) == set()
    assert upstreams.finished(manifest, {A: tainted}) == set()
    assert upstreams.finished(manifest, {A: state(x=1)}) == set()
    assert upstreams.lacks(manifest.stack(A), replace(tainted, outputs={})) == (
        "aws_lb.a is tainted",
        "output 'x' is missing",
        "output 'y' is missing",
    )


def test_only_an_output_that_a_standing_stack_reads_must_not_go(world: World) -> None:
    manifest = world.synthesize(
        Stack(A), Stack(B, reads={A: ["id"], "us-east-1/c": ["id"]}), Stack("us-east-1/c")
    )
    gone = PlanSummary(outputs={"id": "delete", "other": "delete"})
    problem, *others = upstreams.dropped_outputs(manifest, A, gone, {A, B})
    assert not others
    assert problem.what == f"this plan removes output 'id', which {B} still reads"
    assert not upstreams.dropped_outputs(manifest, A, gone, {A})
    assert not upstreams.dropped_outputs(manifest, A, PlanSummary(outputs={"id": "update"}), {A, B})


def test_what_stands_is_what_has_a_state(world: World) -> None:
    manifest = world.synthesize(Stack(A), Stack("us-east-1/c"))
    world.deploy(A)
    found = upstreams.applied(manifest, world.clients)
    assert list(found) == [A]
    assert found[A].resources == 1
    assert found[A].addresses == {"terraform_data.main"}
    assert found[A].version == f"{found[A].lineage}#{found[A].serial}"
