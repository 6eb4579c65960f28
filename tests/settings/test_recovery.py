"""What the system `disaster-recovery` promises has to add up (B4, B5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UserError
from shared.recovery_time import RecoveryTime
from shared.settings import DisasterRecovery, systems
from tests.settings.files import RECOVERY, RIGHT, messages, parsed


def refusals(addition: str) -> list[str]:
    """What is wrong with a right file to whose end something is added."""
    return [text.split(": ", 1)[1] for text in messages(RECOVERY + addition)]


def test_the_defaults_keep_the_promise():
    environment = parsed(RECOVERY)
    assert isinstance(environment, DisasterRecovery)
    assert str(environment.failover.recovery_time) == "10 x 3 + 6 + 5 + 10 = 51 s"
    assert environment.failover.recovery_time.seconds < environment.failover.rto_limit_seconds == 60
    assert environment.alarms.replication_lag_ms == 5000 == environment.failover.rpo_limit_seconds * 1000
    assert environment.data_api


def test_sixty_one_seconds_are_refused_with_the_sum_and_the_line():
    (said,) = messages(RECOVERY + "failover = {\n  failure_threshold = 3\n  ttl = 20\n}\n")
    line = RECOVERY.count("\n") + 3
    assert said.startswith(
        f"x.tfvars:{line}: clients would find the standby after 10 x 3 + 6 + 5 + 20 = 61 s, "
        "and failover.rto_limit_seconds is 60\n"
    )
    assert "lower ttl or failure_threshold" in said


def test_sixty_seconds_are_taken():
    environment = parsed(RECOVERY + "failover = { ttl = 19 }\n")
    assert isinstance(environment, DisasterRecovery)
    assert environment.failover.recovery_time.seconds == 60


@given(st.sampled_from([10, 30]), st.integers(1, 10), st.integers(1, 300), st.integers(20, 60))
def test_a_failover_is_taken_exactly_when_its_sum_is_within_the_limit(
    interval: int, threshold: int, ttl: int, limit: int
):
    text = (
        f"failover = {{ request_interval = {interval}, failure_threshold = {threshold}, ttl = {ttl}, "
        f"rto_limit_seconds = {limit} }}\n"
    )
    try:
        parsed(RECOVERY + text)
        refused = ""
    except UserError as error:
        refused = str(error)
    assert bool(refused) is (interval * threshold + 6 + 5 + ttl > limit)
    time = RecoveryTime(request_interval=interval, failure_threshold=threshold, ttl=ttl)
    assert not refused or str(time) in refused


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        (
            "failover = { request_interval = 20 }\n",
            "failover.request_interval is 20: Route 53 has no such\n    allowed: 10 or 30 seconds",
        ),
        (
            "failover = { rto_limit_seconds = 61 }\n",
            "failover.rto_limit_seconds is 61: it is above 60\n    allowed: 20 to 60 seconds",
        ),
        (
            "failover = { rpo_limit_seconds = 6 }\n",
            "failover.rpo_limit_seconds is 6: it is above 5\n    allowed: 1 to 5 seconds",
        ),
        (
            "failover = { probe = { deep_minutes = 0 } }\n",
            "failover.probe.deep_minutes is 0: it is below 1\n    allowed: 1 to 60 minutes",
        ),
        (
            "alarms = { replication_lag_ms = 5001 }\n",
            "alarms.replication_lag_ms is 5001, above failover.rpo_limit_seconds, which is 5\n"
            "    at most 5000: nobody would be told when the limit is passed",
        ),
        (
            "failover = { rpo_limit_seconds = 2 }\n",
            "alarms.replication_lag_ms is 5000, above failover.rpo_limit_seconds, which is 2\n"
            "    at most 2000: nobody would be told when the limit is passed",
        ),
        (
            'database = { engine_version = "8.0.mysql_aurora.3.04.1" }\n',
            "database.engine_version is 8.0.mysql_aurora.3.04.1, and what was queued is written through "
            "RDS Data API, which needs Aurora MySQL 3.07 or newer\n"
            "    upgrade the cluster first, or set failover.data_api = false",
        ),
        (
            "migration = { }\n",
            "migration is not a setting\n    the file may have: system, environment_suffix, account_id, "
            "protection, tags, state, primary, standby, domain, database, service, alarms, failover, intents",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(addition: str, expected: str):
    assert refusals(addition) == [expected]


@pytest.mark.parametrize("side", ["primary", "standby"])
def test_a_region_without_a_way_out_is_refused(side: str):
    region = "us-east-1" if side == "primary" else "us-west-2"
    zones = f'  availability_zones = ["{region}a"'
    (said,) = messages(RECOVERY.replace(zones, f'  nat_mode = "none"\n{zones}'))
    assert f'{side}.nat_mode is "none", and the probe in the private subnets reaches' in said


def test_the_state_may_not_live_in_the_region_that_may_be_lost():
    (said,) = messages(RECOVERY.replace('region = "us-west-2"\n}', 'region = "us-east-1"\n}', 1))
    assert "state.region is us-east-1, the region that may be lost" in said
    assert "for instance in the standby region" in said


def test_the_same_region_twice_and_networks_that_overlap_are_refused():
    (said,) = messages(
        RECOVERY.replace("us-west-2", "us-east-1").replace(
            'region = "us-east-1"\n}', 'region = "us-west-2"\n}', 1
        )
    )
    assert "standby.region is us-east-1, the same as primary.region\n    name another region" in said
    (said,) = messages(RECOVERY.replace("10.1.0.0/16", "10.0.128.0/17"))
    assert "standby.vpc_cidr 10.0.128.0/17 overlaps primary.vpc_cidr 10.0.0.0/16" in said


def test_all_mistakes_are_told_at_once():
    text = RECOVERY.replace("10.1.0.0/16", "10.0.0.0/16") + (
        "failover = { ttl = 20 }\nalarms = { replication_lag_ms = 9000 }\nintents = { retention_days = 0 }\n"
    )
    assert len(messages(text)) == 4


@pytest.mark.parametrize("section", ["failover", "failover = { ttl = true }", "service = 3"])
def test_rules_pass_over_what_is_not_known(section: str):
    (said,) = messages(RECOVERY + (f"{section} = 1\n" if section == "failover" else f"{section}\n"))
    assert "above" not in said


def test_a_file_is_read_as_the_system_that_it_names():
    assert systems.of({"system": "disaster-recovery"}) is systems.SYSTEMS["disaster-recovery"]
    assert systems.of({}) is systems.SYSTEMS["region-migration"]


@pytest.mark.parametrize("text", [RIGHT, RECOVERY])
@pytest.mark.parametrize("line", ['system = "disaster-recovry"', "system = 3"])
def test_a_file_with_an_unknown_system_is_read_as_the_one_that_its_keys_belong_to(text: str, line: str):
    (said,) = messages("\n".join([line, *text.splitlines()[1:]]))
    assert said.startswith("x.tfvars:1: system is ")
    assert said.endswith('allowed: "region-migration", "disaster-recovery", "database-migration"')


def test_a_command_of_one_system_refuses_the_other():
    migration = parsed(RIGHT)
    assert systems.migration(migration, "migrate.start") is migration
    with pytest.raises(UserError, match=r"migrate\.start is for the system region-migration, and x is of"):
        systems.migration(parsed(RECOVERY), "migrate.start")
    recovery = parsed(RECOVERY)
    assert systems.recovery(recovery, "failover.status") is recovery
    with pytest.raises(
        UserError, match=r"failover\.status is for the system disaster-recovery, and "
    ) as caught:
        systems.recovery(migration, "failover.status")
    assert caught.value.problems[0].remedy == ("name an environment of that system: --env disaster-recovery")
