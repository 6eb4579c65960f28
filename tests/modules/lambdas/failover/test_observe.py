"""Where the writer is, and whether Aurora could block the old one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.modules.lambdas.failover.asking import do, failure
from tests.modules.lambdas.world import SOURCE, TARGET

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SINCE = "2026-01-01T11:59:00Z"


def test_a_database_at_rest_is_settled(deployment):
    assert do("observe") == {
        "writer": SOURCE,
        "status": "available",
        "settled": True,
        "writer_settled": True,
        "under_way": False,
        "changing_to": "",
        "unanswered": [],
        "members": [
            {
                "region": region,
                "cluster_arn": deployment.arns[region],
                "writer": region == SOURCE,
                "synchronization": "connected",
                "status": "available",
                "engine_version": "8.0.mysql_aurora.3.10.1",
            }
            for region in (SOURCE, TARGET)
        ],
        "fencing": "not-needed",
    }


def test_of_a_lost_region_only_the_other_one_tells(deployment):
    world = deployment.world
    world.lost.add(SOURCE)
    seen = do("observe")
    assert (seen["writer"], seen["settled"], seen["unanswered"]) == (SOURCE, False, [SOURCE])
    assert seen["members"][0]["status"].startswith(
        "unreadable: rds:DescribeDBClusters in us-east-1: Could not"
    )
    world.calls.clear()
    seen = do("observe", only="away")
    assert (seen["writer"], seen["writer_settled"], seen["unanswered"]) == (SOURCE, False, [])
    assert [member["status"] for member in seen["members"]] == ["", "available"]
    assert world.called("rds", SOURCE) == []


def test_the_primary_is_asked_when_the_standby_does_not_know(deployment):
    world = deployment.world
    world.refuses("rds", TARGET, "DescribeGlobalClusters", "ServiceUnavailable")
    assert do("observe")["writer"] == SOURCE
    assert "DescribeGlobalClusters" in world.called("rds", SOURCE)
    world.refuses("rds", TARGET, "DescribeGlobalClusters", "AccessDenied")
    assert failure("observe", only="away").startswith("rds:DescribeGlobalClusters in eu-west-1: ")
    for region in (SOURCE, TARGET):
        world.refuses("rds", region, "DescribeGlobalClusters", "AccessDenied")
    first, second = failure("observe").splitlines()
    assert first.startswith("rds:DescribeGlobalClusters in eu-west-1: ")
    assert second.startswith("rds:DescribeGlobalClusters in us-east-1: ")


def test_only_the_standby_can_be_looked_at_alone(deployment):
    assert deployment
    assert failure("observe", only=SOURCE) == (
        "only is 'us-east-1': `away` alone can be looked at, or both regions"
    )


def test_a_writer_that_is_moved_away_is_not_settled(deployment):
    world = deployment.world
    for to, settled in ((TARGET, False), (SOURCE, True)):
        world.says("rds", TARGET, "DescribeGlobalClusters", deployment.moving(to))
        seen = do("observe")
        assert (seen["under_way"], seen["changing_to"]) == (True, to)
        assert (seen["settled"], seen["writer_settled"]) == (False, settled)


def event(message: str, minutes: int = 0, **more: Any) -> dict[str, Any]:
    return {"Date": NOW + timedelta(minutes=minutes), "Message": message, **more}


def blocking(how: str, region: str = SOURCE) -> str:
    return f"Attempt to block writes for DB cluster ledger in Region {region} {how}."


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([event(blocking("succeeded"))], "blocked"),
        ([event(blocking("timed out"))], "not-blocked"),
        ([event(blocking("timed out")), event(blocking("succeeded"), minutes=1)], "blocked"),
        ([event(blocking("succeeded"), minutes=-5)], "unknown"),
        ([event(blocking("succeeded", TARGET))], "unknown"),
        (
            [event("Global failover to DB cluster ledger in Region eu-west-1 completed."), {"Date": NOW}],
            "unknown",
        ),
        ([], "unknown"),
    ],
)
def test_the_standbys_events_say_whether_writes_were_blocked(deployment, events, said):
    deployment.world.says("rds", TARGET, "DescribeEvents", {"Events": events})
    assert do("observe", only="away", since=SINCE)["fencing"] == said


def test_a_moment_without_an_offset_is_utc(deployment):
    naive = {**event(blocking("succeeded")), "Date": NOW.replace(tzinfo=None)}
    deployment.world.says("rds", TARGET, "DescribeEvents", {"Events": [naive]})
    assert do("observe", since=SINCE)["fencing"] == "blocked"


def test_events_that_cannot_be_read_say_nothing_and_hold_up_nothing(deployment, capsys):
    deployment.world.refuses("rds", TARGET, "DescribeEvents", "AccessDenied")
    assert do("observe", since=SINCE)["fencing"] == "unknown"
    assert "not read: rds:DescribeEvents in eu-west-1" in capsys.readouterr().out


def test_an_action_that_does_not_exist_is_refused(deployment):
    assert deployment
    assert failure("rollback") == (
        "action is 'rollback', which is none of look, observe, pin, unpin, promote, switch, canary"
    )
