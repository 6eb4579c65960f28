"""A stack whose last apply did not come to its end is no ground to stand on."""

from __future__ import annotations

import json

import pytest

from shared.deploy import journal, states
from shared.errors import Refused
from tests.deploy.stacks import BUCKET, REGION, Stack, World, chain, ends

A, B = "us-east-1/a", "eu-west-1/b"


def taint(world: World, address: str) -> None:
    """Leave the stack as an apply does that failed in the middle of making its resource."""
    state = world.state(address)
    assert state is not None
    managed = next(resource for resource in state["resources"] if resource["mode"] == "managed")
    managed["instances"][0]["status"] = "tainted"
    state["serial"] += 1
    client = world.clients.client("s3", REGION)
    client.put_object(Bucket=BUCKET, Key=world.key(address), Body=json.dumps(state))


def test_a_tainted_upstream_is_finished_first(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    taint(world, A)

    planned = world.plan(B)
    assert ends(planned) == {A: "planned", B: "deferred"}
    assert planned.stacks[1].reasons == (f"waits for {A} (applied in part only)",)
    assert "upstream, applied in part only" in world.screen
    with pytest.raises(Refused, match="is not applied in full"):
        world.deploy(B, upstream=False)

    assert ends(world.deploy(B)) == {A: "applied", B: "applied"}
    assert ends(world.plan(B)) == {B: "unchanged"}


def test_an_upstream_without_an_output_that_it_publishes_is_finished_first(world: World) -> None:
    a, b = chain(A, B)
    world.synthesize(a, b)
    world.deploy()
    world.synthesize(Stack(A, outputs={**a.outputs, "more": "two"}), b)

    planned = world.plan(B)
    assert ends(planned) == {A: "planned", B: "deferred"}
    assert ends(world.deploy(B)) == {A: "applied", B: "unchanged"}


def test_an_instance_that_is_tainted_is_named_with_its_index() -> None:
    instances = [{"index_key": 0}, {"index_key": 1, "status": "tainted"}, {"status": "tainted"}]
    resource = {"mode": "managed", "type": "aws_subnet", "name": "a", "instances": instances}
    keyed = {**resource, "module": "module.m", "instances": [{"index_key": "x", "status": "tainted"}]}

    found = states.summarize({"resources": [resource, keyed]})

    assert found.tainted == ("aws_subnet.a", "aws_subnet.a[1]", 'module.m.aws_subnet.a["x"]')


def test_a_run_that_nobody_saw_end_and_left_nothing_undone_holds_nobody_up(world: World) -> None:
    manifest = world.synthesize(*chain(A, B))
    world.deploy()
    book = journal.Journal(journal.new_folder(world.root, "rollout"))
    book.started(A, manifest.stack(A).state_key, "apply", 1)
    book.close()

    # B waits for A's plan before it is judged, and that plan is empty
    assert ends(world.plan()) == {A: "unchanged", B: "unchanged"}


def test_an_output_stays_while_a_stack_that_was_applied_in_part_reads_it(world: World) -> None:
    world.synthesize(*chain(A, B))
    world.deploy()
    taint(world, B)
    world.synthesize(Stack(A, outputs={"other": "x"}, publishes={}), chain(A, B)[1])

    assert ends(world.deploy(A)) == {A: "refused"}
    assert f"this plan removes output 'id', which {B} still reads" in world.screen


def test_a_state_that_turns_out_half_made_in_the_middle_of_a_run_holds_its_consumers_up(world: World) -> None:
    a = Stack(A, outputs={"v": "one"})
    manifest = world.synthesize(a, Stack(B, reads={A: ["v"]}))
    world.deploy()
    state = world.state(A)
    assert state is not None
    state["resources"][0]["instances"][0]["status"] = "tainted"
    left = manifest.directory(manifest.stack(A)) / "errored.tfstate"
    left.write_text(json.dumps({**state, "serial": state["serial"] + 1}))

    report = world.plan()

    assert ends(report) == {A: "planned", B: "deferred"}
    assert report.stacks[1].reasons == (f"waits for {A} (applied in part only)",)
