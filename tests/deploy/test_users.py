"""What other stacks stand on is not destroyed, and the refusal says what can be done."""

from __future__ import annotations

import json

import pytest

from shared.errors import Refused
from tests.deploy.stacks import Stack, World, chain, ends

US, EU = "us-east-1/network", "eu-west-1/network"
PEERING, ACCEPTER = "us-east-1/routing", "eu-west-1/routing"
TRAFFIC = "global/traffic"


def peered() -> list[Stack]:
    """Two regions that use each other, as the peering makes them, and what is global."""
    return [
        Stack(US),
        Stack(EU, stage=2),
        Stack(PEERING, reads={US: ["id"], EU: ["id"]}),
        Stack(ACCEPTER, stage=2, reads={PEERING: ["id"], EU: ["id"]}),
        Stack(TRAFFIC, stage=3, reads={ACCEPTER: ["id"]}),
    ]


def test_regions_that_use_each_other_go_together_only_and_the_refusal_says_so(world: World) -> None:
    world.synthesize(*peered())
    world.deploy()
    with pytest.raises(Refused) as refused:
        world.destroy(EU, ACCEPTER)
    *used, last = refused.value.problems
    assert {problem.where: problem.what for problem in used} == {
        ACCEPTER: f"is still used by {TRAFFIC}",
        EU: f"is still used by {TRAFFIC}, {PEERING}",
    }
    assert last.what == "stacks of eu-west-1 and us-east-1 use each other, so that none of these goes alone"
    assert last.remedy == (
        "`invoke teardown` takes down everything; what nothing uses goes by itself, now: "
        "`invoke destroy-region global --stack traffic`"
    )
    # the same command would be refused again
    folder = max((world.root / ".regionshift" / "runs").iterdir())
    assert json.loads((folder / "report.json").read_text())["next_command"] is None


def test_the_commands_that_the_refusals_name_lead_to_the_end(world: World) -> None:
    world.synthesize(*peered())
    world.deploy()
    with pytest.raises(Refused) as refused:
        world.destroy(US, PEERING)
    assert refused.value.problems[-1].what == "what uses it goes first"
    assert refused.value.problems[-1].remedy == (
        "in this order: `invoke destroy-region global --stack traffic`, "
        "`invoke destroy-region eu-west-1 --stack routing`; or `invoke teardown` takes down everything"
    )
    for addresses in ([TRAFFIC], [ACCEPTER], [US, PEERING], [EU]):
        assert set(ends(world.destroy(*addresses)).values()) == {"destroyed"}


def test_what_nothing_uses_goes_without_a_word(world: World) -> None:
    world.synthesize(*chain(US, PEERING))
    world.deploy()
    assert ends(world.destroy(PEERING)) == {PEERING: "destroyed"}
