"""What holds for every deployment holds for each of the three systems, as they are synthesized."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.deploy import queue, upstreams
from shared.deploy.guards import MEMBERSHIPS, STATEFUL, violations
from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.deploy.plans import PlanSummary
from shared.deploy.states import StateSummary
from tests.synthesized import Synthesis

SAMPLES: dict[str, Any] = {"string": "x", "number": 1, "bool": True}
STAGES = {
    "synthesis": ("source", "target", "global"),
    "recovery": ("primary", "standby", "global"),
    "landing": ("landing",),
}


@pytest.fixture(params=STAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def system(name: str, request: pytest.FixtureRequest) -> Synthesis:
    found: Synthesis = request.getfixturevalue(name)
    return found


def value(type_: str) -> Any:
    """A value of a Terraform type."""
    for kind, make in (("list(", lambda inner: [inner]), ("set(", lambda inner: [inner])):
        if type_.startswith(kind):
            return make(value(type_[len(kind) : -1]))
    return {"a": value(type_[4:-1])} if type_.startswith("map(") else SAMPLES.get(type_, {"a": "x"})


def standing(manifest: Manifest) -> dict[str, StateSummary]:
    """Every stack applied, with all that it publishes."""
    return {
        entry.address: StateSummary(
            serial=1,
            lineage="one",
            resources=1,
            outputs={output: value(type_) for output, type_ in entry.publishes.items()},
        )
        for entry in manifest.stacks
    }


def reads(manifest: Manifest) -> Iterator[tuple[StackEntry, Read, str]]:
    for entry in manifest.stacks:
        for read in entry.reads:
            for output in read.fields:
                yield entry, read, output


def test_the_queue_goes_by_what_is_read_stage_by_stage_and_back(system: Synthesis, name: str) -> None:
    manifest = system.manifest
    assert manifest.stage_names == STAGES[name]
    every = [entry.address for entry in manifest.stacks]
    line = queue.order(manifest, every)
    for entry in manifest.stacks:
        assert all(line.index(read.address) < line.index(entry.address) for read in entry.reads)
    assert queue.order(manifest, every, reverse=True) == tuple(reversed(line))
    stage = queue.stages(manifest, every)
    assert all(stage[read.address] <= stage[e.address] for e in manifest.stacks for read in e.reads)


def test_every_output_that_is_read_is_checked_before_its_consumer_is_planned(system: Synthesis) -> None:
    manifest = system.manifest
    states = standing(manifest)
    assert [p for entry in manifest.stacks for p in upstreams.check(manifest, entry, states)] == []
    checked = 0
    for entry, read, output in reads(manifest):
        producer, whole = manifest.stack(read.address), states[read.address]
        without = {key: found for key, found in whole.outputs.items() if key != output}
        wrongs = [(without, "is missing"), ({**without, output: ""}, "is empty")]
        type_ = producer.publishes[output]
        if type_ != "any" and not type_.startswith(("object", "list(object")):
            wrongs.append(
                ({**without, output: 7 if type_ == "string" else "text"}, f"is not of type {type_}")
            )
        for outputs, fault in wrongs:
            broken = {**states, read.address: replace(whole, outputs=outputs)}
            (problem,) = upstreams.check_read(manifest, entry, replace(read, fields=(output,)), broken)
            assert problem.where == entry.address
            assert f"reads output {output!r} of {read.address}, which {fault}" in problem.what
            assert producer.state_key in problem.what
            region = read.address.partition("/")[0]
            assert problem.remedy == f"run `invoke deploy-region {region}`"
            checked += 1
    assert checked > 2 * len(manifest.stacks)


def test_no_output_that_a_standing_stack_reads_can_be_dropped(system: Synthesis) -> None:
    manifest = system.manifest
    states = standing(manifest)
    for entry, read, output in reads(manifest):
        dropped = PlanSummary(outputs={output: "delete"})
        problems = upstreams.dropped_outputs(manifest, read.address, dropped, states)
        sentence = f"this plan removes output {output!r}, which {entry.address} still reads"
        assert (read.address, sentence) in [(problem.where, problem.what) for problem in problems]


def stateful(system: Synthesis) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for stack, type_, path, block in system.resources():
        if type_ in STATEFUL:
            yield stack, type_, f"{type_}.{path.rpartition('/')[2]}", block


def plan(type_: str, address: str, *actions: str, **change: Any) -> dict[str, Any]:
    reason = change.pop("reason", None)
    made = {"actions": list(actions), "before": {}, "after": {}, "after_unknown": {}, **change}
    resource = {"address": address, "mode": "managed", "type": type_, "change": made}
    return {"resource_changes": [{**resource, "action_reason": reason}]}


def test_nothing_stateful_goes_also_when_its_block_was_removed(system: Synthesis) -> None:
    found = list(stateful(system))
    assert len(found) > 5
    for stack, type_, address, _ in found:
        place = f"{stack}:{address}"
        removed = plan(type_, address, "delete", after=None, reason="delete_because_no_resource_config")
        (problem,) = violations(removed, stack=stack, protection="destroyable")
        assert problem.where == place
        assert problem.what == (
            f"this plan destroys {STATEFUL[type_]} because its block was removed from the code"
        )
        assert problem.remedy == f"if it is meant: --allow-destroy {place}"
        assert not violations(removed, stack=stack, allowed={f"destroy:{place}"})
        replaced = plan(type_, address, "delete", "create", replace_paths=[["name"]])
        (problem,) = violations(replaced, stack=stack)
        assert "because name cannot be changed in place" in problem.what
        # leave for one resource is none for another, and none for another kind of loss
        assert violations(replaced, stack=stack, allowed={f"destroy:{place}", f"replace:{place}2"})


def test_no_cluster_leaves_its_global_cluster(system: Synthesis, name: str) -> None:
    clusters = [one for one in stateful(system) if one[1] == "aws_rds_cluster"]
    assert clusters
    members = [one for one in clusters if "global_cluster_identifier" in one[3]]
    assert bool(members) == (name != "landing")
    for stack, type_, address, block in members:
        before = {"global_cluster_identifier": block["global_cluster_identifier"]}
        left = plan(type_, address, "update", before=before, after={"global_cluster_identifier": None})
        (problem,) = violations(left, stack=stack, protection="destroyable")
        assert f"to nothing: it {MEMBERSHIPS['global_cluster_identifier']}" in problem.what
        assert problem.remedy == f"if it is meant: --allow-detach {stack}:{address}"
        assert not violations(left, stack=stack, allowed={f"detach:{stack}:{address}"})
