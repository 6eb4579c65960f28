"""The checkpoint's document."""

from __future__ import annotations

import json

import pytest

from modules.lambdas.start.checkpoint import STAGES, Checkpoint, Found, parse
from tests.modules.lambdas.start.inputs import BEFORE
from tests.modules.lambdas.world import REGIONS, SOURCE

FOUND = {"weights": {"source": 100, "target": 0}, "writer": SOURCE}


def of(**document: object) -> tuple[Checkpoint | None, list[str]]:
    return parse(json.dumps(document), REGIONS)


def test_the_first_checkpoint_has_nothing_to_return_to():
    assert of(stage="none") == (Checkpoint(stage="none", found=None, phase=0), [])


def test_what_was_rolled_back_cannot_be_rolled_back_again():
    assert of(stage="rolled-back", found=FOUND, phase=50)[0] == Checkpoint(
        stage="rolled-back", found=None, phase=50
    )


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage not in {"none", "rolled-back"}])
def test_every_other_stage_says_what_was_found(stage):
    assert of(stage=stage, found=FOUND, phase=75) == (
        Checkpoint(stage=stage, found=BEFORE, phase=75),
        [],
    )
    assert of(stage=stage) == (None, [f"the checkpoint is at {stage}, but does not say what was found"])


@pytest.mark.parametrize("phase", [0, 101, 255, True, 25.0, "25", None])
def test_a_phase_that_is_no_share_counts_as_none(phase):
    made, _ = of(stage="held", found=FOUND, phase=phase)
    assert made is not None
    assert made.phase == 0


def test_weights_are_kept_exactly_as_they_were_found():
    made, _ = of(stage="held", found={"weights": {"source": 255, "target": 3, "x": 1}, "writer": SOURCE})
    assert made is not None
    assert made.found == Found(weights={"source": 255, "target": 3}, writer=SOURCE)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"weights": {"source": 0, "target": 0}, "writer": SOURCE}, ["but both weights found are 0"]),
        (
            {"weights": {"source": 256}, "writer": "eu-north-1"},
            [
                "the weight found for the source is wrong: 256 is not",
                "the weight found for the target is wrong: None is not",
                "the writer found, 'eu-north-1', is in none of us-east-1, eu-west-1",
            ],
        ),
        ({"weights": [], "writer": SOURCE}, ["does not say what was found"]),
    ],
)
def test_what_was_found_wrongly_is_refused_with_every_reason(found, said):
    made, problems = of(stage="moved", found=found)
    assert made is None
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))


def test_what_is_no_checkpoint_is_refused():
    assert parse("{", REGIONS)[1][0].startswith("the checkpoint is not JSON: ")
    for text in ("[]", "{}", '{"stage": "gone"}'):
        assert parse(text, REGIONS)[1][0].startswith("the checkpoint has no stage of none, rolled-back")
