"""A7: the deployed platform moves and comes back, as the rehearsal does it, with an empty plan after each."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from shared.deploy.outputs import FLAT_NAMES
from shared.rehearsal import migration, report, summary
from shared.rehearsal.journey import Journey
from shared.rehearsal.report import Chapter
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def moved(deployed: Deployed) -> Iterator[Journey]:
    """Go there and back; every part looks at what came of it, and raises if that is wrong."""
    journey = Journey(rehearsal=deployed.rehearsal, endpoint=deployed.endpoint)
    try:
        for _, part in migration.parts(journey):
            part(deployed.rehearsal)
        yield journey
    finally:
        journey.close()


def chapter(journey: Journey, title: str) -> Chapter:
    (found,) = (one for one in journey.chapters.written if one.title == title)
    return found


def test_the_flat_outputs_are_the_fourteen(deployed: Deployed) -> None:
    assert set(deployed.flat) == set(FLAT_NAMES["region-migration"])
    assert len(deployed.flat) == 14
    assert deployed.flat["state_machine_arn"].startswith("arn:aws:states:eu-west-1:")


def test_the_runbook_has_this_deployments_ids(deployed: Deployed) -> None:
    runbook = deployed.flat["migration_runbook"]
    assert deployed.flat["route53_zone_id"] in runbook
    assert deployed.flat["state_machine_arn"] in runbook
    assert "${" not in runbook


def test_every_share_is_held_by_route_53_on_the_way(moved: Journey) -> None:
    samples = chapter(moved, "Traffic shift").samples
    shares = [sample.weights["target"] for sample in samples if sample.weights]
    assert list(dict.fromkeys(shares)) == [0, 25, 50, 75, 100]
    assert shares == sorted(shares)


def test_the_writer_moves_while_writes_are_paused(moved: Journey) -> None:
    samples = chapter(moved, "Database switchover").samples
    assert [*dict.fromkeys(sample.writer for sample in samples)] == ["us-east-1", "eu-west-1"]
    assert any(sample.paused for sample in samples)
    assert not samples[-1].paused


def test_the_way_back_moves_the_writer_before_the_weights(moved: Journey) -> None:
    samples = chapter(moved, "Rollback after the switchover").samples
    back = next(n for n, sample in enumerate(samples) if sample.writer == "us-east-1")
    shifted = next(n for n, s in enumerate(samples) if s.weights and s.weights["source"] == 100)
    assert back <= shifted
    assert all(s.weights and s.weights["target"] == 100 for s in samples[:back])


def test_every_check_passed(moved: Journey) -> None:
    checks = [check for one in moved.chapters.written for check in one.checks]
    assert len(checks) >= 18
    assert [check for check in checks if not check.passed] == []


def test_the_checkpoints_history_tells_all_of_it(deployed: Deployed, moved: Journey) -> None:
    history = deployed.client("ssm").get_parameter_history(Name=moved.handles.checkpoint_parameter)
    stages = [json.loads(version["Value"])["stage"] for version in history["Parameters"]]
    assert stages == [
        "none",
        *["shifting"] * 4,
        "shifted",
        "switching",
        "moved",
        "rolling-back",
        "rolled-back",
    ]


def test_the_report_of_it_can_be_written_and_read(
    deployed: Deployed, moved: Journey, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("report")
    found = summary.report(
        deployed.environment,
        moved.chapters,
        seconds={"all": 1.0},
        findings=deployed.rehearsal.findings,
        failure="",
        began_at="2026-01-01T00:00:00+00:00",
    )
    paths = report.write(found, folder)
    assert [path.name for path in paths] == ["report.json", "report.html", "report.xml"]
    assert report.read(folder).succeeded
    assert len(found.stacks) == 11
