from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.deploy import queue
from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.errors import Refused, UserError

STAGES = ("source", "target", "global")


def manifest(reads: dict[str, list[str]], stages: dict[str, int] | None = None) -> Manifest:
    return Manifest(
        environment="tests",
        system="tests",
        suffix="abc123",
        account_id="123456789012",
        stage_names=STAGES,
        stacks=tuple(
            StackEntry(
                address=address,
                app="source",
                stage=(stages or {}).get(address, 1),
                directory=address,
                region="eu-west-1",
                state_bucket="b",
                state_region="eu-west-1",
                state_key=address,
                reads=tuple(Read(address=name, fields=("id",)) for name in upstreams),
            )
            for address, upstreams in reads.items()
        ),
    )


MIGRATION = manifest(
    {
        "us/foundation": [],
        "eu/foundation": [],
        "us/routing": ["us/foundation", "eu/foundation"],
        "eu/routing": ["us/routing", "eu/foundation"],
        "global/domain": [],
        "us/service": ["us/routing", "global/domain"],
        "global/traffic": ["us/service", "eu/routing", "global/domain"],
    },
    {"eu/foundation": 2, "eu/routing": 2, "global/domain": 3, "global/traffic": 3},
)
ALL = tuple(entry.address for entry in MIGRATION.stacks)


@st.composite
def graphs(draw: st.DrawFn) -> Manifest:
    """Any acyclic graph: a stack reads only stacks made before it, but the file lists them shuffled."""
    names = [f"r/{number}" for number in range(draw(st.integers(1, 9)))]
    reads = {
        name: draw(st.lists(st.sampled_from(names[:index]), unique=True)) if index else []
        for index, name in enumerate(names)
    }
    shuffled = draw(st.permutations(names))
    stages = {name: draw(st.integers(1, 3)) for name in names}
    return manifest({name: reads[name] for name in shuffled}, stages)


@given(graphs())
def test_every_stack_follows_its_upstreams_and_destruction_is_the_exact_reverse(drawn: Manifest) -> None:
    line = queue.order(drawn, [entry.address for entry in drawn.stacks])
    assert sorted(line) == sorted(entry.address for entry in drawn.stacks)
    for entry in drawn.stacks:
        for read in entry.reads:
            assert line.index(read.address) < line.index(entry.address)
    assert queue.order(drawn, line, reverse=True) == line[::-1]


@given(graphs(), st.data())
def test_a_selection_is_what_was_asked_plus_upstreams_never_applied(
    drawn: Manifest, data: st.DataObject
) -> None:
    everything = [entry.address for entry in drawn.stacks]
    asked = data.draw(st.lists(st.sampled_from(everything), min_size=1, unique=True))
    applied = set(data.draw(st.lists(st.sampled_from(everything), unique=True)))
    chosen = set(queue.selection(drawn, asked, applied))
    assert set(asked) <= chosen
    assert not (chosen - set(asked)) & applied
    for address in chosen:
        for read in drawn.stack(address).reads:
            assert read.address in chosen | applied
    assert set(queue.selection(drawn, asked, set(everything))) == set(asked)


@given(graphs())
def test_no_stack_is_in_a_later_stage_than_one_that_needs_it(drawn: Manifest) -> None:
    everything = [entry.address for entry in drawn.stacks]
    stages = queue.stages(drawn, everything)
    for entry in drawn.stacks:
        assert stages[entry.address] <= entry.stage
        assert all(stages[read.address] <= stages[entry.address] for read in entry.reads)
    line = queue.order(drawn, everything)
    # a pulled stack names somebody who is really in the earlier stage
    for address, needed_by in queue.pulled_forward(drawn, everything).items():
        assert needed_by
        assert all(stages[user] == stages[address] for user in needed_by)
    assert queue.until(drawn, everything, "global") == line


def test_the_targets_network_is_pulled_forward_for_the_sources_peering() -> None:
    assert queue.pulled_forward(MIGRATION, ALL) == {
        "eu/foundation": ("us/routing", "us/service"),
        "global/domain": ("us/service",),
    }
    assert queue.stages(MIGRATION, ["eu/foundation", "eu/routing"]) == {"eu/foundation": 2, "eu/routing": 2}
    assert queue.until(MIGRATION, ALL, "source")[-1] == "us/service"
    assert "eu/routing" not in queue.until(MIGRATION, ALL, "source")


def test_upstreams_can_be_refused_instead_of_joined() -> None:
    with pytest.raises(Refused) as refused:
        queue.selection(MIGRATION, ["us/routing"], {"us/foundation"}, upstream=False)
    assert str(refused.value) == (
        "eu/foundation: is not applied in full, and us/routing needs it\n"
        "    run `invoke deploy-region eu`, or leave --no-upstream out"
    )
    assert queue.selection(MIGRATION, ["us/foundation"], (), upstream=False) == ("us/foundation",)


def test_a_circle_is_named() -> None:
    with pytest.raises(UserError, match=r"in a circle: (a -> b -> a|b -> a -> b)"):
        queue.graph(manifest({"a": ["b"], "b": ["a"]}))


def test_a_stack_of_another_environment_cannot_be_read() -> None:
    with pytest.raises(UserError, match="a: reads the stack z, which is not part of this environment"):
        queue.graph(manifest({"a": ["z"]}))


def test_an_unknown_address_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="no such stack: us/rooting"):
        queue.selection(MIGRATION, ["us/rooting"], ())


def test_stacks_that_most_others_wait_for_weigh_most() -> None:
    weight = queue.weights(MIGRATION, ALL)
    assert weight["us/foundation"] == weight["eu/foundation"] == 4
    assert weight["global/traffic"] == 0
    assert queue.upstreams(MIGRATION, "us/service", ["us/routing"]) == ("us/routing",)
